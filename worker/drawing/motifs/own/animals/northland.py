"""Animals of the north: polar bears, moose, squirrels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import Body, disc, fill, halo, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, circle

__all__ = ["DRAWINGS"]

_FUR, _SHADE, _DARK, _ICE, _SEA = range(5)


def _white_bear(random: np.random.Generator) -> list[MotifShape]:
    """Draw a walking polar bear."""
    j = random.uniform(-0.02, 0.02)
    body = outline([(-0.5, -0.2), (-0.34, -0.3), (0.0, -0.28), (0.36, -0.36), (0.64, -0.22),
        (0.72, 0.04), (0.62, 0.24), (0.2, 0.22), (-0.2, 0.26), (-0.48, 0.16)])  # fmt: skip
    neck = outline([(-0.3, -0.3), (-0.56, -0.36), (-0.8, -0.4), (-0.86, -0.2), (-0.7, -0.06),
        (-0.5, 0.14), (-0.3, 0.16)])  # fmt: skip
    head = outline([(-0.7, -0.4), (-0.82, -0.46), (-0.94, -0.38), (-1.06, -0.28 + j),
        (-1.16, -0.22 + j), (-1.18, -0.14 + j), (-1.1, -0.1 + j), (-0.94, -0.1),
        (-0.78, -0.1)])  # fmt: skip
    ears = [circle(-0.72, -0.44, 0.066), circle(-0.84, -0.45, 0.055)]
    near = [outline([(-0.52, 0.0), (-0.24, 0.0), (-0.26, 0.32), (-0.25, 0.54), (-0.3, 0.6, 0),
        (-0.54, 0.6, 0), (-0.57, 0.53), (-0.47, 0.46), (-0.5, 0.2)]), outline([(0.36, 0.0),
        (0.7, 0.0), (0.64, 0.32), (0.68, 0.54), (0.63, 0.6, 0), (0.39, 0.6, 0), (0.36, 0.53),
        (0.46, 0.46), (0.4, 0.2)])]  # fmt: skip
    far = [outline([(-0.3, 0.12), (-0.06, 0.12), (-0.06, 0.38), (-0.02, 0.53), (-0.06, 0.58, 0),
        (-0.28, 0.58, 0), (-0.3, 0.52), (-0.2, 0.44)]), outline([(0.14, 0.12), (0.4, 0.12),
        (0.32, 0.38), (0.34, 0.53), (0.3, 0.58, 0), (0.09, 0.58, 0), (0.07, 0.52),
        (0.17, 0.44)])]  # fmt: skip
    crease = [ribbon([(-0.28, -0.06), (-0.23, 0.1), (-0.25, 0.3)], (0.0, 0.03, 0.0)),
        ribbon([(0.36, -0.08), (0.33, 0.1), (0.39, 0.26)], (0.0, 0.03, 0.0)),
        ribbon([(-0.72, -0.02), (-0.56, 0.04), (-0.46, 0.16)], (0.0, 0.026, 0.0))]  # fmt: skip
    claws = [sliver([(x, 0.57), (x - 0.03, 0.58), (x - 0.06, 0.61)], 0.028)
        for x in (-0.5, -0.44, -0.38, 0.42, 0.48, 0.54)]  # fmt: skip
    white = [fill(_FUR, body, neck, head, ears[0], *near, circle(0.72, -0.06, 0.07))]
    return [*halo(_SHADE, 0.012, [fill(_SHADE, *far), *white]), fill(_SHADE, *far, ears[1]),
        *white, fill(_SHADE, *crease, circle(-0.72, -0.435, 0.03)),
        fill(_DARK, oval(-1.15, -0.19 + j, 0.042, 0.034, 0.5), circle(-0.95, -0.3, 0.025),
        sliver([(-1.14, -0.13 + j), (-1.04, -0.14), (-0.96, -0.17)], 0.016), *claws)]  # fmt: skip


def _polar_bear(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a polar bear: walking on a floe, with its cub."""
    wide = 1.0 if view == 0 else 1.2
    ice = outline([(-0.95 * wide, 0.62, 0), (-0.7 * wide, 0.54), (0.5 * wide, 0.53),
        (0.95 * wide, 0.6, 0), (0.84 * wide, 0.74, 0), (0.5 * wide, 0.7), (0.36 * wide, 0.8, 0),
        (-0.1 * wide, 0.74), (-0.3 * wide, 0.82, 0), (-0.56 * wide, 0.72),
        (-0.84 * wide, 0.76, 0)])  # fmt: skip
    side = outline([(-0.95 * wide, 0.62, 0), (0.0, 0.67), (0.95 * wide, 0.6, 0),
        (0.84 * wide, 0.74, 0), (0.5 * wide, 0.7), (0.36 * wide, 0.8, 0), (-0.1 * wide, 0.74),
        (-0.3 * wide, 0.82, 0), (-0.56 * wide, 0.72), (-0.84 * wide, 0.76, 0)])  # fmt: skip
    floe = [fill(_ICE, ice), fill(_SEA, side)]
    if view == 0:
        return [*floe, *turned(_white_bear(random), 0.0, 0.94, (0.14, 0.04))]
    return [*floe, *turned(_white_bear(random), 0.0, 0.86, (0.42, 0.08)),
        *turned(_white_bear(random), 0.0, 0.42, (-0.64, 0.38))]  # fmt: skip


