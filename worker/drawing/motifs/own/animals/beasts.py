"""Foxes and cats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import (
    Body,
    both_sides,
    disc,
    fill,
    halo,
    outline,
    oval,
    ribbon,
    turned,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle

__all__ = ["DRAWINGS"]

_FUR, _LIGHT, _DARK, _SHADE = range(4)
_Place = tuple[float, ...]


def _brush(
    spine: Sequence[_Place], widths: Sequence[float], light: float = 0.7
) -> list[MotifShape]:
    """Draw a bushy tail with a light tip."""
    tail = Body.through(spine, widths)
    tip = tail.patch([(light, -1.05, 0), (light + 0.07, -0.5, 0), (light - 0.02, 0.0, 0),
            (light + 0.07, 0.45, 0), (light, 1.05, 0), (0.86, 1.07), (0.96, 1.2), (1.0, 0, 0),
            (0.96, -1.2), (0.86, -1.07)])  # fmt: skip
    return [fill(_FUR, tail.contour()), fill(_LIGHT, tip)]


def _fox_face(asleep: bool) -> list[MotifShape]:
    """Draw the head of a fox from the front around the origin."""
    head = outline(both_sides([(0, 0.33, 0), (-0.1, 0.26), (-0.24, 0.16), (-0.42, 0.1, 0),
                (-0.35, -0.08), (-0.35, -0.28), (-0.36, -0.5, 0), (-0.2, -0.36), (-0.12, -0.25, 0),
                (0, -0.27)]))  # fmt: skip
    cheeks = outline(both_sides([(0, 0.33, 0), (-0.1, 0.26), (-0.24, 0.16), (-0.42, 0.1, 0),
                (-0.26, 0.05), (-0.1, 0.06), (0, 0.17, 0)]))  # fmt: skip
    ears = [outline([(d * 0.33, -0.42, 0), (d * 0.31, -0.26), (d * 0.26, -0.18), (d * 0.19, -0.28),
                (d * 0.25, -0.36)]) for d in (-1, 1)]  # fmt: skip
    if asleep:
        eyes = [ribbon([(d * 0.25, -0.01), (d * 0.18, 0.04), (d * 0.09, 0.01)],
                (0.012, 0.03, 0.012)) for d in (-1, 1)]  # fmt: skip
    else:
        eyes = [oval(d * 0.17, -0.01, 0.036, 0.046) for d in (-1, 1)]
    nose = outline(both_sides([(0, 0.34), (-0.05, 0.27), (0, 0.25)]))
    return [fill(_FUR, head), fill(_LIGHT, cheeks), fill(_DARK, *ears, nose, *eyes)]


def _fox_profile() -> list[MotifShape]:
    """Draw the head of a fox that looks to the left, its neck at the origin."""
    head = outline([(-0.54, 0.02, 0), (-0.36, -0.1), (-0.26, -0.18, 0), (-0.27, -0.44, 0),
            (-0.16, -0.34), (-0.1, -0.24, 0), (-0.02, -0.42, 0), (0.04, -0.28), (0.05, -0.1),
            (0.08, 0.1), (-0.04, 0.14, 0), (-0.1, 0.1), (-0.26, 0.1), (-0.42, 0.09)])  # fmt: skip
    cheek = outline([(-0.54, 0.02, 0), (-0.36, 0.0), (-0.22, -0.02), (-0.06, 0.02),
            (-0.04, 0.14, 0), (-0.1, 0.1), (-0.26, 0.1), (-0.42, 0.09)])  # fmt: skip
    ears = [outline([(-0.255, -0.37, 0), (-0.24, -0.22), (-0.15, -0.22), (-0.18, -0.32)]),
        outline([(-0.015, -0.36, 0), (-0.04, -0.22), (0.02, -0.18)])]  # fmt: skip
    return [fill(_FUR, head), fill(_LIGHT, cheek),
        fill(_DARK, *ears, circle(-0.53, 0.02, 0.034),
            oval(-0.25, -0.07, 0.04, 0.026, 0.5))]  # fmt: skip


def _fox_asleep(random: np.random.Generator) -> list[MotifShape]:
    """Draw a fox that is curled up asleep."""
    j = random.uniform(-0.03, 0.03)
    body = outline([(-0.5, -0.06), (-0.3, -0.36), (0.06, -0.46), (0.42, -0.36), (0.64, -0.06),
            (0.6, 0.26), (0.34, 0.48), (-0.1, 0.52), (-0.44, 0.4), (-0.56, 0.16)])  # fmt: skip
    haunch = ribbon([(0.02, -0.1), (0.22, -0.24), (0.42, -0.12), (0.44, 0.12), (0.34, 0.28)],
        (0.0, 0.036, 0.045, 0.036, 0.0))  # fmt: skip
    back = ribbon([(-0.2, -0.36), (0.06, -0.43), (0.36, -0.35), (0.56, -0.12)],
        (0.0, 0.04, 0.045, 0.0))  # fmt: skip
    tail = _brush([(0.58, 0.02), (0.6, 0.3), (0.34, 0.48), (0.0, 0.52), (-0.32, 0.5),
            (-0.66, 0.36 + j)], (0.1, 0.2, 0.27, 0.3, 0.26, 0.0), 0.66)  # fmt: skip
    edge = ribbon([(0.44, 0.3), (0.22, 0.36), (-0.06, 0.36), (-0.2, 0.34)],
        (0.0, 0.036, 0.036, 0.0))  # fmt: skip
    face = turned(_fox_face(asleep=True), -0.32, 0.86, (-0.34, 0.08))
    face = [*halo(_SHADE, 0.02, face[:1]), *face]
    return [fill(_FUR, body), fill(_SHADE, haunch, back), *tail, fill(_SHADE, edge), *face]


def _fox_sitting(random: np.random.Generator) -> list[MotifShape]:
    """Draw a sitting fox from the front."""
    j = random.uniform(-0.03, 0.03)
    body = outline(both_sides([(0, -0.24), (-0.16, -0.2), (-0.24, 0.04), (-0.36, 0.34),
                (-0.34, 0.6), (-0.2, 0.66), (0, 0.64)]))  # fmt: skip
    chest = outline(both_sides([(0, -0.2), (-0.15, -0.16), (-0.17, 0.0), (-0.12, 0.08, 0),
                (-0.1, 0.2), (-0.04, 0.18, 0), (0, 0.3, 0)]))  # fmt: skip
    legs = [outline([(d * 0.03, 0.2), (d * 0.15, 0.24), (d * 0.15, 0.5), (d * 0.19, 0.66),
                (d * 0.03, 0.67), (d * 0.025, 0.5)]) for d in (-1, 1)]  # fmt: skip
    socks = [outline([(d * 0.025, 0.46, 0), (d * 0.09, 0.5), (d * 0.15, 0.45, 0), (d * 0.16, 0.58),
                (d * 0.19, 0.66), (d * 0.03, 0.67), (d * 0.025, 0.56)])
        for d in (-1, 1)]  # fmt: skip
    gaps = [sliver([(d * 0.19, 0.3), (d * 0.2, 0.46), (d * 0.24, 0.62)], 0.028) for d in (-1, 1)]
    tail = _brush([(0.24, 0.56), (0.5, 0.58), (0.7, 0.4), (0.68, 0.12), (0.56 + j, -0.16)],
        (0.12, 0.2, 0.27, 0.25, 0.0), 0.68)  # fmt: skip
    return [*tail, fill(_FUR, body), fill(_FUR, *legs), fill(_SHADE, *gaps), fill(_DARK, *socks),
        fill(_LIGHT, chest), *turned(_fox_face(asleep=False), 0, 0.95, (0, -0.42))]  # fmt: skip


def _fox_leaping(random: np.random.Generator) -> list[MotifShape]:
    """Draw a leaping fox."""
    j = random.uniform(-0.03, 0.03)
    body = Body.through([(-0.5, -0.2), (-0.3, -0.16), (0.0, -0.12), (0.3, 0.0), (0.48, 0.12)],
        (0.26, 0.32, 0.26, 0.28, 0.14))  # fmt: skip
    fore = [ribbon([(-0.4, -0.06), (-0.62, 0.06), (-0.8, 0.02)], (0.16, 0.09, 0.065)),
        ribbon([(-0.32, -0.04), (-0.46, 0.16), (-0.64, 0.18)], (0.16, 0.09, 0.065))]  # fmt: skip
    hind = [ribbon([(0.36, 0.04), (0.5, 0.24), (0.62, 0.26), (0.84, 0.44)],
            (0.24, 0.16, 0.1, 0.06)),
        ribbon([(0.3, 0.06), (0.38, 0.3), (0.5, 0.36), (0.68, 0.56)],
            (0.22, 0.14, 0.1, 0.06))]  # fmt: skip
    socks = [ribbon([(-0.64, 0.05), (-0.74, 0.045), (-0.86, 0.01)], (0.084, 0.075, 0.05)),
        ribbon([(-0.5, 0.175), (-0.58, 0.185), (-0.7, 0.17)], (0.08, 0.075, 0.05)),
        ribbon([(0.66, 0.29), (0.78, 0.39), (0.9, 0.5)], (0.08, 0.07, 0.045)),
        ribbon([(0.54, 0.41), (0.62, 0.5), (0.73, 0.62)], (0.08, 0.07, 0.045))]  # fmt: skip
    belly = body.patch([(0.1, 1.04, 0), (0.4, 1.04), (0.72, 1.04, 0), (0.5, 0.5), (0.22, 0.35)])
    tail = _brush([(0.46, 0.06), (0.66, -0.04), (0.9, -0.1 + j), (1.12, -0.02), (1.3, 0.1)],
        (0.1, 0.18, 0.25, 0.2, 0.0))  # fmt: skip
    return turned([*tail, fill(_SHADE, fore[1], hind[1]),
            fill(_FUR, body.contour(), fore[0], hind[0]), fill(_DARK, *socks), fill(_LIGHT, belly),
            *turned(_fox_profile(), 0.12, 0.95, (-0.5, -0.26))], -0.1)  # fmt: skip


def _fox(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a fox: standing, curled up asleep, sitting, leaping."""
    j = random.uniform(-0.03, 0.03)
    if view == 1:
        return _fox_asleep(random)
    if view == 2:
        return _fox_sitting(random)
    if view == 3:
        return _fox_leaping(random)
    body = outline([(-0.42, -0.08), (-0.28, -0.22), (0.06, -0.17), (0.34, -0.2), (0.5, -0.06),
            (0.46, 0.12), (0.2, 0.12), (-0.06, 0.18), (-0.3, 0.18), (-0.43, 0.06)])  # fmt: skip
    neck = outline([(-0.56, -0.24), (-0.36, -0.34), (-0.16, -0.18), (-0.2, 0.1), (-0.42, 0.08),
            (-0.52, -0.08)])  # fmt: skip
    near = [ribbon([(-0.3, 0.04), (-0.3, 0.3), (-0.33, 0.54)], (0.22, 0.1, 0.08)),
        ribbon([(0.34, 0.0), (0.4, 0.2), (0.33, 0.34), (0.38, 0.54)],
            (0.32, 0.19, 0.1, 0.075))]  # fmt: skip
    far = [ribbon([(-0.2, 0.06), (-0.17, 0.3), (-0.16, 0.53)], (0.18, 0.09, 0.075)),
        ribbon([(0.24, 0.02), (0.27, 0.2), (0.18, 0.34), (0.2, 0.53)],
            (0.24, 0.16, 0.09, 0.07))]  # fmt: skip
    socks = [ribbon([(-0.302, 0.32), (-0.33, 0.54)], (0.105, 0.085)),
        oval(-0.355, 0.535, 0.075, 0.036), ribbon([(0.337, 0.36), (0.38, 0.54)], (0.1, 0.08)),
        oval(0.355, 0.535, 0.075, 0.036), ribbon([(-0.167, 0.36), (-0.16, 0.53)], (0.09, 0.075)),
        oval(-0.185, 0.53, 0.066, 0.034), ribbon([(0.184, 0.38), (0.2, 0.53)], (0.09, 0.072)),
        oval(0.175, 0.53, 0.066, 0.034)]  # fmt: skip
    chest = outline([(-0.56, -0.16, 0), (-0.44, -0.12), (-0.32, -0.14, 0), (-0.3, 0.02),
            (-0.36, 0.0, 0), (-0.34, 0.14, 0), (-0.44, 0.06), (-0.52, -0.06)])  # fmt: skip
    tail = _brush([(0.44, -0.06), (0.66, 0.06), (0.86, 0.2 + j), (1.08, 0.18), (1.26, 0.0)],
        (0.1, 0.19, 0.28, 0.22, 0.0))  # fmt: skip
    return [*tail, fill(_SHADE, *far), fill(_FUR, body, neck, *near), fill(_DARK, *socks),
        fill(_LIGHT, chest), *turned(_fox_profile(), 0, 1.0, (-0.42, -0.3))]  # fmt: skip


