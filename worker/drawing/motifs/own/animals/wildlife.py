"""Deer and hares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    Body,
    both_sides,
    fill,
    halo,
    outline,
    oval,
    plume,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_FUR, _LIGHT, _DARK, _SHADE = range(4)
_Place = tuple[float, ...]


def _leg(points: Sequence[_Place], widths: Sequence[float]) -> Path:
    return ribbon(points, widths, 3)


def _hoof(x: float, y: float, lean: float = 0.0) -> Path:
    """Return a hoof whose upper edge is at (x, y)."""
    hoof = outline([(-0.03, -0.035, 0), (0.03, -0.035, 0), (0.04, 0.05, 0), (-0.055, 0.05, 0)])
    return hoof.rotated(lean).moved(x, y)


def _antlers(size: float) -> list[Path]:
    """Return one antler that rises from the origin and bends to the right."""
    parts = [ribbon([(0, 0), (0.1, -0.16), (0.22, -0.32), (0.22, -0.5), (0.14, -0.66)],
            (0.06, 0.055, 0.05, 0.04, 0.012)),
        ribbon([(0.06, -0.1), (-0.04, -0.2), (-0.05, -0.32)], (0.045, 0.036, 0.012)),
        ribbon([(0.19, -0.28), (0.34, -0.36), (0.4, -0.5)], (0.045, 0.038, 0.012)),
        ribbon([(0.225, -0.44), (0.32, -0.54), (0.34, -0.66)], (0.04, 0.032, 0.012))]  # fmt: skip
    return [p.scaled(size) for p in parts]


def _deer_head(antlers: bool) -> list[MotifShape]:
    """Draw the head of a deer that looks to the left, its neck at the origin."""
    head = outline([(0.1, -0.02), (0.05, -0.12), (-0.06, -0.14), (-0.17, -0.06), (-0.32, 0.05),
            (-0.37, 0.1), (-0.35, 0.16), (-0.27, 0.17), (-0.14, 0.12), (0.0, 0.12),
            (0.09, 0.08)])  # fmt: skip
    muzzle = outline([(-0.3, 0.04, 0), (-0.37, 0.1), (-0.35, 0.16), (-0.27, 0.175),
            (-0.16, 0.13, 0), (-0.26, 0.1)])  # fmt: skip
    ears = [plume(0.05, -0.08, 1.0, 0.27, 0.12, 0.25, 0.5),
        plume(-0.02, -0.1, 0.55, 0.22, 0.1, -0.2, 0.5)]  # fmt: skip
    inner = plume(0.08, -0.09, 1.0, 0.19, 0.06, 0.25, 0.5)
    horns: list[MotifShape] = []
    if antlers:
        near = [p.moved(0.0, -0.1) for p in _antlers(0.9)]
        far = [p.scaled(-0.8, 0.9).moved(-0.05, -0.1) for p in _antlers(1.0)]
        horns = [fill(_DARK, *near, *far)]
    return [fill(_SHADE, ears[1]), *horns, fill(_FUR, head, ears[0]), fill(_LIGHT, muzzle, inner),
        fill(_DARK, oval(-0.09, -0.035, 0.03, 0.024), oval(-0.355, 0.1, 0.028, 0.024))]  # fmt: skip


def _fawn(random: np.random.Generator) -> list[MotifShape]:
    """Draw a lying fawn."""
    j = random.uniform(-0.015, 0.015)
    trunk = outline([(-0.4, 0.04), (-0.3, -0.12), (0.0, -0.14), (0.3, -0.12), (0.54, 0.06),
            (0.56, 0.3), (0.36, 0.38), (-0.2, 0.38), (-0.42, 0.26)])  # fmt: skip
    neck = ribbon([(-0.26, 0.14), (-0.4, -0.14), (-0.42, -0.4)], (0.36, 0.2, 0.16))
    fold = [_leg([(-0.34, 0.28), (-0.6, 0.34), (-0.42, 0.4), (-0.16, 0.4)],
            (0.12, 0.08, 0.065, 0.055)),
        _leg([(0.4, 0.26), (0.18, 0.3), (0.3, 0.4), (0.02, 0.41)],
            (0.3, 0.12, 0.07, 0.055))]  # fmt: skip
    haunch = ribbon([(0.12, 0.26), (0.16, 0.08), (0.34, 0.0), (0.5, 0.1)], (0.0, 0.032, 0.036, 0.0))
    spots = [circle(x + j, y, 0.028)
        for x, y in ((-0.12, -0.03), (0.02, 0.06), (0.14, -0.04), (0.28, 0.03), (0.4, 0.1),
            (-0.02, 0.18), (-0.16, 0.12), (0.3, 0.15), (0.42, 0.22))]  # fmt: skip
    chest = outline([(-0.44, -0.14), (-0.34, -0.1), (-0.36, 0.16), (-0.44, 0.2)])
    return [fill(_LIGHT, plume(0.5, 0.06, 1.9, 0.18, 0.1, 0.5)), fill(_FUR, trunk, neck, *fold),
        fill(_SHADE, haunch), fill(_LIGHT, chest, *spots),
        fill(_DARK, _hoof(-0.14, 0.4, -1.5), _hoof(0.04, 0.41, 1.5)),
        *turned(_deer_head(antlers=False), 0.05, 0.95, (-0.42, -0.44))]  # fmt: skip


def _deer(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a deer: a standing stag, a lying fawn, a leaping stag, a grazing doe."""
    j = random.uniform(-0.015, 0.015)
    body = outline([(-0.36, -0.2), (-0.1, -0.17), (0.2, -0.19), (0.42, -0.16), (0.52, 0.0),
            (0.44, 0.14), (0.2, 0.12), (-0.1, 0.18), (-0.32, 0.18), (-0.44, 0.0)])  # fmt: skip
    dots = [oval(x + j, y, 0.026, 0.02, 0.3)
        for x, y in ((-0.14, -0.1), (0.0, -0.04), (0.08, -0.12), (0.2, -0.05), (0.28, -0.12),
            (0.36, -0.03), (-0.06, 0.04), (0.14, 0.04))]  # fmt: skip
    rump = outline([(0.46, -0.12, 0), (0.53, 0.0), (0.48, 0.13, 0), (0.41, 0.02)])
    tail = plume(0.46, -0.12, 2.35 + 9 * j, 0.2, 0.1, 0.3, 0.5)
    if view == 1:
        return _fawn(random)
    if view == 2:
        legs = [_leg([(-0.3, 0.06), (-0.52, 0.2), (-0.74, 0.12), (-0.84, 0.24)],
                (0.2, 0.1, 0.06, 0.05)),
            _leg([(0.38, 0.02), (0.6, 0.2), (0.68, 0.36), (0.96, 0.5)],
                (0.3, 0.15, 0.07, 0.05))]  # fmt: skip
        far = [_leg([(-0.24, 0.08), (-0.4, 0.3), (-0.6, 0.28), (-0.66, 0.42)],
                (0.16, 0.09, 0.06, 0.05)),
            _leg([(0.3, 0.04), (0.46, 0.28), (0.52, 0.44), (0.78, 0.62)],
                (0.22, 0.13, 0.07, 0.05))]  # fmt: skip
        hooves = [_hoof(-0.85, 0.25, 0.5), _hoof(-0.665, 0.44, 0.2), _hoof(0.98, 0.51, -0.9),
            _hoof(0.8, 0.635, -0.8)]  # fmt: skip
        neck = ribbon([(-0.24, 0.0), (-0.44, -0.24), (-0.56, -0.44)], (0.38, 0.22, 0.16))
        belly = outline([(-0.28, 0.16, 0), (0.0, 0.11), (0.3, 0.09, 0), (0.2, 0.15), (-0.08, 0.2)])
        return turned([fill(_SHADE, *far), fill(_LIGHT, tail), fill(_FUR, body, neck, *legs),
                fill(_LIGHT, belly, rump), fill(_DARK, *hooves),
                *turned(_deer_head(antlers=True), 0.15, 0.92, (-0.58, -0.48))], 0.08)  # fmt: skip
    near = [_leg([(-0.3, 0.04), (-0.29, 0.3), (-0.31, 0.5), (-0.31, 0.72)],
            (0.2, 0.085, 0.06, 0.05)),
        _leg([(0.38, 0.0), (0.44, 0.2), (0.38, 0.4), (0.42, 0.72)],
            (0.32, 0.17, 0.07, 0.05))]  # fmt: skip
    far = [_leg([(-0.2, 0.06), (-0.16, 0.3), (-0.17, 0.5), (-0.15, 0.7)],
            (0.16, 0.08, 0.056, 0.048)),
        _leg([(0.28, 0.0), (0.31, 0.2), (0.24, 0.4), (0.27, 0.7)],
            (0.24, 0.14, 0.065, 0.048))]  # fmt: skip
    hooves = [_hoof(-0.312, 0.72), _hoof(0.42, 0.72), _hoof(-0.15, 0.7), _hoof(0.27, 0.7)]
    belly = outline([(-0.26, 0.15, 0), (0.0, 0.11), (0.24, 0.08, 0), (0.14, 0.145), (-0.1, 0.19)])
    if view == 3:
        neck = ribbon([(-0.24, -0.02), (-0.5, 0.04), (-0.68, 0.26), (-0.74, 0.44)],
            (0.34, 0.24, 0.17, 0.14))  # fmt: skip
        head = turned(_deer_head(antlers=False), -0.75, 0.88, (-0.75, 0.48))
        return [fill(_SHADE, *far), fill(_LIGHT, tail), fill(_FUR, body, neck, *near),
            fill(_LIGHT, belly, rump, *dots), fill(_DARK, *hooves), *head]  # fmt: skip
    neck = ribbon([(-0.24, 0.0), (-0.4, -0.26), (-0.46, -0.5)], (0.4, 0.23, 0.17))
    ruff = outline([(-0.52, -0.36), (-0.42, -0.34), (-0.33, -0.08), (-0.34, 0.1, 0), (-0.42, 0.0),
            (-0.49, -0.16)])  # fmt: skip
    return [fill(_SHADE, *far), fill(_LIGHT, tail), fill(_FUR, body, neck, *near),
        fill(_LIGHT, belly, rump, ruff), fill(_DARK, *hooves),
        *turned(_deer_head(antlers=True), 0.0, 0.95, (-0.47, -0.54))]  # fmt: skip


