"""Flowers of the garden: rose and tulip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade, sliver, tapered
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    blade_of,
    fill,
    folded_leaf,
    merged,
    moved,
    petal_of,
    placed,
    rays,
    swayed,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import circle, ellipse, smooth_closed

__all__ = ["DRAWINGS"]

_PETAL, _DEEP, _LIGHT, _LEAF, _SHADE, _VEIN = range(6)


def _rose_petal(random: np.random.Generator, width: float, side: float) -> Shapes:
    """Return a broad petal whose rim is rolled over on one side."""
    petal = petal_of(width, base=0.2, shoulder=0.56, tip=0.06, random=random)
    body = petal.scaled(0.93, 0.94)
    roll = smooth_closed([(-0.72 * side * width, -0.74), (-0.2 * side * width, -0.97),
        (0.5 * side * width, -0.9), (0.76 * side * width, -0.7), (0.3 * side * width, -0.83),
        (-0.2 * side * width, -0.87)])  # fmt: skip
    return [fill(_DEEP, petal), fill(_PETAL, body), fill(_LIGHT, roll)]


def _rose_heart(size: float) -> Shapes:
    """Return the rolled heart of a rose about the origin."""
    angle = np.linspace(0, 4.4 * np.pi, 21)
    radius = 0.94 * (1 - angle / angle[-1]) ** 0.9 + 0.05
    spiral = np.stack([np.cos(angle) * radius, np.sin(angle) * radius * 0.94], -1)
    shapes = [fill(_DEEP, circle(0, 0, 1.08)), fill(_PETAL, circle(0, 0, 0.98)),
        fill(_LIGHT, smooth_closed([(-0.94, -0.1), (-0.6, -0.74), (0.1, -0.95), (0.7, -0.66),
        (0.1, -0.78), (-0.5, -0.54)])),
        fill(_DEEP, Stem.through(spiral).path(0.05, 0.16, 0.15, 0.13, 0.2, knots=17))]  # fmt: skip
    return placed(shapes, (0, 0), 0.6, size)


def _rose_above(random: np.random.Generator) -> Shapes:
    """Return an open rose from above, of radius one."""
    shapes: Shapes = []
    for row, (count, size, width) in enumerate(((5, 1.0, 0.74), (5, 0.78, 0.72), (4, 0.56, 0.74))):
        for index in range(count):
            turn = 2 * np.pi * index / count + 0.66 * row + float(random.uniform(-0.07, 0.07))
            shapes += placed(_rose_petal(random, width, 1 if index % 2 else -1), (0, 0), turn, size)
    return shapes + placed(_rose_heart(0.3), (0.01, -0.01))


def _rose_side(random: np.random.Generator) -> Shapes:
    """Return a rose from the side, its foot at the origin."""
    shapes: Shapes = []
    for turn, size in ((-0.85, 0.86), (0.9, 0.84), (-0.4, 1.0), (0.42, 1.0)):
        shapes += placed(_rose_petal(random, 0.52, float(np.sign(turn))), (0, 0), turn, size)
    cup = smooth_closed([(-0.1, -0.02), (-0.42, -0.34), (-0.47, -0.74), (-0.3, -1.0), (0.06, -1.08),
        (0.36, -0.98), (0.48, -0.72), (0.42, -0.34), (0.1, -0.02)])  # fmt: skip
    shapes += [fill(_DEEP, cup), fill(_PETAL, cup.scaled(0.93, 0.96))]
    shapes += placed(_rose_heart(0.28), (0.03, -0.8), 0.0, (1.25, 0.82))
    left = smooth_closed([(0.02, 0.0), (-0.38, -0.22), (-0.58, -0.62), (-0.5, -0.82), (-0.26, -0.7),
        (0.06, -0.52), (0.2, -0.2)])  # fmt: skip
    right = smooth_closed([(-0.05, 0.0), (0.36, -0.2), (0.58, -0.6), (0.52, -0.84), (0.3, -0.74),
        (0.02, -0.38), (-0.16, -0.14)])  # fmt: skip
    for path, side in ((left, -1), (right, 1)):
        roll = smooth_closed([(side * 0.56, -0.6), (side * 0.5, -0.82), (side * 0.27, -0.71),
            (side * 0.1, -0.56), (side * 0.3, -0.62), (side * 0.47, -0.68)])  # fmt: skip
        shapes += [fill(_DEEP, path), fill(_PETAL, path.scaled(0.93, 0.95).moved(0, -0.012)),
            fill(_LIGHT, roll)]  # fmt: skip
    sepals = [
        moved(bent(blade(0.16, 0.3), -0.9 * np.sign(t)), (0, 0.02), t, 0.42)
        for t in (-1.3, 1.3, -0.5, 0.5)
    ]
    return [*shapes, fill(_LEAF, *sepals, ellipse(0, 0.06, 0.13, 0.1))]


def _rose_leaf(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Return a leaf of three leaflets."""
    stalk = Stem.through([(0, 0), (0.02, -0.3), (0, -0.62)]).path(0.06, 0.045)
    shapes = [fill(_LEAF, stalk)]
    for x, y, lean, long in ((0, -0.36, -1.05, 0.6), (0, -0.36, 1.05, 0.6), (0, -0.58, 0.0, 0.76)):
        leaf = folded_leaf((_LEAF, _SHADE, _VEIN), 0.3, 0.42, 0.12, veins=2, bold=0.06)
        shapes += placed(leaf, (x, y), lean, long)
    return placed(shapes, at, turn, size)