def _cat_face(asleep: bool) -> list[MotifShape]:
    """Draw the head of a cat from the front around the origin."""
    head = outline(both_sides([(0, 0.24), (-0.16, 0.22), (-0.3, 0.1), (-0.32, -0.06),
                (-0.3, -0.2, 0), (-0.3, -0.42, 0), (-0.17, -0.31), (-0.11, -0.24, 0),
                (0, -0.255)]))  # fmt: skip
    ears = [outline([(d * 0.275, -0.35, 0), (d * 0.27, -0.22), (d * 0.17, -0.22),
                (d * 0.2, -0.29)]) for d in (-1, 1)]  # fmt: skip
    muzzle = outline(both_sides([(0, 0.04), (-0.07, 0.06), (-0.13, 0.13), (-0.07, 0.22),
                (0, 0.225)]))  # fmt: skip
    bars = [sliver([(0, -0.24), (0.0, -0.17), (0, -0.08)], 0.045),
        *(sliver([(d * 0.075, -0.23), (d * 0.06, -0.17), (d * 0.05, -0.11)], 0.036)
            for d in (-1, 1)),
        *(sliver([(d * 0.32, y), (d * 0.26, y + 0.01), (d * 0.19, y + 0.005)], 0.034)
            for d in (-1, 1) for y in (0.0, 0.075))]  # fmt: skip
    if asleep:
        eyes = [fill(_DARK,
                *(ribbon([(d * 0.2, 0.0), (d * 0.14, 0.04), (d * 0.07, 0.01)],
                        (0.012, 0.028, 0.012)) for d in (-1, 1)))]  # fmt: skip
    else:
        eyes = [fill(4,
                *(outline([(d * 0.21, -0.02, 0), (d * 0.15, -0.06), (d * 0.08, 0.0, 0),
                            (d * 0.14, 0.03)]) for d in (-1, 1))),
            fill(_DARK, *(oval(d * 0.145, -0.015, 0.019, 0.04) for d in (-1, 1)))]  # fmt: skip
    nose = outline(both_sides([(0, 0.115), (-0.035, 0.075), (0, 0.07)]))
    mouth = [ribbon([(0, 0.11), (d * 0.02, 0.16), (d * 0.07, 0.165)], (0.016, 0.018, 0.012))
        for d in (-1, 1)]  # fmt: skip
    return [fill(_FUR, head), fill(_SHADE, *bars), fill(_LIGHT, muzzle, *ears), *eyes,
        fill(_DARK, nose, *mouth)]  # fmt: skip


