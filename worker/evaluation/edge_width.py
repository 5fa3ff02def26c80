"""Measures the 10 to 90 % width of edges along lines of pixels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from worker.corpus import DesignSpec
from worker.corpus.render import area_order, masks_at
from worker.imaging.colour import Floats

__all__ = ["corpus_lines", "edge_widths", "tile_lines"]

_LINES = 16
_HALF_WIDTHS = (8, 16, 32, 64, 128, 256)
_MIN_STEP = 40.0  # levels, Euclidean distance in sRGB
_FLAT = 0.04  # tolerated variation of either side, relative to the step


def tile_lines(tile: NDArray[np.uint8]) -> list[Floats]:
    """Return evenly spaced rows and columns of a tile, (S, 3) each."""
    positions = _positions(len(tile))
    rows = [tile[position].astype(np.float64) for position in positions]
    return rows + [tile[:, position].astype(np.float64) for position in positions]


def corpus_lines(spec: DesignSpec, size_px: int) -> list[Floats]:
    """Return the same lines of a corpus design without rendering all of it."""
    along = ((np.arange(size_px) + 0.5) / size_px).astype(np.float32)
    palette = np.zeros((len(spec.colours), 3))
    palette[area_order(spec)] = spec.palette
    lines = []
    for position in (along[index] for index in _positions(size_px)):
        across = np.full_like(along, position)
        for x, y in ((along, across), (across, along)):
            lines.append(np.rint(masks_at(spec, x, y, 1.0 / size_px).T @ palette))
    return lines


def _positions(size_px: int) -> list[int]:
    return [round((index + 0.37) / _LINES * size_px) for index in range(_LINES)]


def edge_widths(lines: Iterable[Floats]) -> list[float]:
    """Return the width in px of each edge that a line (S, 3) crosses.

    An edge is a step between two even stretches, found in the narrowest window that contains
    both. Edges crossed at an angle are wider, in both compared pictures alike.
    """
    widths: list[float] = []
    for line in lines:
        step = np.linalg.norm(np.diff(line, axis=0), axis=1)
        index, last = 0, -1
        order = np.flatnonzero(step > 1.0)
        while index < len(order):
            peak = int(order[index])
            peak += int(step[peak : peak + 4].argmax())
            measured = _width(line, peak)
            if measured is not None and peak > last:
                widths.append(measured[0])
                last = peak + measured[1]
                index = int(np.searchsorted(order, last))
            index += 1
    return widths


def _width(line: Floats, peak: int) -> tuple[float, int] | None:
    """Return the width of the edge at a peak and the window's half width; None: no edge."""
    for half_width in _HALF_WIDTHS:
        if peak - half_width < 0 or peak + half_width + 1 >= len(line):
            return None
        part = line[peak - half_width : peak + half_width + 2]
        quarter = max(2, half_width // 4)
        before, after = part[:quarter], part[-quarter:]
        low, high = before.mean(axis=0), after.mean(axis=0)
        jump = float(np.linalg.norm(high - low))
        uneven = max(float(np.ptp(before, axis=0).max()), float(np.ptp(after, axis=0).max()))
        if jump < _MIN_STEP or uneven > max(2.0, _FLAT * jump):
            continue
        progress = (part - low) @ (high - low) / jump**2
        return _crossing(progress, 0.9) - _crossing(progress, 0.1), half_width
    return None


def _crossing(values: Floats, level: float) -> float:
    """Return the interpolated position at which a rising line first reaches a level."""
    after = int(np.argmax(values >= level))
    before = after - 1
    return float(before + (level - values[before]) / (values[after] - values[before]))
