"""Sequences of bands that stripes, waves, zigzags and other banded families share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.drawing.families.family import Parameters
from worker.drawing.families.geometric.fitting import Units
from worker.drawing.path import Path
from worker.drawing.sheet import Sheet

__all__ = ["Band", "abutting", "evened", "randomised", "repeated", "slanted"]


class Band(NamedTuple):
    """A band of one colour; the unit is the sequence's own."""

    slot: int
    start: float
    end: float


def evened(p: Parameters, cover: float) -> list[Band]:
    """Return one band of each accent, a unit apart; their widths follow the shares.

    Args:
        p: gives the accents and their shares.
        cover: share of the sequence that bands cover, below 1.
    """
    count = max(1, p.slots - 1)
    widths = _by_shares(p, np.ones(count)) * cover * count
    gap = 1 - cover
    starts = np.cumsum(widths + gap) - widths - gap / 2
    return [
        Band(p.accent(i), float(start), float(start + width))
        for i, (start, width) in enumerate(zip(starts, widths, strict=True))
    ]


def _by_shares(p: Parameters, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights of bands in turn, times their accents' shares; the sum is 1."""
    if p.slots > 1:
        shares = np.clip(np.array(p.shares) * (p.slots - 1), 0.3, 3.0)
        weights = weights * shares[np.arange(len(weights)) % (p.slots - 1)]
    parts: NDArray[np.float64] = weights / weights.sum()
    return parts


def abutting(runs: Sequence[tuple[int, float]]) -> list[Band]:
    """Return the bands of runs (slot, width) that follow each other; slot 0 leaves a gap.

    A band reaches beneath the bands that follow it without a gap, so that no ground shows
    between them when they are painted in order.
    """
    runs = [run for run in runs if run[1] > 0]
    ends = np.cumsum([width for _, width in runs])
    bands: list[Band] = []
    for index, (slot, width) in enumerate(runs):
        if slot:
            last = index
            while last + 1 < len(runs) and runs[last + 1][0]:
                last += 1
            bands.append(Band(slot, float(ends[index] - width), float(ends[last])))
    return bands


def randomised(p: Parameters, count: int, cover: float, choice: str) -> list[Band]:
    """Return bands of various widths in all accents, apart or in groups, over `count` units.

    Args:
        p: gives the accents and the random stream.
        count: number of accent bands.
        cover: share of the sequence that bands cover.
        choice: name of the random stream.
    """
    random = p.random(choice)
    slots = p.accents(count, f"{choice} slots")
    kinds = random.permutation(np.resize((0.35, 1.0, 0.35, 2.2, 0.6), count))
    widths = kinds / kinds.sum() * cover * count
    gaps = random.permutation(np.resize((0.0, 1.0, 0.4, 1.6), count))
    gaps[-1] = max(gaps[-1], 1.0)  # the sequence ends with a gap
    gaps = gaps / gaps.sum() * (1 - cover) * count
    runs: list[tuple[int, float]] = []
    for slot, width, gap in zip(slots, widths, gaps, strict=True):
        runs.append((int(slot), float(width)))
        runs.append((0, float(gap)))
    return abutting(runs)


def repeated(bands: Sequence[Band], count: int, length: float, unit: float) -> list[Band]:
    """Return the bands of `count` repeats of a sequence, in order of painting.

    Args:
        length: of the sequence, in its own unit.
        unit: in mm.
    """
    return [
        Band(band.slot, (index * length + band.start) * unit, (index * length + band.end) * unit)
        for band in bands
        for index in range(count)
    ]


def slanted(
    sheet: Sheet, units: Units, bands: Sequence[Band], *, falling: bool = False
) -> list[tuple[int, Path]]:
    """Return the diagonal stripes that cover the window, one path for each band.

    Args:
        sheet: gives the window.
        units: horizontal and vertical distance of the sequence's repeats.
        bands: of one sequence, as parts of its length.
        falling: whether they fall to the right.
    """
    w = sheet.window
    width = -units.width if falling else units.width
    levels = [x / width + y / units.height for x in (w.left, w.right) for y in (w.top, w.bottom)]
    index = np.arange(int(np.floor(min(levels))) - 2, int(np.ceil(max(levels))) + 2)
    paths = []
    for band in bands:
        ends = [(level, y) for y in (w.top, w.bottom) for level in (band.start, band.end)]
        corners = [
            np.stack([(index + level - y / units.height) * width, np.full(len(index), y)], -1)
            for level, y in (ends[0], ends[1], ends[3], ends[2])
        ]
        stripes = np.stack(corners, axis=1).reshape(-1, 2)
        paths.append((band.slot, Path("MLLLZ" * len(index), stripes)))
    return paths