def _cat_in_front(random: np.random.Generator) -> list[MotifShape]:
    """Draw a sitting cat from the front."""
    j = random.uniform(-0.04, 0.04)
    body = outline(both_sides([(0, -0.22), (-0.18, -0.16), (-0.25, 0.08), (-0.38, 0.36),
                (-0.38, 0.6), (-0.22, 0.68), (0, 0.66)]))  # fmt: skip
    chest = outline(both_sides([(0, -0.18), (-0.13, -0.1), (-0.13, 0.08), (-0.06, 0.22),
                (0, 0.3, 0)]))  # fmt: skip
    legs = [outline([(d * 0.02, 0.2), (d * 0.14, 0.22), (d * 0.145, 0.5), (d * 0.19, 0.62),
                (d * 0.14, 0.69), (d * 0.03, 0.68)]) for d in (-1, 1)]  # fmt: skip
    gaps = [sliver([(d * 0.175, 0.26), (d * 0.185, 0.44), (d * 0.22, 0.6)], 0.03) for d in (-1, 1)]
    paws = [oval(d * 0.105, 0.645, 0.085, 0.05) for d in (-1, 1)]
    bars = [sliver([(d * 0.39, y), (d * 0.3, y - 0.03), (d * 0.22, y + 0.0)], 0.045)
        for d in (-1, 1) for y in (0.32, 0.44, 0.54)]  # fmt: skip
    split = sliver([(0, 0.3), (0, 0.46), (0, 0.66)], 0.024)
    tail = Body.through([(0.28, 0.58), (0.54, 0.62), (0.68, 0.44), (0.58 + j, 0.2),
            (0.66 + j, 0.0)], (0.13, 0.15, 0.14, 0.13, 0.08))  # fmt: skip
    rings = [tail.patch([(s, -1, 0), (s + 0.07, -1, 0), (s + 0.07, 1, 0), (s, 1, 0)])
        for s in (0.4, 0.56, 0.72)]  # fmt: skip
    tip = [disc(tail.spine[-1], 0.04)]
    return [fill(_FUR, tail.contour(), *tip), fill(_SHADE, *rings), fill(_FUR, body),
        fill(_SHADE, *bars), fill(_FUR, *legs), fill(_LIGHT, chest, *paws),
        fill(_SHADE, *gaps, split),
        *turned(_cat_face(asleep=False), 0.0, 1.05, (0, -0.38))]  # fmt: skip