def _rose(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a rose: from above; from the side on its stalk; a bud; above with leaves."""
    if view == 0:
        return _rose_above(random)
    if view == 3:
        shapes: Shapes = []
        for turn, size in ((-2.0, 0.75), (-1.0, 0.7), (1.1, 0.8), (2.3, 0.7)):
            place = (0.62 * float(np.sin(turn)), -0.62 * float(np.cos(turn)))
            shapes += _rose_leaf(place, turn, size)
        return shapes + placed(_rose_above(random), (0, 0), 0.9, (-1.0, 1.0))
    stem = Stem.through([(0.16, 1.7), (-0.05, 1.1), (0.03, 0.5), (0, 0)])
    thorns = []
    for share, side in ((0.2, 1), (0.62, -1), (0.8, 1)):
        foot, lean = stem.at(share)
        thorns.append(moved(bent(blade(0.28, 0.15), 0.5 * side), foot, lean + side * 1.2, 0.13))
    shapes = [fill(_LEAF, stem.path(0.07, 0.06), *thorns)]
    shapes += _rose_leaf(stem.at(0.32)[0], 1.0, 0.8) + _rose_leaf(stem.at(0.5)[0], -0.95, 0.74)
    if view == 1:
        return shapes + _rose_side(random)
    bud = smooth_closed([(0, 0.02), (-0.26, -0.16), (-0.3, -0.46), (-0.12, -0.76), (0.04, -0.88),
        (0.2, -0.7), (0.31, -0.42), (0.24, -0.14)])  # fmt: skip
    fold = smooth_closed([(0.05, 0.0), (-0.16, -0.3), (-0.1, -0.6), (0.07, -0.84), (0.24, -0.6),
        (0.3, -0.36), (0.22, -0.12)])  # fmt: skip
    edge = tapered(
        [(-0.02, -0.06), (-0.15, -0.34), (-0.08, -0.6), (0.06, -0.84)], (0.02, 0.05, 0.045, 0.015)
    )
    shapes += [fill(_DEEP, bud), fill(_PETAL, fold), fill(_LIGHT, edge)]
    sepals = [
        moved(bent(blade(0.2, 0.3), b), (0, 0.06), t, 0.6)
        for t, b in ((-0.62, 0.3), (0.62, -0.35), (-0.05, 0.1))
    ]
    return swayed([*shapes, fill(_LEAF, *sepals, ellipse(0, 0.06, 0.12, 0.12))], random)


def _tulip_petal(width: float, bend: float) -> Shapes:
    """Return a petal with a darker base and a lit streak."""
    petal = blade_of(width, 0.45, bend, point=0.1)
    flame = bent(merged([moved(blade(0.07, 0.4), (0, 0), t, s) for t, s in ((-0.22, 0.6),
        (0.0, 0.76), (0.22, 0.58))]), bend)  # fmt: skip
    return [fill(_DEEP, petal),
        fill(_PETAL, bent(blade_of(width * 0.91, 0.45, point=0.0).scaled(1, 0.95), bend)),
        fill(_LIGHT, flame)]  # fmt: skip


def _tulip_cup(opening: float, random: np.random.Generator) -> Shapes:
    """Return a tulip from the side, its foot at the origin.

    Args:
        opening: 0: closed; 1: open.
    """
    shapes: Shapes = []
    wave = float(random.uniform(-0.04, 0.04))
    for turn, size in ((-0.16 - 0.4 * opening, 1.0), (0.18 + 0.38 * opening, 1.02),
            (0.02 + wave, 1.04)):  # fmt: skip
        shapes += placed(
            [fill(_DEEP, blade_of(0.3, 0.48, -0.2 * turn, point=0.1))], (0, 0), turn, size
        )
    if opening > 0.5:
        lines = [tapered([(0, -0.3), (x, -0.74)], (0.05, 0.05)) for x in (-0.16, 0.0, 0.17)]
        shapes.append(
            fill(_SHADE, *lines, *(ellipse(x, -0.8, 0.045, 0.08) for x in (-0.17, 0.0, 0.18)))
        )
    for turn, size, bend in ((-0.36 - 0.42 * opening, 0.96, 0.62),
            (0.36 + 0.44 * opening, 0.98, -0.62), (wave, 0.9 - 0.14 * opening, 0.08)):  # fmt: skip
        shapes += placed(
            _tulip_petal(0.34 if abs(turn) < 0.1 else 0.28, bend), (0, 0.02), turn, size
        )
    return shapes


def _tulip_leaf(points: ArrayLike, width: float, side: int) -> Shapes:
    """Return a long leaf that follows a line, with its fold."""
    stem = Stem.through(points)
    body = stem.path(0.08, width, 0.85 * width, 0.0, knots=6)
    fold = [stem.at(float(s))[0] for s in np.linspace(0.05, 0.92, 5)]
    shift = np.array((side * 0.16 * width, 0))
    shade = tapered(
        np.array(fold) + shift * np.array([[0], [1], [1], [1], [0]]),
        np.array([0.1, 0.5, 0.55, 0.4, 0.02]) * width,
    )
    return [fill(_LEAF, body), fill(_SHADE, shade)]


def _tulip(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a tulip: on its stalk with leaves; open; bowed; from above."""
    if view == 3:
        shapes: Shapes = []
        for row, start in ((1.0, 0.0), (0.9, np.pi / 3)):
            for index in range(3):
                turn = start + 2 * np.pi * index / 3 + float(random.uniform(-0.06, 0.06))
                shapes += placed(_tulip_petal(0.44, 0.0), (0, 0), turn, row)
        lines = rays(
            sliver([(0, 0), (0.02, -0.12), (0, -0.24)], 0.05), 2 * np.pi * np.arange(6) / 6 + 0.3
        )
        ends = rays(ellipse(0, -0.25, 0.036, 0.06), 2 * np.pi * np.arange(6) / 6 + 0.3)
        return [*shapes, fill(_SHADE, *lines, *ends), fill(_VEIN, circle(0, 0, 0.08))]
    if view == 2:
        stem = Stem.through([(-0.3, 1.5), (-0.26, 0.7), (-0.05, 0.1), (0.42, -0.2), (0.7, 0.0)])
        shapes = [fill(_LEAF, stem.path(0.075, 0.065, knots=9))]
        shapes += _tulip_leaf([(-0.3, 1.45), (-0.66, 0.8), (-0.72, 0.2), (-0.4, -0.36)], 0.24, -1)
        shapes += _tulip_leaf([(-0.28, 1.45), (0.1, 1.0), (0.46, 0.86), (0.9, 1.1)], 0.2, 1)
        return shapes + placed(_tulip_cup(0.15, random), stem.at(1.0)[0], 2.4, 0.82)
    stem = Stem.through([(0.06, 1.5), (-0.03, 0.9), (0.02, 0.4), (0, 0)])
    shapes = _tulip_leaf([(0.04, 1.45), (0.36, 0.9), (0.46, 0.3), (0.28, -0.2)], 0.23, 1)
    shapes += [fill(_LEAF, stem.path(0.08, 0.07))]
    shapes += _tulip_leaf([(0.06, 1.5), (-0.3, 1.05), (-0.46, 0.62), (-0.82, 0.36)], 0.22, -1)
    return shapes + placed(_tulip_cup(float(view), random), (0, 0), (0.0, -0.12)[view], 0.95)


DRAWINGS: Mapping[str, DrawMotif] = {"rose": _rose, "tulip": _tulip}
