"""Voronoi cells on a torus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.drawing.path import Path, Points

__all__ = ["cells", "clipped", "rounded"]


def clipped(polygon: Points, point: Points, normal: Points) -> Points:
    """Return the part of a convex polygon (n, 2) on the side of a line to which its normal does
    not point."""
    side = (polygon - point) @ normal
    after, next_side = np.roll(polygon, -1, axis=0), np.roll(side, -1)
    kept: list[Points] = []
    for here, there, a, b in zip(polygon, after, side, next_side, strict=True):
        if a <= 0:
            kept.append(here)
        if (a < 0 < b) or (b < 0 < a):
            kept.append(here + (there - here) * (a / (a - b)))
    return np.array(kept) if kept else polygon[:0]


def cells(width: float, height: float, places: Points, inset: float = 0.0) -> list[Points]:
    """Return the convex cell (n, 2) of each place on a torus; not wrapped.

    Args:
        inset: distance of its edges from the true ones, mm.
    """
    steps = np.array([(i * width, j * height) for i in (-1, 0, 1) for j in (-1, 0, 1)])
    every = (places[:, None] + steps).reshape(-1, 2)
    found: list[Points] = []
    for place in places:
        away = every - place
        far = np.hypot(away[:, 0], away[:, 1])
        order = np.argsort(far)[1:25]
        half = np.array((width, height))
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
        cell = place + corners
        for other in order:
            if far[other] < 1e-9:
                continue
            normal = away[other] / far[other]
            cell = clipped(cell, place + normal * (far[other] / 2 - inset), normal)
        found.append(cell)
    return found


def rounded(polygon: Points, amount: float) -> Path:
    """Return a polygon with round corners.

    Args:
        amount: share of each edge, from its ends to its middle, that is bent; 0 to 1.
    """
    codes: list[str] = []
    points: list[Sequence[float] | Points] = []
    count = len(polygon)
    for index in range(count):
        before, here, after = polygon[index - 1], polygon[index], polygon[(index + 1) % count]
        start = here + (before - here) * amount / 2
        end = here + (after - here) * amount / 2
        codes.append("M" if not codes else "L")
        points.append(start)
        codes.append("C")
        points += [start + (here - start) * 0.6, end + (here - end) * 0.6, end]
    return Path("".join(codes) + "Z", np.array(points))