def _cat_aside(random: np.random.Generator) -> list[MotifShape]:
    """Draw a sitting cat from the side."""
    j = random.uniform(-0.04, 0.04)
    body = outline([(-0.3, -0.3), (-0.12, -0.42), (0.06, -0.24), (0.26, -0.02), (0.42, 0.28),
            (0.42, 0.56), (0.3, 0.66, 0), (-0.34, 0.66, 0), (-0.36, 0.6), (-0.24, 0.54),
            (-0.22, 0.3), (-0.32, 0.06)])  # fmt: skip
    haunch = ribbon([(0.04, 0.56), (-0.02, 0.36), (0.1, 0.18), (0.26, 0.2)],
        (0.0, 0.036, 0.04, 0.0))  # fmt: skip
    foot = outline([(-0.02, 0.58), (0.14, 0.53), (0.26, 0.6), (0.24, 0.67, 0), (-0.06, 0.67, 0),
            (-0.08, 0.63)])  # fmt: skip
    bars = [sliver([(x, y), (x - 0.09, y + 0.03), (x - 0.16, y + 0.12)], 0.05)
        for x, y in ((0.1, -0.2), (0.22, -0.06), (0.32, 0.1), (0.4, 0.28))]  # fmt: skip
    chest = outline([(-0.33, -0.12), (-0.24, -0.08), (-0.2, 0.12), (-0.24, 0.28, 0), (-0.3, 0.14),
            (-0.36, 0.0)])  # fmt: skip
    tail = Body.through([(0.36, 0.58), (0.6, 0.6), (0.78, 0.48), (0.76, 0.26), (0.62, 0.22 + j),
            (0.62, 0.34)], (0.14, 0.13, 0.12, 0.11, 0.1, 0.07))  # fmt: skip
    rings = [tail.patch([(s, -1, 0), (s + 0.06, -1, 0), (s + 0.06, 1, 0), (s, 1, 0)])
        for s in (0.36, 0.5, 0.64)]  # fmt: skip
    return [fill(_FUR, tail.contour(), disc(tail.spine[-1], 0.036)), fill(_SHADE, *rings),
        fill(_FUR, body), fill(_SHADE, *bars, haunch),
        fill(_LIGHT, chest, foot, oval(-0.29, 0.63, 0.09, 0.04)),
        *turned(_cat_face(asleep=False), -0.06, 0.95, (-0.2, -0.46))]  # fmt: skip