def _hare_head(back: float) -> list[MotifShape]:
    """Draw the head of a hare that looks to the left; `back` is how far its ears lie back."""
    head = outline([(0.16, 0.0), (0.1, -0.14), (-0.06, -0.18), (-0.2, -0.08), (-0.3, 0.04),
            (-0.28, 0.12), (-0.16, 0.17), (0.02, 0.17), (0.14, 0.12)])  # fmt: skip
    ear = outline([(-0.05, 0.02, 0), (-0.09, -0.2), (-0.08, -0.42), (0.0, -0.6, 0), (0.08, -0.42),
            (0.09, -0.2), (0.05, 0.02, 0)])  # fmt: skip
    inner = outline([(-0.02, -0.04, 0), (-0.045, -0.22), (-0.03, -0.4), (0.005, -0.5, 0),
            (0.045, -0.38), (0.05, -0.2), (0.03, -0.04, 0)])  # fmt: skip
    tip = outline([(-0.062, -0.48, 0), (0.0, -0.6, 0), (0.062, -0.48, 0), (0, -0.5)])
    near = turned([fill(_FUR, ear), fill(_LIGHT, inner), fill(_DARK, tip)], back, 1.0,
        (0.06, -0.12))  # fmt: skip
    far = turned([fill(_SHADE, ear), fill(_DARK, tip)], back - 0.38, 0.96, (0.0, -0.13))
    cheek = outline([(-0.3, 0.05), (-0.18, 0.02), (-0.04, 0.08), (-0.02, 0.16), (-0.16, 0.175),
            (-0.27, 0.13)])  # fmt: skip
    return [*far, *near, fill(_FUR, head), fill(_LIGHT, cheek),
        fill(_DARK, oval(-0.11, -0.04, 0.034, 0.04), oval(-0.295, 0.05, 0.024, 0.02))]  # fmt: skip


