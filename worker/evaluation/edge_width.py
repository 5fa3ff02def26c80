"""How wide a motif's edge is: its step from 10 to 90 %, in px."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from worker.corpus import DesignSpec
from worker.corpus.render import masks_at, order_of
from worker.imaging.colour import Floats

__all__ = ["corpus_lines", "edge_widths", "tile_lines"]

_LINES = 16
_REACHES = (8, 16, 32, 64, 128, 256)
_LEAST_STEP = 40.0  # levels, as a distance in sRGB
_FLAT = 0.04  # part of the step that either side may vary by


def tile_lines(tile: NDArray[np.uint8]) -> list[Floats]:
    """Give some of a tile's rows and columns, (S, 3) each."""
    places = _places(len(tile))
    rows = [tile[place].astype(np.float64) for place in places]
    return rows + [tile[:, place].astype(np.float64) for place in places]


def corpus_lines(spec: DesignSpec, size_px: int) -> list[Floats]:
    """Give the same lines of the corpus' drawing of a design, without drawing all of it."""
    along = ((np.arange(size_px) + 0.5) / size_px).astype(np.float32)
    palette = np.zeros((len(spec.colours), 3))
    palette[order_of(spec)] = spec.palette
    lines = []
    for place in (along[each] for each in _places(size_px)):
        across = np.full_like(along, place)
        for x, y in ((along, across), (across, along)):
            lines.append(np.rint(masks_at(spec, x, y, 1.0 / size_px).T @ palette))
    return lines


def _places(size_px: int) -> list[int]:
    return [round((index + 0.37) / _LINES * size_px) for index in range(_LINES)]


def edge_widths(lines: Iterable[Floats]) -> list[float]:
    """Give the width of each edge that a line (S, 3) crosses, in px.

    An edge is a step between two even stretches; the narrowest window that shows both is taken.
    Edges crossed at a slant are wider, in what is compared just as much.
    """
    widths: list[float] = []
    for line in lines:
        step = np.linalg.norm(np.diff(line, axis=0), axis=1)
        place, last = 0, -1
        order = np.flatnonzero(step > 1.0)
        while place < len(order):
            peak = int(order[place])
            peak += int(step[peak : peak + 4].argmax())
            found = _width(line, peak)
            if found is not None and peak > last:
                widths.append(found[0])
                last = peak + found[1]
                place = int(np.searchsorted(order, last))
            place += 1
    return widths


def _width(line: Floats, peak: int) -> tuple[float, int] | None:
    """Measure the edge at a place; give its width and the reach that showed it."""
    for reach in _REACHES:
        if peak - reach < 0 or peak + reach + 1 >= len(line):
            return None
        part = line[peak - reach : peak + reach + 2]
        quarter = max(2, reach // 4)
        before, after = part[:quarter], part[-quarter:]
        low, high = before.mean(axis=0), after.mean(axis=0)
        jump = float(np.linalg.norm(high - low))
        uneven = max(float(np.ptp(before, axis=0).max()), float(np.ptp(after, axis=0).max()))
        if jump < _LEAST_STEP or uneven > max(2.0, _FLAT * jump):
            continue
        way = (part - low) @ (high - low) / jump**2
        return _crossing(way, 0.9) - _crossing(way, 0.1), reach
    return None


def _crossing(way: Floats, level: float) -> float:
    """Give where a rising line first reaches a level, between two places."""
    after = int(np.argmax(way >= level))
    before = after - 1
    return float(before + (level - way[before]) / (way[after] - way[before]))
