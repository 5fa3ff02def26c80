"""The four treasures of the study, compass roses, watering cans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from worker.drawing.families.botanical.motif import sliver
from worker.drawing.motifs.pen import both_sides, fill, outline, oval, plume, ribbon, turned
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle, polygon, rectangle, ring

__all__ = ["DRAWINGS"]

_BAMBOO, _INK, _HAIR, _STONE, _PAPER, _RED = range(6)


def _brush(length: float) -> list[MotifShape]:
    """Draw a writing brush that points down; the tip of its hair is at the origin."""
    hair = outline([(0, 0.0, 0), (-0.03, -0.06), (-0.075, -0.16), (-0.075, -0.24),
        (-0.05, -0.31, 0), (0.05, -0.31, 0), (0.075, -0.24), (0.075, -0.16),
        (0.03, -0.06)])  # fmt: skip
    tip = outline([(0, 0.0, 0), (-0.03, -0.06), (-0.066, -0.14), (-0.02, -0.11), (0.02, -0.15),
        (0.066, -0.14), (0.03, -0.06)])  # fmt: skip
    collar = polygon([(-0.055, -0.3), (0.055, -0.3), (0.045, -0.4), (-0.045, -0.4)])
    pole = polygon([(-0.042, -0.39), (0.042, -0.39), (0.036, -length), (-0.036, -length)])
    joints = [rectangle(-0.044, -0.39 - (length - 0.39) * s, 0.088, 0.02) for s in (0.34, 0.68)]
    loop = [ribbon([(0, -length - 0.02), (-0.06, -length - 0.1), (0, -length - 0.18),
        (0.06, -length - 0.1), (0, -length - 0.02)], 0.022)]  # fmt: skip
    return [fill(_HAIR, hair), fill(_INK, tip, collar), fill(_BAMBOO, pole),
        fill(_INK, *joints, rectangle(-0.042, -length - 0.03, 0.084, 0.05)),
        fill(_RED, *loop)]  # fmt: skip


def _ink_stone() -> list[MotifShape]:
    """Draw a round ink stone, seen slanted from above."""
    side = outline([(-0.42, 0.0), (-0.42, 0.1), (-0.24, 0.24), (0.0, 0.27), (0.24, 0.24),
        (0.42, 0.1), (0.42, 0.0)])  # fmt: skip
    return [fill(_INK, side), fill(_STONE, oval(0, 0, 0.42, 0.18)),
        fill(_INK, oval(0, 0.01, 0.33, 0.13)), fill(_STONE, oval(0.05, 0.045, 0.24, 0.075)),
        fill(_HAIR, sliver([(-0.27, -0.03), (-0.16, -0.085), (-0.03, -0.1)], 0.018))]  # fmt: skip


def _ink_stick(turn: float, x: float, y: float) -> list[MotifShape]:
    stick = outline([(-0.07, -0.3, 0), (0.07, -0.3, 0), (0.07, 0.28, 0), (-0.07, 0.28, 0)])
    return turned([fill(_INK, stick), fill(_RED, rectangle(-0.035, -0.24, 0.07, 0.2)),
        fill(_BAMBOO, circle(0, 0.06, 0.03), rectangle(-0.035, 0.13, 0.07, 0.02))], turn, 1.0,
        (x, y))  # fmt: skip


def _scroll_paper(random: np.random.Generator) -> list[MotifShape]:
    """Draw an unrolled scroll with an ink painting of mountains."""
    j = random.uniform(-0.03, 0.03)
    sheet = rectangle(-0.8, -0.24, 1.5, 0.5)
    hills = [outline([(-0.62, 0.16, 0), (-0.46, 0.0), (-0.34, -0.12 + j), (-0.2, 0.02),
        (-0.04, 0.16, 0)]), outline([(-0.24, 0.16, 0), (-0.06, 0.02), (0.1, -0.04),
        (0.34, 0.16, 0)])]  # fmt: skip
    near = outline([(-0.44, 0.18, 0), (-0.26, 0.06), (-0.12, 0.12), (0.12, 0.18, 0)])
    rolls = [rectangle(x, -0.3, 0.14, 0.62) for x in (-0.9, 0.64)]
    knobs = [rectangle(x + 0.03, y, 0.08, 0.08) for x in (-0.9, 0.64) for y in (-0.37, 0.31)]
    seal = rectangle(0.46, 0.1, 0.08, 0.08)
    return [fill(_PAPER, sheet), fill(_STONE, *hills), fill(_INK, near),
        fill(_RED, circle(0.3, -0.1, 0.055), seal), fill(_BAMBOO, *rolls),
        fill(_INK, *knobs)]  # fmt: skip


def _treasures(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw the treasures of the study: brush and ink stone, brushes on a stand, all four."""
    j = random.uniform(-0.05, 0.05)
    if view == 0:
        return [*turned(_ink_stone(), 0.0, 1.5, (0, 0.3)), *_ink_stick(1.9, 0.46, 0.1 + j * 0.2),
            *turned(_brush(1.3), 0.5 + j, 1.05, (-0.26, 0.34))]  # fmt: skip
    if view == 1:
        stand = [rectangle(-0.66, -0.72, 0.08, 1.42), rectangle(0.58, -0.72, 0.08, 1.42),
            outline([(-0.78, 0.68), (-0.7, 0.62, 0), (0.7, 0.62, 0), (0.78, 0.68), (0.8, 0.78, 0),
            (-0.8, 0.78, 0)]), outline([(-0.86, -0.62), (-0.84, -0.8), (-0.66, -0.76),
            (0.0, -0.8), (0.66, -0.76), (0.84, -0.8), (0.86, -0.62), (0.66, -0.66), (0.0, -0.68),
            (-0.66, -0.66)])]  # fmt: skip
        brushes = [each for x, n, s in ((-0.36, 0.86, 1.0), (-0.12, 1.0, 0.84), (0.12, 0.8, 1.1),
            (0.36, 0.94, 0.88)) for each in turned(_brush(n), 0.0, s, (x, -0.64 + (n + 0.15)
            * s))]  # fmt: skip
        return [fill(_INK, *stand[:2]), *brushes, fill(_INK, *stand[2:]),
            fill(_RED, rectangle(-0.05, -0.77, 0.1, 0.07))]  # fmt: skip
    return [*turned(_scroll_paper(random), -0.06, 1.0, (0.0, -0.36)), *turned(_ink_stone(), 0.0,
        1.0, (-0.42, 0.36)), *_ink_stick(1.35, 0.1, 0.5), *turned(_brush(1.3), 1.15 + j, 0.86,
        (-0.34, 0.3))]  # fmt: skip