def _hare_leaping(random: np.random.Generator) -> list[MotifShape]:
    """Draw a leaping hare."""
    j = random.uniform(-0.06, 0.06)
    puff = [circle(x, y, r)
        for x, y, r in ((0.0, 0.0, 0.09), (0.06, -0.05, 0.07), (0.07, 0.04, 0.07))]  # fmt: skip
    body = Body.through([(-0.5, -0.16), (-0.3, -0.16), (0.0, -0.14), (0.28, 0.02), (0.42, 0.14)],
        (0.24, 0.32, 0.36, 0.42, 0.2))  # fmt: skip
    legs = [_leg([(-0.4, -0.04), (-0.62, 0.12), (-0.84, 0.12)], (0.18, 0.1, 0.075)),
        _leg([(0.32, 0.08), (0.46, 0.3), (0.6, 0.3), (0.92, 0.42)],
            (0.34, 0.2, 0.12, 0.09))]  # fmt: skip
    far = [_leg([(-0.34, 0.0), (-0.46, 0.2), (-0.66, 0.26)], (0.16, 0.09, 0.07)),
        _leg([(0.26, 0.1), (0.36, 0.36), (0.5, 0.4), (0.8, 0.56)],
            (0.28, 0.18, 0.11, 0.085))]  # fmt: skip
    paws = [oval(-0.85, 0.115, 0.06, 0.04, 0.1), oval(0.94, 0.43, 0.075, 0.046, 0.45)]
    shadow = [oval(-0.67, 0.27, 0.055, 0.038, 0.2), oval(0.82, 0.575, 0.07, 0.044, 0.45)]
    belly = body.patch([(0.08, 1.04, 0), (0.4, 1.05), (0.66, 1.05, 0), (0.5, 0.5), (0.2, 0.5)])
    return turned([fill(_SHADE, *far, *shadow), fill(_LIGHT, *(p.moved(0.47, 0.02) for p in puff)),
            fill(_FUR, body.contour(), *legs, *paws), fill(_LIGHT, belly),
            *turned(_hare_head(1.15 + j), 0.0, 0.95, (-0.58, -0.26))], -0.08)  # fmt: skip


