"""Families of bent bands: waves, chevrons, zigzags."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm

import numpy as np
from numpy.typing import ArrayLike

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.geometric.bands import Band, abutting, evened, randomised, repeated
from worker.drawing.families.geometric.fitting import Units, fit
from worker.drawing.path import Path, hermite_open, polygon, polyline
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _waves(sheet: Sheet, p: Parameters) -> None:
    """Draw bands that flow along x, or rows of waves."""
    sheet.ground()
    {"crests": _crests, "surf": _surf}.get(p.form, _flowing)(sheet, p)


def _flowing(sheet: Sheet, p: Parameters) -> None:
    """Draw parallel bands, bands that swell and thin, or groups of lines."""
    if p.form == "lines":
        fine = p.weight(0.06, 0.1, 0.145)
        runs = [(0, 0.24)] + [
            run
            for turn in range(max(1, p.slots - 1))
            for run in [(p.accent(turn), fine * p.relative(p.accent(turn))), (0, 0.2 - fine)] * 3
            + [(0, 0.3)]
        ]
        bands, length = abutting(runs), sum(width for _, width in runs)
    else:
        cover = p.weight(0.28, 0.45, 0.6) if p.form == "flowing" else p.weight(0.34, 0.46, 0.56)
        bands, length = evened(p, cover), float(max(1, p.slots - 1))
    wave = 2.4 if p.form == "flowing" else 2.8
    units = fit(sheet, p, size=wave, aspect=length / wave)
    unit = units.height / length
    height = unit * {"flowing": 0.42, "swell": 0.36, "lines": 0.3}[p.form]
    for band in repeated(bands, units.rows, length, unit):
        lag = 0.0
        if p.form == "swell":  # the edges move apart and together, but never touch
            lag = 2 * np.arcsin(min(0.36, 0.34 * (band.end - band.start) / height))
        upper = _sine(sheet.width, units.columns, band.start, height, -lag / 2)
        sheet.ribbon(band.slot, upper, _sine(sheet.width, units.columns, band.end, height, lag / 2))


def _sine(width: float, waves: int, y: float, height: float, phase: float) -> Path:
    """Return a sine curve over one period; an error of 0.3 % of its height."""
    x = np.linspace(0.0, width, 6 * waves + 1)
    angle = 2 * np.pi * waves * x / width + phase
    step = x[1] - x[0]
    rise = height * np.cos(angle) * 2 * np.pi * waves / width * step
    return hermite_open(
        np.stack([x, y + height * np.sin(angle)], -1), np.stack([np.full_like(x, step), rise], -1)
    )


def _crests(sheet: Sheet, p: Parameters) -> None:
    """Draw rows of pointed waves, staggered, with lines that follow each crest."""
    units = fit(sheet, p, size=2.0, aspect=0.5, multiples=(1, lcm(2, max(1, p.slots - 1))))
    lines = 3
    pitch = units.height * 0.3
    width = pitch * p.weight(0.4, 0.6, 0.74)
    for row in range(units.rows):
        shift = 0.5 * (row % 2)
        for line in range(lines):
            y = row * units.height + line * pitch
            sag = units.width * (0.34 - 0.1 * line)
            upper = _cusps(units, shift, y, sag)
            lower = _cusps(units, shift, y + width * (1 - 0.2 * line), sag - 0.2 * width)
            sheet.ribbon(p.accent(line + row), upper, lower)


def _cusps(units: Units, shift: float, y: float, sag: float) -> Path:
    """Return hanging arcs between points at height y over one period."""
    arcs = np.array([(0.24, 1.15), (0.76, 1.15), (1.0, 0.0)])
    steps = np.stack([np.arange(units.columns), np.zeros(units.columns)], -1)
    points = np.concatenate([np.zeros((1, 2)), (steps[:, None] + arcs).reshape(-1, 2)])
    placed = points * (units.width, sag) + (shift * units.width, y)
    return Path("M" + "C" * units.columns, placed)


_BREAKER = (
    (0.0, 0.0), (0.2, -0.06), (0.36, -0.24), (0.46, -0.52), (0.62, -0.78), (0.84, -0.82),
    (0.98, -0.64), (0.95, -0.44), (0.82, -0.36), (0.72, -0.44), (0.76, -0.54), (0.83, -0.5),
    (0.83, -0.58), (0.76, -0.66), (0.65, -0.6), (0.58, -0.42), (0.64, -0.18), (0.82, -0.03),
)  # fmt: skip
"""Outline of a breaking wave over one wavelength: its back, its curl, its face."""


def _surf(sheet: Sheet, p: Parameters) -> None:
    """Draw rows of breaking waves over bands of water."""
    units = fit(sheet, p, size=2.0, aspect=1.0, multiples=(1, 2))
    waves = np.arange(units.columns + 1.0)
    whole = np.array(_BREAKER) + np.stack([waves, 0 * waves], -1)[:, None]
    crests = whole.reshape(-1, 2)[: units.columns * len(_BREAKER) + 1]
    depth = units.height
    line = depth * p.weight(0.05, 0.085, 0.1)
    for row in range(units.rows):
        y = (row + 0.62) * depth
        shift = 0.5 * units.width * (row % 2)
        crest = crests * (units.width, depth * 0.64) + (shift, y)
        base = polyline([(shift, y + depth * 0.1), (shift + sheet.width, y + depth * 0.1)])
        water = 4 if p.slots > 4 and row % 2 else p.accent(0)
        sheet.ribbon(water, _periodic(crest, sheet.width), base)
        for turn in (0, 1):
            start = y + depth * 0.1 + line * (0.9 + 1.9 * turn)
            edges = [_sine(sheet.width, 2 * units.columns, start + edge, line * 0.4, shift)
                     for edge in (0.0, line)]  # fmt: skip
            sheet.ribbon(min(2 + turn, p.slots - 1), *edges)


def _periodic(points: ArrayLike, width: float) -> Path:
    """Return a smooth curve through points over one period; the last repeats the first."""
    array = np.asarray(points, float)
    period = np.array((width, 0.0))
    around = np.concatenate([array[-2:-1] - period, array, array[1:2] + period])
    return hermite_open(array, (around[2:] - around[:-2]) / 2)


def _folded(width: float, folds: int, y: float, height: float) -> Path:
    """Return a zigzag line over one period: valleys at y, peaks above."""
    x = np.linspace(0.0, width, 2 * folds + 1)
    return polyline(np.stack([x, y - height * (np.arange(2 * folds + 1) % 2)], -1))


def _fold(sheet: Sheet, units: Units, bands: Sequence[Band], lengths: tuple[float, float]) -> None:
    """Draw a sequence of bands along zigzag lines.

    Args:
        sheet: draws on it.
        units: one column is one fold, one row one repeat of the sequence.
        bands: of one sequence.
        lengths: the sequence's length in its own unit, and the height of the folds, mm.
    """
    length, height = lengths
    for band in repeated(bands, units.rows, length, units.height / length):
        upper = _folded(sheet.width, units.columns, band.start, height)
        sheet.ribbon(band.slot, upper, upper.moved(0.0, band.end - band.start))


def _chevron(sheet: Sheet, p: Parameters) -> None:
    """Draw broad V bands, whole or in two halves, or rows of separate arrowheads."""
    sheet.ground()
    accents = max(1, p.slots - 1)
    if p.form == "bands":
        bands = evened(p, p.weight(0.36, 0.5, 0.64))
        units = fit(sheet, p, aspect=0.62 * accents)
        _fold(sheet, units, bands, (float(accents), units.width * 0.42))
    elif p.form == "arrows":
        _arrows(sheet, p)
    else:
        _halves(sheet, p)


def _halves(sheet: Sheet, p: Parameters) -> None:
    """Draw the two limbs of each chevron apart: as a folded strip, or as a feather's vanes."""
    accents = max(1, p.slots - 1)
    feather = p.form == "feather"
    turns = accents if feather else max(1, (accents + 1) // 2)
    units = fit(sheet, p, aspect=0.4 if feather else 0.6, multiples=(1, turns))
    height, unit = units.width * 0.44, units.height
    cover = p.weight(0.5, 0.64, 0.78) if feather else p.weight(0.36, 0.5, 0.62)
    gap = units.width * p.weight(0.07, 0.05, 0.035) if feather else 0.0
    for row in range(units.rows):
        for side in (1, -1):
            inner, outer = gap / 2, units.width / 2 - gap / 2
            slope = 2 * height / units.width
            thick = cover * unit
            ends = ((inner, 0.0), (outer, 0.0), (outer, thick), (inner, thick))
            limb = polygon([(x * side, y + x * slope) for x, y in ends])
            slot = p.accent(row) if feather else p.accent(2 * row + (side < 0))
            lag = 0.5 * unit if not feather and accents == 1 and side < 0 else 0.0
            columns = (np.arange(units.columns) + 0.5) * units.width
            at = np.stack([columns, np.full(units.columns, row * unit + lag)], -1)
            sheet.fill(slot, limb, at)


def _arrows(sheet: Sheet, p: Parameters) -> None:
    """Draw separate arrowheads in staggered rows."""
    units = fit(sheet, p, size=0.8, aspect=0.42, multiples=(1, 2))
    column, row = units.cells
    at = units.at(column + 0.5 * (row % 2) + 0.25, row + 0.5)
    half, rise = units.width * 0.36, units.width * 0.26
    thick = units.width * p.weight(0.13, 0.21, 0.28)
    head = polygon([(-half, -rise / 2), (0, rise / 2), (half, -rise / 2),
                    (half, -rise / 2 - thick), (0, rise / 2 - thick),
                    (-half, -rise / 2 - thick)]).moved(0, thick / 2)  # fmt: skip
    slots = p.accents(len(at))
    for slot in np.unique(slots):
        sheet.fill(int(slot), head, at[slots == slot])


def _zigzag(sheet: Sheet, p: Parameters) -> None:
    """Draw sharp zigzag lines, alone, in groups or as a full knit, or rows of teeth."""
    sheet.ground()
    accents = max(1, p.slots - 1)
    if p.form == "sawtooth":
        _sawtooth(sheet, p)
        return
    if p.form == "lines":
        bands, length = evened(p, p.weight(0.22, 0.36, 0.48)), float(accents)
    elif p.form == "groups":
        bold, fine = p.weight(0.2, 0.3, 0.4), p.weight(0.07, 0.12, 0.15)
        runs = []
        for turn in range(0, accents, 2):
            line = (p.accent(turn + 1), fine)
            runs += [(0, 0.3), line, (0, 0.12), (p.accent(turn), bold), (0, 0.12), line, (0, 0.3)]
        bands, length = abutting(runs), sum(width for _, width in runs)
    else:
        count = 3 * accents + 1
        bands, length = randomised(p, count, p.weight(0.55, 0.62, 0.7), "knit"), float(count)
    pitch = {"lines": 0.75, "groups": 0.9, "knit": 0.42}[p.form]
    units = fit(sheet, p, aspect=pitch * length)
    _fold(sheet, units, bands, (length, units.width * (0.62 if p.form == "lines" else 0.5)))


def _sawtooth(sheet: Sheet, p: Parameters) -> None:
    """Draw rows of pointed teeth on a bar, pointing up and down in turn."""
    accents = max(1, p.slots - 1)
    units = fit(sheet, p, size=0.8, aspect=1.3, multiples=(1, accents))
    bar = units.height * p.weight(0.05, 0.1, 0.16)
    height = units.height * 0.56
    for row in range(units.rows):
        y = (row + 0.8) * units.height
        upper = _folded(sheet.width, units.columns, y - bar, height)
        lower = polyline([(0.0, y), (sheet.width, y)])
        sheet.ribbon(p.accent(row), upper, lower)


FAMILIES = (
    Family(name="waves", draw=_waves, repeats=(12, 8, 5)),
    Family(name="chevron", draw=_chevron, repeats=(8, 5, 3)),
    Family(name="zigzag", draw=_zigzag, repeats=(12, 7, 4)),
)