_HIDE, _HIDE_SHADE, _INK, _ANTLER, _MUZZLE = range(5)


def _palm(side: int) -> Path:
    """Return one palmate antler that rises from the origin."""
    points = [(0.0, 0.03, 0), (0.12, -0.06), (0.24, -0.06), (0.3, -0.12), (0.44, -0.08, 0),
        (0.42, -0.2), (0.62, -0.2, 0), (0.54, -0.32), (0.7, -0.4, 0), (0.55, -0.44),
        (0.62, -0.6, 0), (0.46, -0.52), (0.44, -0.7, 0), (0.34, -0.52), (0.24, -0.36),
        (0.2, -0.48, 0), (0.14, -0.3), (0.1, -0.14), (0.0, -0.05, 0)]  # fmt: skip
    return outline([(x * side, *rest) for x, *rest in points])


def _moose_head() -> list[MotifShape]:
    """Draw the head of a bull moose that looks to the left, its neck at the origin."""
    head = outline([(0.16, 0.02), (0.1, -0.16), (-0.04, -0.2), (-0.18, -0.12), (-0.36, 0.02),
        (-0.54, 0.06), (-0.66, 0.14), (-0.68, 0.26), (-0.58, 0.34), (-0.44, 0.32), (-0.3, 0.26),
        (-0.1, 0.2), (0.1, 0.2)])  # fmt: skip
    muzzle = outline([(-0.46, 0.06), (-0.6, 0.09), (-0.68, 0.2), (-0.64, 0.32), (-0.52, 0.345),
        (-0.42, 0.31), (-0.4, 0.18)])  # fmt: skip
    ear = plume(0.06, -0.12, 1.15, 0.24, 0.1, 0.2, 0.5)
    beard = outline([(-0.16, 0.2, 0), (0.04, 0.2, 0), (0.02, 0.36), (-0.06, 0.52, 0),
        (-0.12, 0.36)])  # fmt: skip
    return [fill(_ANTLER, _palm(-1).scaled(0.92).moved(-0.06, -0.16),
        _palm(1).moved(0.02, -0.16)), fill(_HIDE_SHADE, beard), fill(_HIDE, head),
        fill(_HIDE_SHADE, ear), fill(_MUZZLE, muzzle), fill(_INK, circle(-0.17, -0.02, 0.03),
        oval(-0.62, 0.19, 0.032, 0.024, 0.8), sliver([(-0.62, 0.3), (-0.52, 0.28), (-0.42, 0.25)],
        0.018))]  # fmt: skip