def _cat_asleep(random: np.random.Generator) -> list[MotifShape]:
    """Draw a cat that is curled up asleep."""
    j = random.uniform(-0.04, 0.04)
    body = outline([(-0.56, 0.06), (-0.44, -0.28), (-0.08, -0.46), (0.34, -0.4), (0.62, -0.1),
            (0.62, 0.24), (0.36, 0.46), (-0.12, 0.5), (-0.46, 0.36)])  # fmt: skip
    bars = [sliver([(x, y), (x * 0.84, y * 0.72 + 0.02), (x * 0.7, y * 0.36)], 0.06)
        for x, y in ((-0.12, -0.46), (0.06, -0.47), (0.24, -0.44), (0.4, -0.36), (0.54, -0.24),
            (0.62, -0.06))]  # fmt: skip
    tail = Body.through([(0.6, 0.14), (0.5, 0.38), (0.2, 0.47), (-0.1, 0.46), (-0.34 + j, 0.44)],
        (0.16, 0.18, 0.18, 0.16, 0.1))  # fmt: skip
    rings = [tail.patch([(s, -1, 0), (s + 0.06, -1, 0), (s + 0.06, 1, 0), (s, 1, 0)])
        for s in (0.5, 0.64, 0.78)]  # fmt: skip
    edge = ribbon([(0.46, 0.28), (0.18, 0.37), (-0.1, 0.36)], (0.0, 0.034, 0.0))
    face = turned(_cat_face(asleep=True), -0.25, 0.95, (-0.34, 0.12))
    haunch = ribbon([(0.02, 0.06), (0.16, -0.1), (0.36, -0.06), (0.44, 0.12)],
        (0.0, 0.034, 0.04, 0.0))  # fmt: skip
    return [fill(_FUR, body), fill(_SHADE, *bars, haunch),
        fill(_FUR, tail.contour(), disc(tail.spine[-1], 0.05)), fill(_SHADE, *rings, edge),
        *halo(_SHADE, 0.02, face[:1]), *face]  # fmt: skip


