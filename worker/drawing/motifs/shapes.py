"""Shapes of a motif's drawing, and the normalisation of their size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from worker.drawing.path import Path, Points

__all__ = ["DrawMotif", "MotifShape", "extent", "fitted", "flattened"]

_CURVE_STEPS = np.linspace(0.0, 1.0, 9)[1:, None]


@dataclass(frozen=True, eq=False, kw_only=True)
class MotifShape:
    """A path in one of the motif's colours."""

    slot: int
    """Index of the colour in the motif's own colours."""
    path: Path
    width: float | None = None
    """Line width in the path's units; None: filled."""
    round_ends: bool = True
    even_odd: bool = False


DrawMotif: TypeAlias = Callable[[int, np.random.Generator], Sequence[MotifShape]]
"""Draws one view of a motif, upright, y down, at any scale and place.

The arguments are the number of the view, from 0, and the random stream of its details.
"""


def flattened(path: Path) -> list[Points]:
    """Return each contour of a path as a polygon (n, 2) with eight points a curve."""
    contours: list[Points] = []
    points: list[Points] = []
    index = 0
    for code in path.codes:
        if code == "M":
            if points:
                contours.append(np.concatenate(points))
            points = [path.points[index : index + 1]]
            index += 1
        elif code == "L":
            points.append(path.points[index : index + 1])
            index += 1
        elif code == "C":
            start, (a, b, end) = points[-1][-1], path.points[index : index + 3]
            t, u = _CURVE_STEPS, 1 - _CURVE_STEPS
            points.append(u**3 * start + 3 * u**2 * t * a + 3 * u * t**2 * b + t**3 * end)
            index += 3
    if points:
        contours.append(np.concatenate(points))
    return contours


def extent(shapes: Sequence[MotifShape]) -> tuple[float, float, float, float]:
    """Return the left, upper, right and lower bound of shapes, lines at their full width."""
    bounds = []
    for shape in shapes:
        points = np.concatenate(flattened(shape.path))
        margin = (shape.width or 0.0) / 2
        bounds.append((*(points.min(0) - margin), *(points.max(0) + margin)))
    table = np.array(bounds)
    left, top = table[:, :2].min(0)
    right, bottom = table[:, 2:].max(0)
    return float(left), float(top), float(right), float(bottom)


def fitted(shapes: Sequence[MotifShape]) -> tuple[MotifShape, ...]:
    """Return shapes scaled and moved: the larger side is 1, the middle is at the origin."""
    left, top, right, bottom = extent(shapes)
    factor = 1 / max(right - left, bottom - top)
    x, y = -(left + right) / 2, -(top + bottom) / 2
    return tuple(
        replace(
            shape,
            path=shape.path.moved(x, y).scaled(factor),
            width=None if shape.width is None else shape.width * factor,
        )
        for shape in shapes
    )
