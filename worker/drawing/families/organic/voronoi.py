"""Voronoi cells on a torus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from worker.drawing.path import Path, Points

__all__ = ["cells", "clipped", "rounded"]


def clipped(polygon: Points, point: Points, normal: Points) -> Points:
    """Return the part of a convex polygon (n, 2) on the side of a line to which its normal does
    not point."""
    (x, y), (across, down) = map(float, point), map(float, normal)
    corners = polygon.tolist()  # few of them: faster than arrays
    side = [(a - x) * across + (b - y) * down for a, b in corners]
    if max(side, default=0.0) <= 0:
        return polygon
    kept: list[tuple[float, float]] = []
    for index, (here, before) in enumerate(zip(corners, corners[-1:] + corners[:-1], strict=True)):
        a, b = side[index - 1], side[index]
        if (a < 0 < b) or (b < 0 < a):
            part = a / (a - b)
            kept.append((before[0] + (here[0] - before[0]) * part,
                         before[1] + (here[1] - before[1]) * part))  # fmt: skip
        if b <= 0:
            kept.append((here[0], here[1]))
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
