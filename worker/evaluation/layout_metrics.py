"""Measures how evenly motifs are placed, on a fine raster of the repeating design.

The width of the gap is measured along the medial axis: at the places that are equally far from the
two nearest motifs. Each copy of a motif in a neighbouring cell counts as a motif of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.drawing.layout.torus import Torus
from worker.drawing.path import Points

__all__ = ["Evenness", "measure_evenness"]


@dataclass(frozen=True, kw_only=True)
class Evenness:
    """Figures of a layout."""

    gap_mm: float
    """Mean width of the gap along the medial axis."""
    variation: float
    """Its coefficient of variation."""
    hole: float
    """Diameter of the largest empty disc over the mean width of the gap."""
    overlap: float
    """Covered twice, of what is covered."""
    coverage: float
    """Covered, of the cell."""
    nearest_mm: float
    """Smallest distance between two motifs."""
    cut: int
    """Motifs that cross a wall."""


def measure_evenness(
    torus: Torus, outlines: Sequence[Sequence[Points]], pixels: int = 192
) -> Evenness:
    """Measure a layout.

    Args:
        outlines: polygons of each motif in the cell, millimetres.
        pixels: of the cell's longer side.

    Raises:
        ValueError: there are no motifs.
    """
    if not outlines:
        raise ValueError("There are no motifs to measure.")
    pixel = max(torus.width, torus.height) / pixels
    reach = 0.15 * max(torus.width, torus.height)
    while True:
        first, second, covered = _nearest_two(torus, outlines, pixel, reach)
        if np.isfinite(first).all():
            break
        reach *= 1.6
    ridge = (second - first < 1.2 * pixel) & (covered == 0)
    widths = (first + second)[ridge]
    mean = float(widths.mean()) if len(widths) else float(2 * first.max())
    return Evenness(
        gap_mm=mean,
        variation=float(widths.std()) / mean if len(widths) else 0.0,
        hole=float(2 * first.max()) / mean,
        overlap=float((covered > 1).sum() / max((covered > 0).sum(), 1)),
        coverage=float((covered > 0).mean()),
        nearest_mm=float(second[covered > 0].min()),
        cut=sum(_crosses_wall(torus, np.concatenate(list(each))) for each in outlines),
    )


def _nearest_two(
    torus: Torus, outlines: Sequence[Sequence[Points]], pixel: float, reach: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Return each pixel's distance from the nearest motif and the next one, and the cover.

    Distances beyond the reach are infinite.
    """
    shape = round(torus.height / pixel), round(torus.width / pixel)
    first = np.full(shape, np.inf, np.float32)
    second = np.full(shape, np.inf, np.float32)
    covered = np.zeros(shape, int)
    for polygons in outlines:
        for copy in _copies(torus, polygons):
            corners = np.concatenate(copy)
            low = np.maximum(np.floor((corners.min(0) - reach) / pixel).astype(int), 0)
            high = np.minimum(
                np.ceil((corners.max(0) + reach) / pixel).astype(int), (shape[1], shape[0])
            )
            if (low >= high).any():
                continue
            cut = slice(low[1], high[1]), slice(low[0], high[0])
            columns, rows = np.arange(low[0], high[0]), np.arange(low[1], high[1])
            centres = (np.stack(np.meshgrid(columns, rows), -1) + 0.5) * pixel
            distance, inside = _distances(copy, centres)
            covered[cut] += inside
            distance = np.where(inside, 0, np.where(distance > reach, np.inf, distance))
            second[cut] = np.minimum(second[cut], np.maximum(first[cut], distance))
            first[cut] = np.minimum(first[cut], distance)
    return first, second, covered


def _crosses_wall(torus: Torus, corners: Points) -> bool:
    sizes = (torus.width, torus.height)
    return any(
        bool((corners[:, axis].min() < 0) or (corners[:, axis].max() > sizes[axis]))
        for axis in (0, 1)
        if not torus.joined[axis]
    )


def _copies(torus: Torus, polygons: Sequence[Points]) -> list[list[Points]]:
    """Return a motif and its copies in neighbouring cells."""
    if torus.repeat != "mirror":
        return [[polygon + shift for polygon in polygons] for shift in torus.translations]
    sizes = np.array((torus.width, torus.height))
    found = [list(polygons)]
    for flips in ((1, 0), (0, 1), (1, 1)):
        for side in np.ndindex(1 + flips[0], 1 + flips[1]):
            shift = 2 * sizes * np.array(side) * flips
            found.append([polygon * (1 - 2 * np.array(flips)) + shift for polygon in polygons])
    return found


def _distances(
    polygons: Sequence[Points], centres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return each pixel's distance from polygons, and whether it is inside of one."""
    flat = centres.reshape(-1, 2).astype(np.float32)
    nearest = np.full(len(flat), np.inf, np.float32)
    inside = np.zeros(len(flat), bool)
    for polygon in polygons:
        ring = polygon.astype(np.float32)
        odd = np.zeros(len(flat), bool)
        for start, end in zip(ring, np.roll(ring, -1, 0), strict=True):
            edge = end - start
            off = flat - start
            share = np.clip(off @ edge / max(float(edge @ edge), 1e-12), 0, 1)
            gap = off - share[:, None] * edge
            np.minimum(nearest, gap[:, 0] ** 2 + gap[:, 1] ** 2, out=nearest)
            crosses = (start[1] > flat[:, 1]) != (end[1] > flat[:, 1])
            if crosses.any():
                x = start[0] + (flat[:, 1] - start[1]) * (edge[0] / (edge[1] or 1e-12))
                odd ^= crosses & (flat[:, 0] < x)
        inside |= odd
    shape = centres.shape[:2]
    return np.sqrt(nearest).reshape(shape), inside.reshape(shape)
