"""Ferns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.botanical.motif import bent, blade
from worker.drawing.motifs.plants import (
    Shapes,
    Stem,
    fill,
    moved,
    placed,
)
from worker.drawing.motifs.shapes import DrawMotif, MotifShape
from worker.drawing.path import Path, smooth_closed

__all__ = ["DRAWINGS"]


def _frond(
    stem: Stem,
    count: int,
    size: float,
    random: np.random.Generator,
    *,
    lobed: bool = False,
    bare: float = 0.1,
) -> Shapes:
    """Return a fern: leaflets on both sides, longest below the middle."""
    leaves: list[Path] = []
    other: list[Path] = []
    lines: list[Path] = []
    for share in np.linspace(bare, 0.97, count):
        place, turn = stem.at(float(share))
        length = size * float(
            np.interp(share, (bare, bare + 0.2, 0.7, 1.0), (0.72, 1.0, 0.6, 0.22))
        )
        for side in (1, -1):
            angle = turn + side * (1.28 - 0.45 * float(share)) + float(random.uniform(-0.05, 0.05))
            bend = -side * 0.35
            if lobed:
                half = [(0.07, 0.0), (0.15, -0.12), (0.09, -0.24), (0.15, -0.36), (0.085, -0.47),
                    (0.12, -0.58), (0.06, -0.7), (0.07, -0.8)]  # fmt: skip
                leaf = bent(
                    smooth_closed([*half, (0, -1), *((-x, y) for x, y in half[::-1])], 0.8), bend
                )
            else:
                leaf = bent(blade(0.105, 0.3), bend)
            (leaves if side > 0 else other).append(moved(leaf, place, angle, length))
            if lobed and length > 0.25:
                lines.append(
                    moved(bent(blade(0.036, 0.3).scaled(1, 0.86), bend), place, angle, length)
                )
    axis = stem.path(0.045, 0.03, 0.016)
    return [fill(0, *leaves), fill(1, *other), fill(2, axis, *lines)]


def _fiddlehead(at: ArrayLike, turn: float, size: float) -> Shapes:
    """Return a young rolled frond on its stalk, its foot at the origin."""
    angle = np.linspace(0, 3.3 * np.pi, 15)
    radius = 0.24 * (1 - angle / angle[-1] * 0.86)
    spiral = np.stack([0.24 - radius * np.cos(angle), -0.74 - radius * np.sin(angle)], -1)
    line = Stem.through([(0.1, 0), (-0.02, -0.3), (0.0, -0.6), *spiral[1:]])
    return placed([fill(0, line.path(0.05, 0.075, 0.07, 0.06, 0.04, knots=17))], at, turn, size)


def _fern(view: int, random: np.random.Generator) -> Sequence[MotifShape]:
    """Draw a fern: an arching frond; an upright one with cut leaflets; a plant; a rolled frond."""
    if view == 0:
        stem = Stem.through([(-0.6, 1.0), (-0.32, 0.3), (0.1, -0.4), (0.75, -0.85)])
        return _frond(stem, 13, 0.62, random)
    if view == 1:
        stem = Stem.through([(0.08, 1.1), (-0.03, 0.4), (0.0, -0.3), (0.1, -1.0)])
        return _frond(stem, 9, 0.66, random, lobed=True)
    if view == 2:
        shapes: Shapes = []
        for line, size in (([(0, 1), (-0.4, 0.3), (-0.9, 0.05), (-1.25, 0.3)], 0.3),
                ([(0, 1), (0.4, 0.35), (0.85, 0.12), (1.2, 0.4)], 0.3),
                ([(0, 1), (-0.22, 0.2), (-0.55, -0.42), (-0.95, -0.55)], 0.34),
                ([(0, 1), (0.25, 0.1), (0.6, -0.4), (1.0, -0.5)], 0.34),
                ([(0, 1), (0.02, 0.2), (-0.05, -0.4), (0.06, -0.95)], 0.36)):  # fmt: skip
            shapes += _frond(Stem.through(line), 12, 1.25 * size, random, bare=0.24)
        return shapes
    shapes = _frond(Stem.through([(0.1, 1.0), (0.1, 0.3), (-0.2, -0.4), (-0.75, -0.8)]), 11, 0.42,
        random, bare=0.2)  # fmt: skip
    return shapes + _fiddlehead((0.1, 1.0), 0.22, 1.3) + _fiddlehead((0.06, 1.02), 0.62, 0.8)


DRAWINGS: Mapping[str, DrawMotif] = {"fern": _fern}