def _hare_upright(random: np.random.Generator) -> list[MotifShape]:
    """Draw an upright hare from the front."""
    j = random.uniform(-0.06, 0.06)
    body = outline(both_sides([(0, -0.2), (-0.16, -0.14), (-0.2, 0.08), (-0.32, 0.34),
                (-0.3, 0.56), (-0.16, 0.64), (0, 0.63)]))  # fmt: skip
    belly = outline(both_sides([(0, -0.1), (-0.11, -0.04), (-0.17, 0.26), (-0.12, 0.5), (0, 0.54)]))
    feet = [oval(d * 0.2, 0.63, 0.16, 0.06, d * 0.1) for d in (-1, 1)]
    arms = [_leg([(d * 0.17, -0.04), (d * 0.2, 0.12), (d * 0.07, 0.2)], (0.11, 0.1, 0.075))
        for d in (-1, 1)]  # fmt: skip
    rims = [fill(_FUR, each) for each in arms]
    head = outline(both_sides([(0, -0.52), (-0.14, -0.48), (-0.22, -0.32), (-0.18, -0.17),
                (0, -0.1)]))  # fmt: skip
    ears: list[MotifShape] = []
    for d in (-1, 1):
        ear = outline([(-0.06, 0.06, 0), (-0.1, -0.18), (-0.08, -0.4), (0, -0.56, 0), (0.08, -0.4),
                (0.1, -0.18), (0.06, 0.06, 0)])  # fmt: skip
        inner = outline([(-0.02, 0.0, 0), (-0.05, -0.18), (-0.03, -0.36), (0, -0.45, 0),
                (0.03, -0.36), (0.05, -0.18), (0.02, 0.0, 0)])  # fmt: skip
        lean = 0.2 if d < 0 else 0.26 + j
        ears += turned([fill(_FUR, ear), fill(_LIGHT, inner)], lean * d, 1.0, (d * 0.09, -0.46))
    muzzle = outline(both_sides([(0, -0.28), (-0.06, -0.25), (-0.11, -0.18), (-0.05, -0.12),
                (0, -0.12)]))  # fmt: skip
    eyes = [oval(d * 0.12, -0.32, 0.03, 0.04) for d in (-1, 1)]
    nose = outline([(-0.035, -0.255), (0, -0.27), (0.035, -0.255), (0, -0.215)])
    mouth = [ribbon([(0, -0.22), (d * 0.01, -0.18), (d * 0.05, -0.165)], (0.014, 0.018, 0.012))
        for d in (-1, 1)]  # fmt: skip
    return [*ears, fill(_FUR, body), fill(_LIGHT, belly), fill(_FUR, *feet),
        *halo(_SHADE, 0.014, rims), *rims, fill(_FUR, head), fill(_LIGHT, muzzle),
        fill(_DARK, *eyes, nose, *mouth),
        fill(_SHADE,
            *(sliver([(d * 0.22 + e, 0.6), (d * 0.23 + e, 0.63), (d * 0.235 + e, 0.67)], 0.022)
                for d in (-1, 1) for e in (-0.04, 0.05)))]  # fmt: skip


