"""Traces a polygon around a drawing."""

from __future__ import annotations

from collections.abc import Sequence

import contourpy
import numpy as np
from numpy.typing import NDArray

from worker.drawing.motifs.shapes import MotifShape, flattened
from worker.drawing.path import Points
from worker.drawing.raster import rasterise
from worker.motif_sets.convert import shapes_svg

__all__ = ["MAX_POINTS", "outline"]

MAX_POINTS = 64
_GRID_PX = 160
_FRAME = 0.65
"""Half the side of what is traced; the drawing's larger side is 1."""
_REACHES = (1, 4, 8)
"""By how many pixels a drawing of several pieces is widened to join them."""


def outline(shapes: Sequence[MotifShape]) -> Points:
    """Return a polygon (n, 2) around shapes whose larger side is 1 and middle is the origin.

    It is one polygon: pieces that lie apart are joined, by their convex hull if need be.
    """
    box = (-_FRAME, -_FRAME, 2 * _FRAME, 2 * _FRAME)
    svg = shapes_svg(shapes, ["#000000"] * (1 + max(shape.slot for shape in shapes)), box)
    sized = svg.replace("<svg ", f'<svg width="{_GRID_PX}" height="{_GRID_PX}" ', 1)
    alpha = rasterise(sized)[..., 3] / 255.0
    for reach in _REACHES:
        contours = _outer_contours(_widened(alpha, reach))
        if len(contours) == 1:
            return _simplified(contours[0])
    points = np.concatenate([each for shape in shapes for each in flattened(shape.path)])
    return _simplified(_hull(points))


def _widened(alpha: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    for axis in (0, 1):
        alpha = np.max([np.roll(alpha, step, axis) for step in range(-reach, reach + 1)], axis=0)
    return alpha


def _outer_contours(alpha: NDArray[np.float64]) -> list[Points]:
    """Return the contours that lie in no other one, in the drawing's units."""
    places = (np.arange(_GRID_PX) + 0.5) / _GRID_PX * 2 * _FRAME - _FRAME
    lines: list[Points] = contourpy.contour_generator(places, places, alpha).lines(0.5)  # type: ignore[assignment]
    sizes = [_area(line) for line in lines]
    outwards = np.sign(sizes[int(np.argmax(np.abs(sizes)))]) if sizes else 1
    return [line for line, size in zip(lines, sizes, strict=True) if size * outwards > 0]


def _area(points: Points) -> float:
    x, y = points[:, 0], points[:, 1]
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2)


def _simplified(points: Points) -> Points:
    """Return a closed contour with at most `MAX_POINTS` points: the least corners go first."""
    kept = points[:-1] if np.allclose(points[0], points[-1]) else points
    while len(kept) > MAX_POINTS:
        before, after = np.roll(kept, 1, 0), np.roll(kept, -1, 0)
        (ax, ay), (bx, by) = (before - kept).T, (after - kept).T
        corner = np.abs(ax * by - ay * bx)
        least = np.argsort(corner)[: max(1, (len(kept) - MAX_POINTS) // 4)].tolist()
        drop: list[int] = []
        for index in least:  # no two neighbours at once
            if not {(index - 1) % len(kept), (index + 1) % len(kept)} & {*drop}:
                drop.append(index)
        kept = np.delete(kept, drop, axis=0)
    return kept


def _hull(points: Points) -> Points:
    """Return the convex hull of points (Andrew's monotone chain)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})

    def chain(sequence: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        line: list[tuple[float, float]] = []
        for x, y in sequence:
            while len(line) > 1 and _turns_left(line[-2], line[-1], (x, y)):
                line.pop()
            line.append((x, y))
        return line[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _turns_left(
    first: tuple[float, float], second: tuple[float, float], third: tuple[float, float]
) -> bool:
    (ax, ay), (bx, by), (cx, cy) = first, second, third
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) <= 0