_BLUE, _GOLD, _PALE, _NORTH = range(4)


def _point(angle: float, length: float, width: float, slots: tuple[int, int]) -> list[MotifShape]:
    """Draw a point of a compass rose: one half bright, one dark."""
    left = polygon([(0, 0), (-width, -width), (0, -length)]).rotated(angle)
    right = polygon([(0, 0), (width, -width), (0, -length)]).rotated(angle)
    return [fill(slots[0], left), fill(slots[1], right)]


def _compass_rose(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a compass rose: within a ring, of sixteen points with a lily to the north."""
    j = random.uniform(-0.01, 0.01)
    quarter = np.pi / 2
    if view == 0:
        ticks = [rectangle(-0.009, -0.735, 0.018, 0.07 if k % 4 else 0.1).rotated(k * np.pi / 16)
            for k in range(32)]  # fmt: skip
        shapes = [fill(_PALE, circle(0, 0, 0.76)), fill(_BLUE, ring(0.8, 0.75), *ticks),
            fill(_GOLD, ring(0.6, 0.575), ring(0.855 + j, 0.83 + j))]  # fmt: skip
        for k in range(4):
            shapes += _point(quarter * (k + 0.5), 0.56, 0.12, (_GOLD, _BLUE))
        for k in range(4):
            shapes += _point(quarter * k, 1.06, 0.17, (_NORTH, _BLUE) if k == 0 else (_PALE, _BLUE))
            shapes.append(fill(_BLUE, *[sliver([(0, 0), (-0.085, -0.085), (-0.17, -0.17)],
                0.012).rotated(quarter * k), ribbon([(-0.17, -0.17), (0, -1.06)],
                0.014).rotated(quarter * k)]))  # fmt: skip
        return [*shapes, fill(_GOLD, circle(0, 0, 0.085)), fill(_NORTH, circle(0, 0, 0.042))]
    shapes = [fill(_GOLD, ring(0.5, 0.46), ring(0.36 + j, 0.34 + j))]
    for k in range(8):
        shapes += _point(quarter * (k + 0.5) / 2, 0.5, 0.06, (_GOLD, _NORTH))
    for k in range(4):
        shapes += _point(quarter * (k + 0.5), 0.7, 0.11, (_PALE, _BLUE))
    for k in range(4):
        shapes += _point(quarter * k, 0.92, 0.15, (_GOLD, _BLUE))
    lily = outline(both_sides([(0, -0.3, 0), (-0.05, -0.2), (-0.055, -0.1), (-0.03, -0.02),
        (0, 0.0)]))  # fmt: skip
    petals = [outline([(d * 0.02, 0.0, 0), (d * 0.06, -0.12), (d * 0.13, -0.18),
        (d * 0.19, -0.12), (d * 0.15, -0.05, 0), (d * 0.14, -0.11), (d * 0.1, -0.09),
        (d * 0.07, 0.02)]) for d in (-1, 1)]  # fmt: skip
    bar = rectangle(-0.09, -0.012, 0.18, 0.032)
    foot = outline(both_sides([(0, 0.1, 0), (-0.04, 0.04), (-0.03, 0.01), (0, 0.01)]))
    flower = [path.moved(0, -0.96) for path in (lily, *petals, bar, foot)]
    return [*shapes, fill(_NORTH, *flower), fill(_BLUE, circle(0, 0, 0.09)),
        fill(_GOLD, circle(0, 0, 0.045))]  # fmt: skip


_TIN, _TIN_SHADE, _RIM, _PETAL, _LEAF, _HEART = range(6)


def _flower(x: float, y: float, size: float, turn: float = 0.0) -> list[MotifShape]:
    petals = [oval(0, -0.58, 0.26, 0.4).rotated(turn + k * 2 * np.pi / 6) for k in range(6)]
    return turned([fill(_PETAL, *petals), fill(_HEART, circle(0, 0, 0.3))], 0.0, size, (x, y))


def _watering_can(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a watering can: upright with flowers in it, tilted and pouring."""
    j = random.uniform(-0.1, 0.1)
    body = polygon([(-0.3, -0.3), (0.3, -0.3), (0.38, 0.5), (-0.38, 0.5)])
    shade = polygon([(0.14, -0.3), (0.3, -0.3), (0.38, 0.5), (0.18, 0.5)])
    rims = [ribbon([(-0.32, -0.29), (0.32, -0.29)], 0.075), ribbon([(-0.4, 0.5), (0.4, 0.5)],
        0.08), ribbon([(-0.35, 0.16), (0.35, 0.16)], 0.045)]  # fmt: skip
    spout = polygon([(-0.3, 0.14), (-0.36, 0.4), (-0.86, -0.34), (-0.78, -0.4)])
    rose = [polygon([(-0.92, -0.28), (-0.72, -0.44), (-0.82, -0.6), (-1.04, -0.42)]),
        oval(-0.93, -0.51, 0.16, 0.05, -0.66)]  # fmt: skip
    brace = ribbon([(-0.28, -0.2), (-0.5, -0.18), (-0.68, -0.2)], 0.035)
    handle = ribbon([(0.24, -0.26), (0.5, -0.42), (0.74, -0.2), (0.68, 0.14), (0.36, 0.34)], 0.075)
    top = ribbon([(-0.22, -0.28), (-0.14, -0.54), (0.1, -0.58), (0.24, -0.28)], 0.06)
    can = [fill(_TIN_SHADE, handle, spout, brace), fill(_TIN, body), fill(_TIN_SHADE, shade),
        fill(_RIM, *rims), fill(_TIN, rose[0]), fill(_RIM, rose[1])]  # fmt: skip
    if view == 0:
        spots = [(-0.2, -0.72, 0.16), (0.04, -0.92, 0.18), (0.26, -0.68, 0.16)]
        stems = [ribbon([(x * 0.4, -0.28), (x * 0.8, (y - 0.28) / 2), (x, y)], 0.035) for x, y,
            _ in spots]  # fmt: skip
        leaves = [plume(x, -0.3, a + j, n, 0.11, 0.3) for x, a, n in ((-0.14, -0.9, 0.42),
            (0.16, 0.9, 0.42), (-0.04, -0.3, 0.4), (0.1, 0.4, 0.42))]  # fmt: skip
        flowers = [each for x, y, s in spots for each in _flower(x, y, s, x + j)]
        badge = _flower(0.0, 0.32, 0.1)
        return [fill(_LEAF, *stems, *leaves), *flowers, *can, *badge]
    drops = [outline([(x, y - 0.1, 0), (x + 0.04, y), (x, y + 0.04), (x - 0.04, y)]) for x,
        y in ((-0.8, 0.44), (-0.98, 0.5 + j * 0.4), (-0.88, 0.66), (-1.06, 0.7),
        (-0.74, 0.62 - j * 0.4))]  # fmt: skip
    sprouts = [each for x in (-1.06, -0.8) for each in (ribbon([(x, 1.02), (x + 0.01, 0.92),
        (x, 0.84)], 0.034), plume(x, 0.88, -0.9 + j, 0.17, 0.09), plume(x, 0.88, 0.9 + j, 0.17,
        0.09))]  # fmt: skip
    return [*turned([fill(_TIN_SHADE, top), *can, *_flower(0.0, 0.32, 0.1)], -0.5, 1.0, (0, 0.1)),
        fill(_RIM, *drops), fill(_LEAF, *sprouts)]  # fmt: skip


DRAWINGS: Mapping[str, DrawMotif] = {"four-treasures": _treasures, "compass-rose": _compass_rose,
    "watering-can": _watering_can}  # fmt: skip
