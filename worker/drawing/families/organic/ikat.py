"""Ikat: nested figures whose edges are feathered along the warp, thread by thread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Path, Points, polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

Profile = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Half height of a figure over its half width, both 0 to 1."""


def _diamond(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(1 - np.abs(x), 0.0)


def _medallion(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the profile of an oval with a pointed top."""
    round_ = np.sqrt(np.maximum(1 - x * x, 0.0))
    return 0.72 * round_ + 0.28 * np.maximum(1 - np.abs(x) * 2.4, 0.0)


def _fringe(left: float, edge: NDArray[np.float64], thread: float, spike: float) -> Points:
    """Return points of an edge from left to right: each thread ends in a point.

    Args:
        edge: height of each thread's end, upwards positive.
        spike: height of the points.
    """
    x = left + thread * np.arange(len(edge))
    steps = np.stack(
        [
            np.stack([x, -edge], -1),
            np.stack([x + thread * 0.5, -edge - spike], -1),
            np.stack([x + thread, -edge], -1),
        ],
        axis=1,
    )
    return steps.reshape(-1, 2)


def _figure(
    profile: Profile, width: float, height: float, thread: float, random: np.random.Generator
) -> Path | None:
    """Return a feathered figure around the origin; None if it is thinner than two threads.

    Args:
        width, height: half sizes, mm.
        thread: width of a warp thread, mm.
    """
    count = 2 * round(width / thread)
    if count < 2:
        return None
    x = (np.arange(count) + 0.5) / count * 2 - 1
    uneven = 0.32 * thread * height / width
    upper, lower = (
        np.maximum(profile(x) * height + uneven * random.uniform(-1, 1.6, count), 0.2 * thread)
        for _ in range(2)
    )
    spike = 0.9 * thread
    top = _fringe(-count / 2 * thread, upper, thread, spike)
    bottom = _fringe(-count / 2 * thread, lower, thread, spike) * (1, -1)
    return polygon(np.concatenate([top, bottom[::-1]]))


def _nested(sheet: Sheet, p: Parameters, profile: Profile) -> None:
    """Draw staggered figures, each in rings of the accents and the ground."""
    columns = p.repeats(sheet.width)
    rows = p.repeats(sheet.height, aspect=0.72, multiple=2)
    unit_x, unit_y = sheet.width / columns, sheet.height / rows
    thread = unit_x / 26
    ring = p.weight(0.13, 0.165, 0.2)
    slots = [1, 0, 1 + 1 % (p.slots - 1), 0, 1 + 2 % (p.slots - 1)]
    if p.slots > 4:
        slots[3] = 4
    levels = [0.92 - ring * step for step in (0.0, 0.6, 1.5, 2.2, 3.1)]
    if profile is _medallion:
        levels = [0.78 * level for level in levels]
    for row in range(rows):
        x = (np.arange(columns) + 0.25 + 0.5 * (row % 2)) * unit_x
        at = np.stack([x, np.full(columns, (row + 0.5) * unit_y)], -1)
        random = p.random(f"threads {row % 4}")
        for slot, level in zip(slots, levels, strict=True):
            if level > 0.05:
                path = _figure(profile, level * unit_x / 2, level * unit_y, thread, random)
                if path is not None:
                    sheet.fill(slot, path, at)
        if profile is _medallion:  # small diamonds where four figures meet
            between = at + np.array((unit_x / 2, 0.0))
            for slot, level in ((1 + (p.slots - 2) % (p.slots - 1), 0.2), (0, 0.11)):
                path = _figure(_diamond, level * unit_x, level * unit_y, thread, random)
                if path is not None:
                    sheet.fill(slot, path, between)


def _ikat(sheet: Sheet, p: Parameters) -> None:
    """Draw feathered diamonds or medallions."""
    sheet.ground()
    if p.slots == 1:
        return
    _nested(sheet, p, _medallion if p.form == "medallions" else _diamond)


FAMILIES = (Family(name="ikat", draw=_ikat, repeats=(5.5, 3.6, 2.4)),)