def _cat(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a cat: sitting from the front and the side, curled up asleep, walking."""
    j = random.uniform(-0.04, 0.04)
    if view == 0:
        return _cat_in_front(random)
    if view == 1:
        return _cat_aside(random)
    if view == 2:
        return _cat_asleep(random)
    body = outline([(-0.46, -0.14), (-0.3, -0.2), (0.04, -0.14), (0.36, -0.2), (0.5, -0.06),
            (0.46, 0.14), (0.2, 0.12), (-0.1, 0.17), (-0.36, 0.16), (-0.48, 0.04)])  # fmt: skip
    near = [ribbon([(-0.36, 0.02), (-0.4, 0.28), (-0.46, 0.5)], (0.22, 0.12, 0.1)),
        ribbon([(0.36, 0.0), (0.42, 0.22), (0.36, 0.34), (0.42, 0.5)],
            (0.3, 0.18, 0.11, 0.09))]  # fmt: skip
    far = [ribbon([(-0.26, 0.04), (-0.2, 0.28), (-0.14, 0.48)], (0.18, 0.11, 0.09)),
        ribbon([(0.28, 0.02), (0.24, 0.24), (0.16, 0.34), (0.18, 0.48)],
            (0.22, 0.15, 0.1, 0.085))]  # fmt: skip
    paws = [oval(x, y, 0.08, 0.042)
        for x, y in ((-0.49, 0.5), (0.4, 0.5), (-0.17, 0.49), (0.155, 0.49))]  # fmt: skip
    bars = [sliver([(x, y), (x + 0.02, y + 0.09), (x - 0.01, y + 0.18)], 0.055)
        for x, y in ((-0.2, -0.19), (-0.06, -0.165), (0.08, -0.15), (0.22, -0.17),
            (0.35, -0.2))]  # fmt: skip
    tail = Body.through([(0.44, -0.06), (0.58, -0.24), (0.62, -0.46), (0.54 + j, -0.66),
            (0.64 + j, -0.8)], (0.14, 0.13, 0.12, 0.11, 0.08))  # fmt: skip
    rings = [tail.patch([(s, -1, 0), (s + 0.06, -1, 0), (s + 0.06, 1, 0), (s, 1, 0)])
        for s in (0.3, 0.45, 0.6, 0.75)]  # fmt: skip
    return [fill(_SHADE, *far),
        fill(_FUR, tail.contour(), disc(tail.spine[-1], 0.04), body, *near), fill(_LIGHT, *paws),
        fill(_SHADE, *bars, *rings),
        *turned(_cat_face(asleep=False), -0.05, 0.84, (-0.54, -0.28))]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"fox": _fox, "cat": _cat}
