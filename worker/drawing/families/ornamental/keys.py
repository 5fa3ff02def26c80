"""Greek keys: meanders in bands between borders, and square spirals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Path, polygon, rectangle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_RUNNING = ((0, 6), (0, 0), (6, 0), (6, 4), (2, 4), (2, 2), (4, 2))
"""A hook, in modules; a base line at 6 links the hooks, one every 8 modules."""
_MEANDER = ((0, 8), (0, 0), (8, 0), (8, 6), (4, 6), (4, 4), (6, 4), (6, 2), (2, 2), (2, 8), (10, 8))
"""One line that winds in and out again, every 10 modules."""
_SPIRAL = ((0, 6), (0, 0), (6, 0), (6, 6), (2, 6), (2, 2), (4, 2), (4, 4))
"""A square spiral in a cell of 8 modules."""


def _bars(line: Sequence[tuple[float, float]], thickness: float) -> Path:
    """Return a line of level and upright pieces with square corners and ends."""
    codes, points, half = "", [], thickness / 2
    for (x0, y0), (x1, y1) in pairwise(line):
        bar = rectangle(
            min(x0, x1) - half, min(y0, y1) - half, abs(x1 - x0) + thickness,
            abs(y1 - y0) + thickness,
        )  # fmt: skip
        codes += bar.codes
        points.append(bar.points)
    return Path(codes, np.concatenate(points))


def _greek_key(sheet: Sheet, p: Parameters) -> None:
    """Draw bands of a meander, or square spirals everywhere."""
    sheet.ground()
    if p.form == "spirals":
        _spirals(sheet, p)
        return
    running = p.form == "running"
    period, tall = (8, 6) if running else (10, 8)
    total = tall + 11
    columns, rows = p.repeats(sheet.width), p.repeats(sheet.height, aspect=total / period)
    x, y = sheet.width / (columns * period), sheet.height / (rows * total)
    thickness = p.weight(0.66, 1.0, 1.3)
    key = _bars(_RUNNING, thickness) if running else _bars(_MEANDER, thickness)
    if running:
        key += _bars(((0, 6), (8, 6)), thickness)
    last = p.slots - 1
    for row in range(rows):
        top = row * total * y
        _borders(sheet, p, (top, y), tall)
        unit = key.scaled(x, y) if row % 2 == 0 else key.scaled(-x, y)
        at = [(column * period * x, top + 3.5 * y) for column in range(columns)]
        sheet.fill(min(1, last), unit, at)
        middle = top + (tall + 9) * y
        diamond = polygon([(0, -1), (1, 0), (0, 1), (-1, 0)])
        for odd in (0, 1):
            marks = [((column + odd / 2) * period * x, middle) for column in range(columns)]
            slot = min(3 + odd, last)
            sheet.fill(slot, diamond.scaled(1.2 * x, 1.2 * y), marks)
            sheet.fill(0, diamond.scaled(0.5 * x, 0.5 * y), marks)


def _borders(sheet: Sheet, p: Parameters, band: tuple[float, float], tall: int) -> None:
    """Draw the lines above and below a band at its top, with its module, both mm."""
    (top, y), slot = band, min(2, p.slots - 1)
    for start in (1.0, tall + 5.0):
        sheet.band(slot, top + start * y, y, across=True)


def _spirals(sheet: Sheet, p: Parameters) -> None:
    """Draw square spirals, each the mirror image of its neighbours."""
    columns = p.repeats(sheet.width, multiple=2)
    rows = p.repeats(sheet.height, multiple=int(np.lcm(2, max(1, p.slots - 1))))
    x, y = sheet.width / (8 * columns), sheet.height / (8 * rows)
    spiral = _bars(_SPIRAL, p.weight(0.66, 1.0, 1.3)).moved(-3, -3)
    for row in range(rows):
        for odd in (0, 1):
            unit = spiral.scaled(-x if (odd + row) % 2 else x, -y if row % 2 else y)
            at = [((8 * c + 4) * x, (8 * row + 4) * y) for c in range(odd, columns, 2)]
            sheet.fill(p.accent(row), unit, at)


FAMILIES = (Family(name="greek-key", draw=_greek_key, repeats=(12, 8, 5)),)