def _moose(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a moose: standing, lying down."""
    j = random.uniform(-0.03, 0.03)
    body = outline([(-0.5, -0.14), (-0.34, -0.42), (-0.12, -0.44), (0.16, -0.28), (0.46, -0.26),
        (0.6, -0.1), (0.56, 0.12), (0.3, 0.1), (0.0, 0.2), (-0.3, 0.24), (-0.5, 0.1)])  # fmt: skip
    neck = ribbon([(-0.2, -0.16), (-0.44, -0.26), (-0.6, -0.3)], (0.52, 0.36, 0.28))
    mane = outline([(-0.62, -0.14), (-0.46, -0.08), (-0.36, 0.12), (-0.44, 0.28, 0), (-0.5, 0.12),
        (-0.6, 0.06, 0)])  # fmt: skip
    if view == 1:
        trunk = outline([(-0.5, 0.0), (-0.36, -0.28), (-0.1, -0.3), (0.2, -0.16), (0.5, -0.14),
            (0.68, 0.08), (0.66, 0.3), (0.4, 0.36), (-0.3, 0.36), (-0.48, 0.24)])  # fmt: skip
        fold = [ribbon([(-0.4, 0.26), (-0.66, 0.3), (-0.48, 0.38), (-0.2, 0.39)],
            (0.14, 0.1, 0.09, 0.08)), ribbon([(0.5, 0.22), (0.24, 0.28), (0.34, 0.38),
            (0.06, 0.39)], (0.3, 0.14, 0.09, 0.08))]  # fmt: skip
        hooves = [oval(-0.16, 0.39, 0.07, 0.045), oval(0.04, 0.39, 0.07, 0.045)]
        haunch = ribbon([(0.2, 0.26), (0.2, 0.06), (0.4, -0.04), (0.58, 0.06)],
            (0.0, 0.034, 0.038, 0.0))  # fmt: skip
        grass = [plume(x, 0.44, a + j, 0.2, 0.06) for x, a in ((-0.74, -0.4), (-0.7, 0.1),
            (0.62, -0.2), (0.68, 0.3), (0.74, 0.7))]  # fmt: skip
        return [fill(_ANTLER, *grass), fill(_HIDE, trunk, neck.moved(0.0, 0.12), *fold),
            fill(_HIDE_SHADE, haunch, mane.moved(0.02, 0.06)), fill(_INK, *hooves),
            *turned(_moose_head(), 0.04, 0.9, (-0.6, -0.26))]  # fmt: skip
    near = [ribbon([(-0.36, 0.06), (-0.36, 0.34), (-0.38, 0.56), (-0.38, 0.82)],
        (0.26, 0.12, 0.09, 0.08)), ribbon([(0.44, -0.02), (0.5, 0.24), (0.44, 0.46),
        (0.48, 0.82)], (0.36, 0.19, 0.1, 0.08))]  # fmt: skip
    far = [ribbon([(-0.22, 0.1), (-0.2, 0.36), (-0.2, 0.56), (-0.18, 0.8)],
        (0.2, 0.11, 0.085, 0.075)), ribbon([(0.32, 0.02), (0.34, 0.26), (0.26, 0.48), (0.3, 0.8)],
        (0.26, 0.16, 0.09, 0.075))]  # fmt: skip
    hooves = [outline([(x - 0.045, y, 0), (x + 0.045, y, 0), (x + 0.05, y + 0.09, 0),
        (x - 0.08, y + 0.09, 0)]) for x, y in ((-0.38, 0.78), (0.48, 0.78), (-0.18, 0.77),
        (0.3, 0.77))]  # fmt: skip
    socks = [ribbon([(-0.378, 0.52), (-0.38, 0.8)], 0.088), ribbon([(0.447, 0.52), (0.48, 0.8)],
        0.088)]  # fmt: skip
    return [fill(_HIDE_SHADE, *far, plume(0.56, -0.1, 2.5 + j, 0.2, 0.09)),
        fill(_HIDE, body, neck, *near), fill(_MUZZLE, *socks), fill(_HIDE_SHADE, mane),
        fill(_INK, *hooves), *turned(_moose_head(), 0.0, 0.95, (-0.6, -0.38))]  # fmt: skip


_COAT, _COAT_SHADE, _PALE, _EYE, _NUT, _CUP = range(6)


def _bushy(points: Sequence[tuple[float, float]], widths: Sequence[float]) -> list[MotifShape]:
    """Draw a bushy tail with a darker middle."""
    tail = Body.through(points, widths)
    hair = [plume(x, y, tail.angle(s) + t * 0.5, 0.16, 0.09, 0.0, 0.5)
        for s in np.linspace(0.2, 0.98, 9).tolist() for t in (-0.86, 0.86)
        for x, y in tail.at([(s, t)]).tolist()]  # fmt: skip
    middle = Body(tail.spine[3:], tail.half[3:] * np.linspace(0.44, 0.0, len(tail.half) - 3) ** 0.7)
    return [fill(_COAT, tail.contour(), disc(tail.spine[-1], float(tail.half[-1])), *hair),
        fill(_COAT_SHADE, middle.contour())]  # fmt: skip


def _squirrel_head() -> list[MotifShape]:
    """Draw the head of a squirrel that looks to the left, its neck at the origin."""
    head = outline([(0.16, 0.12), (0.17, -0.08), (0.04, -0.22), (-0.14, -0.22), (-0.28, -0.08),
        (-0.35, 0.05), (-0.28, 0.13), (-0.1, 0.19), (0.06, 0.2)])  # fmt: skip
    ears = [outline([(0.0, -0.18, 0), (-0.03, -0.34), (0.06, -0.52, 0), (0.14, -0.34),
        (0.14, -0.12, 0)]), outline([(-0.12, -0.18, 0), (-0.15, -0.32), (-0.08, -0.48, 0),
        (-0.02, -0.34), (0.0, -0.18, 0)])]  # fmt: skip
    cheek = outline([(-0.34, 0.03), (-0.2, 0.0), (-0.04, 0.04), (0.04, 0.14), (-0.1, 0.19),
        (-0.28, 0.13)])  # fmt: skip
    inner = outline([(0.03, -0.2, 0), (0.02, -0.32), (0.065, -0.42, 0), (0.1, -0.32),
        (0.1, -0.18, 0)])  # fmt: skip
    return [fill(_COAT_SHADE, ears[1]), fill(_COAT, head, ears[0]), fill(_COAT_SHADE, inner),
        fill(_PALE, cheek), fill(_EYE, oval(-0.12, -0.05, 0.042, 0.048),
        oval(-0.34, 0.035, 0.034, 0.028)), fill(_PALE, circle(-0.135, -0.068, 0.014))]  # fmt: skip


def _nut(x: float, y: float, turn: float, size: float) -> list[MotifShape]:
    """Draw an acorn."""
    nut = outline([(-0.14, 0.0, 0), (-0.13, 0.16), (-0.04, 0.28), (0, 0.33, 0), (0.04, 0.28),
        (0.13, 0.16), (0.14, 0.0, 0)])  # fmt: skip
    cup = outline([(-0.18, 0.02), (-0.16, -0.08), (0, -0.14), (0.16, -0.08), (0.18, 0.02),
        (0, 0.05)])  # fmt: skip
    return turned([fill(_NUT, nut), fill(_CUP, cup, ribbon([(0, -0.12), (0.02, -0.22)], 0.04))],
        turn, size, (x, y))  # fmt: skip


def _squirrel(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a squirrel: sitting with an acorn, bounding."""
    j = random.uniform(-0.04, 0.04)
    if view == 0:
        tail = _bushy([(0.2, 0.56), (0.5, 0.5), (0.62, 0.16), (0.5, -0.24), (0.56, -0.56 + j),
            (0.8, -0.62 + j)], (0.2, 0.32, 0.4, 0.4, 0.36, 0.16))  # fmt: skip
        body = outline([(-0.22, -0.3), (0.0, -0.34), (0.14, -0.14), (0.3, 0.16), (0.36, 0.44),
            (0.28, 0.64), (0.0, 0.68), (-0.2, 0.58), (-0.3, 0.3), (-0.3, 0.0)])  # fmt: skip
        belly = outline([(-0.26, -0.16), (-0.12, -0.1), (-0.06, 0.16), (-0.08, 0.44),
            (-0.16, 0.58), (-0.26, 0.42), (-0.32, 0.14)])  # fmt: skip
        thigh = [fill(_COAT, outline([(-0.08, 0.6), (-0.06, 0.34), (0.12, 0.24), (0.32, 0.34),
            (0.34, 0.58), (0.18, 0.68)]))]  # fmt: skip
        foot = outline([(-0.3, 0.66), (-0.18, 0.6), (0.1, 0.6), (0.2, 0.68), (0.1, 0.72),
            (-0.26, 0.72)])  # fmt: skip
        arm = [fill(_COAT, ribbon([(-0.02, -0.08), (-0.12, 0.14), (-0.34, 0.08)],
            (0.17, 0.14, 0.085)), circle(-0.36, 0.07, 0.05))]  # fmt: skip
        return [*tail, fill(_COAT, body), fill(_PALE, belly), *halo(_COAT_SHADE, 0.014, thigh),
            *thigh, fill(_COAT_SHADE, foot), *_nut(-0.4, 0.04, 0.5 + j, 0.8),
            *halo(_COAT_SHADE, 0.012, arm), *arm, *turned(_squirrel_head(), 0.0, 1.05,
            (-0.12, -0.42))]  # fmt: skip
    tail = _bushy([(0.36, 0.06), (0.6, -0.06), (0.76, -0.3 + j), (1.02, -0.34 + j),
        (1.2, -0.14 + j)], (0.14, 0.28, 0.36, 0.36, 0.18))  # fmt: skip
    body = outline([(-0.5, -0.06), (-0.34, -0.2), (0.0, -0.26), (0.3, -0.14), (0.46, 0.06),
        (0.36, 0.22), (0.06, 0.16), (-0.3, 0.18), (-0.48, 0.08)])  # fmt: skip
    belly = outline([(-0.46, 0.08), (-0.2, 0.06), (0.12, 0.1), (0.24, 0.18), (0.04, 0.165),
        (-0.3, 0.185)])  # fmt: skip
    near = [ribbon([(-0.34, 0.06), (-0.54, 0.2), (-0.74, 0.18)], (0.17, 0.1, 0.07)),
        ribbon([(0.26, 0.06), (0.34, 0.28), (0.62, 0.34), (0.7, 0.44)],
        (0.32, 0.16, 0.09, 0.07))]  # fmt: skip
    far = [ribbon([(-0.26, 0.1), (-0.4, 0.3), (-0.58, 0.32)], (0.15, 0.09, 0.065)),
        ribbon([(0.2, 0.1), (0.26, 0.34), (0.5, 0.46)], (0.24, 0.13, 0.075))]  # fmt: skip
    return [*tail, fill(_COAT_SHADE, *far), fill(_COAT, body, *near),
        fill(_PALE, belly), *turned(_squirrel_head(), -0.05, 0.9, (-0.5, -0.1)),
        *_nut(-0.9, 0.14, 0.3, 0.6)]  # fmt: skip


_PELT, _RUFF, _NOSE, _HORN, _CLOTH, _BELL = range(6)


def _rein_antler(side: int) -> list[Path]:
    """Return one curved antler with points that rises from the origin."""
    parts = [ribbon([(0, 0), (0.2, -0.14), (0.3, -0.38), (0.2, -0.66), (0.02, -0.8)],
        (0.065, 0.062, 0.058, 0.05, 0.015)), ribbon([(0.27, -0.46), (0.38, -0.58), (0.36, -0.74)],
        (0.05, 0.044, 0.012)), ribbon([(0.2, -0.65), (0.26, -0.76), (0.2, -0.9)],
        (0.045, 0.04, 0.012)), ribbon([(0.26, -0.24), (0.42, -0.3), (0.5, -0.42)],
        (0.045, 0.04, 0.012)), ribbon([(0.06, -0.05), (-0.02, -0.18), (-0.12, -0.2)],
        (0.05, 0.05, 0.03))]  # fmt: skip
    return [path.scaled(side * 0.9, 0.9) for path in parts]


def _reindeer_head(random: np.random.Generator) -> list[MotifShape]:
    """Draw the head of a reindeer that looks to the left, its neck at the origin."""
    j = random.uniform(-0.05, 0.05)
    head = outline([(0.14, 0.04), (0.1, -0.13), (-0.03, -0.17), (-0.16, -0.1), (-0.34, 0.02),
        (-0.44, 0.08), (-0.45, 0.18), (-0.36, 0.23), (-0.18, 0.18), (0.0, 0.17)])  # fmt: skip
    muzzle = outline([(-0.3, 0.0), (-0.43, 0.07), (-0.45, 0.18), (-0.36, 0.235), (-0.24, 0.2),
        (-0.24, 0.1)])  # fmt: skip
    ears = [plume(0.06, -0.1, 1.3 + j, 0.26, 0.12, 0.2, 0.5), plume(0.08, -0.1, 1.3 + j, 0.17,
        0.06, 0.2, 0.5)]  # fmt: skip
    return [fill(_HORN, *(path.moved(-0.04, -0.14) for path in _rein_antler(-1)),
        *(path.moved(0.02, -0.14) for path in _rein_antler(1))), fill(_PELT, head, ears[0]),
        fill(_RUFF, muzzle, ears[1]), fill(_CLOTH, oval(-0.44, 0.1, 0.05, 0.045)),
        fill(_NOSE, oval(-0.14, -0.01, 0.028, 0.034), sliver([(-0.42, 0.19), (-0.34, 0.185),
        (-0.28, 0.15)], 0.016))]  # fmt: skip


def _reindeer(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a reindeer with a collar of bells: standing, leaping."""
    j = random.uniform(-0.02, 0.02)
    body = outline([(-0.44, -0.14), (-0.26, -0.22), (0.1, -0.18), (0.38, -0.22), (0.54, -0.06),
        (0.5, 0.14), (0.26, 0.14), (-0.06, 0.2), (-0.34, 0.2), (-0.48, 0.04)])  # fmt: skip
    neck = ribbon([(-0.2, 0.0), (-0.4, -0.18), (-0.5, -0.34)], (0.46, 0.32, 0.24))
    ruff = outline([(-0.6, -0.26), (-0.48, -0.2), (-0.38, -0.02), (-0.3, 0.12), (-0.36, 0.2, 0),
        (-0.42, 0.14), (-0.46, 0.22, 0), (-0.5, 0.08), (-0.56, 0.1, 0), (-0.56, -0.06),
        (-0.63, -0.06, 0)])  # fmt: skip
    blanket = outline([(-0.14, -0.21, 0), (0.1, -0.18), (0.32, -0.21, 0), (0.36, 0.0),
        (0.32, 0.1, 0), (0.1, 0.13), (-0.12, 0.12, 0), (-0.12, -0.04)])  # fmt: skip
    hem = ribbon([(-0.12, 0.1), (0.1, 0.115), (0.33, 0.085)], 0.045)
    collar = ribbon([(-0.58, -0.14), (-0.42, -0.04), (-0.22, -0.16)], 0.065)
    bells = [circle(x, y, 0.042) for x, y in ((-0.53, -0.06), (-0.42, 0.0), (-0.31, -0.05))]
    tail = plume(0.5, -0.1, 1.5 + j * 5, 0.18, 0.1, 0.2)
    if view == 0:
        near = [ribbon([(-0.32, 0.04), (-0.32, 0.3), (-0.34, 0.48), (-0.34, 0.7)],
            (0.22, 0.11, 0.085, 0.075)), ribbon([(0.4, 0.0), (0.46, 0.22), (0.4, 0.42),
            (0.44, 0.7)], (0.34, 0.18, 0.09, 0.075))]  # fmt: skip
        far = [ribbon([(-0.2, 0.08), (-0.17, 0.32), (-0.18, 0.48), (-0.16, 0.68)],
            (0.17, 0.1, 0.08, 0.07)), ribbon([(0.28, 0.04), (0.3, 0.24), (0.22, 0.42),
            (0.26, 0.68)], (0.26, 0.15, 0.085, 0.07))]  # fmt: skip
        hooves = [(-0.345, 0.7, 0.0), (0.44, 0.7, 0.0), (-0.16, 0.68, 0.0), (0.26, 0.68, 0.0)]
        lean = 0.0
    else:
        near = [ribbon([(-0.32, 0.06), (-0.54, 0.2), (-0.74, 0.12), (-0.84, 0.24)],
            (0.22, 0.12, 0.085, 0.075)), ribbon([(0.38, 0.02), (0.58, 0.2), (0.7, 0.34),
            (0.96, 0.46)], (0.34, 0.17, 0.09, 0.075))]  # fmt: skip
        far = [ribbon([(-0.24, 0.1), (-0.4, 0.32), (-0.62, 0.3), (-0.68, 0.44)],
            (0.18, 0.11, 0.08, 0.07)), ribbon([(0.3, 0.06), (0.46, 0.28), (0.54, 0.44),
            (0.8, 0.6)], (0.26, 0.15, 0.085, 0.07))]  # fmt: skip
        hooves = [(-0.85, 0.25, 0.5), (0.98, 0.47, -1.0), (-0.69, 0.45, 0.3), (0.82, 0.61, -0.9)]
        lean = 0.16
    feet = [outline([(-0.042, -0.04, 0), (0.042, -0.04, 0), (0.05, 0.06, 0),
        (-0.07, 0.06, 0)]).rotated(a).moved(x, y) for x, y, a in hooves]  # fmt: skip
    return turned([fill(_HORN, *far), fill(_RUFF, tail), fill(_PELT, body, neck, *near),
        fill(_RUFF, ruff), fill(_CLOTH, blanket, collar), fill(_BELL, hem, *bells),
        fill(_NOSE, *feet), *turned(_reindeer_head(random), -lean * 0.6, 0.95, (-0.5, -0.38))],
        lean)  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"polar-bear": _polar_bear, "moose": _moose,
    "squirrel": _squirrel, "reindeer": _reindeer}  # fmt: skip
