"""Families of straight bands: stripes, diagonal stripes, grids."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.geometric.bands import (
    Band,
    abutting,
    evened,
    randomised,
    repeated,
    slanted,
)
from worker.drawing.families.geometric.fitting import Units, fit
from worker.drawing.families.geometric.tiled import fill_each
from worker.drawing.path import Path, circle, rectangle, regular_polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _stripes(sheet: Sheet, p: Parameters) -> None:
    """Draw vertical stripes."""
    sheet.ground()
    if p.form == "multi":  # no two groups are alike
        length = float(max(4, round(sheet.width / p.scale_mm)))
        bands = randomised(p, int(length), p.weight(0.45, 0.55, 0.65), "stripes")
    else:
        bands, length = _sequence(p)
    count = p.repeats(sheet.width, aspect=length)
    for band in repeated(bands, count, length, sheet.width / count / length):
        sheet.band(band.slot, band.start, band.end - band.start)


def _diagonal_stripes(sheet: Sheet, p: Parameters) -> None:
    """Draw stripes that rise to the right."""
    sheet.ground()
    bands, length = _sequence(p)
    units = fit(sheet, p, size=length * 2**0.5)
    parts = [Band(slot, start / length, end / length) for slot, start, end in bands]
    for slot, path in slanted(sheet, units, parts):
        sheet.cover(slot, path)


def _sequence(p: Parameters) -> tuple[list[Band], float]:
    """Return the bands of one repeat and its length, in scales."""
    accents = max(1, p.slots - 1)
    if p.form == "pin":
        return evened(p, p.weight(0.08, 0.13, 0.2)), float(accents)
    if p.form in {"ticking", "regency", "graded"}:
        runs = {"ticking": _ticking, "regency": _regency, "graded": _graded}[p.form](p)
        return abutting(runs), sum(width for _, width in runs)
    if p.form in {"awning", "candy"}:
        bands = evened(p, p.weight(0.4, 0.5, 0.58))
        wide = 1.8 if p.form == "awning" else 1.0
        return [Band(b.slot, b.start * wide, b.end * wide) for b in bands], wide * accents
    return evened(p, p.weight(0.28, 0.45, 0.62)), float(accents)


def _ticking(p: Parameters) -> list[tuple[int, float]]:
    """Return a broad stripe between fine lines, on a wide ground: mattress ticking."""
    fine, gap = p.weight(0.045, 0.075, 0.11), p.weight(0.1, 0.11, 0.12)
    runs: list[tuple[int, float]] = []
    for index in range(0, max(1, p.slots - 1), 2):
        broad, line = p.accent(index), p.accent(index + 1)
        lines = [(line, fine * p.relative(line)), (0, gap)] * 2
        stripe = (broad, 4 * fine * p.relative(broad))
        runs += [(0, 0.45), *lines, stripe, *lines[::-1], (0, 0.45)]
    return runs


def _regency(p: Parameters) -> list[tuple[int, float]]:
    """Return broad stripes with a fine line inside each edge of the ground."""
    fine, broad = p.weight(0.05, 0.09, 0.14), p.weight(0.42, 0.52, 0.62)
    runs: list[tuple[int, float]] = []
    for index in range(0, max(1, p.slots - 1), 2):
        first, second = p.accent(index), p.accent(index + 1)
        line, gap = (second, fine * p.relative(second)), (0, 0.11)
        runs += [(first, broad * p.relative(first)), gap, line, (0, 0.9 - broad), line, gap]
        if p.slots > 3 and p.accent(index + 2) != p.accent(index):
            runs[-3:-2] = [(0, 0.1), (p.accent(index + 2), fine / 2), (0, 0.1)]
    return runs


def _graded(p: Parameters) -> list[tuple[int, float]]:
    """Return stripes that grow from fine to broad and shrink again."""
    least, most = p.weight(0.06, 0.12, 0.2), p.weight(0.6, 0.72, 0.84)
    half = np.linspace(least, most, 6)
    widths = [*half, *half[-2:0:-1]]
    pitch = 0.62
    runs: list[tuple[int, float]] = []
    for turn in range(max(1, p.slots - 1)):
        slot = p.accent(turn)
        for width in widths:
            runs += [(slot, width * pitch * p.relative(slot)), (0, (1 - width) * pitch)]
    return runs


def _grid(sheet: Sheet, p: Parameters) -> None:
    """Draw crossing lines."""
    sheet.ground()
    fine = p.form == "graph"
    multiple = 5 if fine else (2 if p.form == "nodes" else 1)
    size = {"graph": 0.5, "windowpane": 1.5}.get(p.form, 1.0)
    units = fit(sheet, p, size=size, multiples=(multiple, multiple))
    unit = min(units.width, units.height)
    if fine:
        _graph(sheet, p, units, unit)
    elif p.form == "windowpane":
        _windowpane(sheet, p, units, unit)
    elif p.form == "nodes":
        line = p.accent(1)
        _lines(sheet, units, (line, line), unit * p.weight(0.06, 0.1, 0.15))
        _nodes(sheet, p, units, unit)
    else:
        width = unit * p.weight(0.07, 0.13, 0.2)
        if p.slots > 2:  # a finer line in the middle of each cell
            thin = width * (0.6 if p.slots < 4 else 0.88)
            _lines(sheet, units, (p.accent(1), p.accent(2 if p.slots > 3 else 1)), thin, 0.5)
        _lines(sheet, units, (p.accent(0), p.accent(0)), width)
        if p.slots > 4:
            knot = rectangle(-width, -width, 2 * width, 2 * width).scaled(1.3)
            sheet.fill(4, knot, units.at(*units.cells))


def _lines(
    sheet: Sheet, units: Units, slots: tuple[int, int], width: float, shift: float = 0.0
) -> None:
    """Draw the vertical and the horizontal lines of a grid, moved by a share of a unit."""
    for index in range(units.columns):
        sheet.band(slots[0], (index + shift) * units.width - width / 2, width)
    for index in range(units.rows):
        sheet.band(slots[1], (index + shift) * units.height - width / 2, width, across=True)


def _graph(sheet: Sheet, p: Parameters, units: Units, unit: float) -> None:
    """Draw fine lines with a bold one every fifth, and dots on their crossings."""
    _lines(sheet, units, (p.accent(1), p.accent(1)), unit * p.weight(0.06, 0.1, 0.16))
    every = Units(
        columns=units.columns // 5,
        rows=units.rows // 5,
        width=units.width * 5,
        height=units.height * 5,
    )
    bold = unit * p.weight(0.16, 0.26, 0.4)
    _lines(sheet, every, (p.accent(0), p.accent(0)), bold)
    if p.slots > 3:
        at = every.at(*every.cells)
        fill_each(sheet, circle(0, 0, 1.6 * bold), at, 3 + np.arange(len(at)) % (p.slots - 3))


def _windowpane(sheet: Sheet, p: Parameters, units: Units, unit: float) -> None:
    """Draw a bold line with a fine one at each side."""
    bold, fine = unit * p.weight(0.035, 0.06, 0.1), unit * p.weight(0.015, 0.025, 0.04)
    away = bold / 2 + unit * 0.06
    for turn, side in enumerate((-1, 1)):
        for index in range(units.columns):
            middle = index * units.width + side * away
            sheet.band(p.accent(1 + turn), middle - fine / 2, fine)
        for index in range(units.rows):
            middle = index * units.height + side * away
            sheet.band(p.accent(1 + turn), middle - fine / 2, fine, across=True)
    _lines(sheet, units, (p.accent(0), p.accent(0)), bold)


def _nodes(sheet: Sheet, p: Parameters, units: Units, unit: float) -> None:
    """Draw marks on the crossings, squares, dots or diamonds; in turn with 3 accents."""
    column, row = units.cells
    at = units.at(column, row)
    size = unit * p.weight(0.16, 0.19, 0.22)
    marks: list[Path] = [
        regular_polygon(4, size * 1.35),
        circle(0, 0, size),
        rectangle(-size, -size, 2 * size, 2 * size).scaled(0.85),
    ]
    mark = marks[int(p.random("mark").integers(len(marks)))]
    odd = (column + row) % 2 == 1
    for turn, chosen in enumerate((~odd, odd)):
        sheet.fill(0, mark.scaled(1.35), at[chosen])
        sheet.fill(p.accent(0 if turn == 0 else 2) if p.slots > 3 else p.accent(0), mark,
                   at[chosen])  # fmt: skip
    if p.slots > 4:
        sheet.fill(4, mark.scaled(0.45), at)


FAMILIES = (
    Family(name="stripes", draw=_stripes, repeats=(16, 10, 6)),
    Family(name="diagonal-stripes", draw=_diagonal_stripes, repeats=(16, 10, 6)),
    Family(name="grid", draw=_grid, repeats=(12, 8, 5)),
)