def _hare(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a hare: sitting, leaping, upright from the front, crouching with flat ears."""
    j = random.uniform(-0.06, 0.06)
    puff = [circle(x, y, r)
        for x, y, r in ((0.0, 0.0, 0.09), (0.06, -0.05, 0.07), (0.07, 0.04, 0.07))]  # fmt: skip
    if view == 1:
        return _hare_leaping(random)
    if view == 2:
        return _hare_upright(random)
    flat = view == 3
    if flat:
        body = outline([(-0.4, 0.1), (-0.24, -0.08), (0.06, -0.2), (0.36, -0.14), (0.54, 0.12),
                (0.52, 0.36), (0.3, 0.44), (-0.3, 0.44), (-0.44, 0.32)])  # fmt: skip
        head_at, ears_back = (-0.42, 0.06), 1.5 + j
    else:
        body = outline([(-0.26, -0.16), (-0.08, -0.24), (0.14, -0.16), (0.38, 0.04), (0.5, 0.28),
                (0.42, 0.48), (0.2, 0.54), (-0.12, 0.52), (-0.28, 0.36),
                (-0.33, 0.08)])  # fmt: skip
        head_at, ears_back = (-0.24, -0.3), 0.42 + j
    low = 0.42 if flat else 0.53
    haunch = ribbon([(0.0, low - 0.04), (-0.02, low - 0.2), (0.12, low - 0.36), (0.32, low - 0.34),
            (0.42, low - 0.22)], (0.0, 0.036, 0.042, 0.036, 0.0))  # fmt: skip
    foot = outline([(-0.12, low + 0.02), (0.0, low - 0.06), (0.22, low - 0.04), (0.3, low + 0.02),
            (0.26, low + 0.05), (-0.1, low + 0.055)])  # fmt: skip
    fore = [_leg([(-0.22, low - 0.32), (-0.27, low - 0.12), (-0.32, low)], (0.16, 0.09, 0.08)),
        oval(-0.35, low + 0.015, 0.085, 0.04)]  # fmt: skip
    far = [_leg([(-0.14, low - 0.3), (-0.17, low - 0.1), (-0.2, low)], (0.14, 0.08, 0.075)),
        oval(-0.23, low + 0.01, 0.08, 0.038)]  # fmt: skip
    chest = outline([(-0.34, low - 0.5), (-0.24, low - 0.46), (-0.22, low - 0.26, 0),
            (-0.3, low - 0.2), (-0.36, low - 0.34)])  # fmt: skip
    return [fill(_SHADE, *far), fill(_LIGHT, *(p.moved(0.5, low - 0.14) for p in puff)),
        fill(_FUR, body, *fore), *([fill(_LIGHT, chest)] if not flat else []),
        *halo(_SHADE, 0.012, [fill(_FUR, foot)]), fill(_FUR, foot), fill(_SHADE, haunch),
        *turned(_hare_head(ears_back), 0.0, 0.98, head_at)]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"deer": _deer, "hare": _hare}
