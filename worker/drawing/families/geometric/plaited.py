"""Families of planks and strands: herringbone, basketweave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.geometric.bands import Band, slanted
from worker.drawing.families.geometric.fitting import Units, fit
from worker.drawing.families.geometric.tiled import fill_each
from worker.drawing.path import Points, polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]

_ROOT2 = 2**0.5


def _herringbone(sheet: Sheet, p: Parameters) -> None:
    """Draw herringbone parquet of single or double planks, or the broken twill of a tweed."""
    sheet.ground()
    if p.form == "tweed":
        _tweed(sheet, p)
        return
    ratio, planks = (4, 1) if p.form == "parquet" else (6, 2)
    # one column is a V; one row one plank of each arm, or a pair of them
    units = fit(sheet, p, aspect=planks / ratio)
    places = units.at(*units.cells)
    gap = p.weight(0.1, 0.17, 0.28) / 2
    corners = [(gap, gap), (ratio - gap, gap), (ratio - gap, 1 - gap), (gap, 1 - gap)]
    arms = np.split(p.accents(2 * len(places) * planks), 2)
    for turn, arm in enumerate(arms):
        for index, own in enumerate(np.split(arm, planks)):
            body = np.add(corners, (0, index))
            if turn:  # stands beside the end of the plank that lies
                body = body[:, ::-1] - (planks, ratio - planks)
            # a step along a plank goes aside and up, a step across it aside and down
            turned = np.stack([body[:, 0] + body[:, 1], body[:, 1] - body[:, 0]], -1)
            step = (units.width / (2 * ratio), units.height / (2 * planks))
            fill_each(sheet, polygon(turned * step), places, own)


def _tweed(sheet: Sheet, p: Parameters) -> None:
    """Draw columns of slanted lines that lean to either side in turn, broken where they meet."""
    units = fit(sheet, p, size=1.0, aspect=1.0)
    lines = 4
    pitch = units.height / lines
    thick = pitch * p.weight(0.38, 0.5, 0.64)
    half = units.width / 2
    rows = units.rows * lines
    slots = _columns(p, units.columns)
    for side in (0, 1):
        lean = -half if side == 0 else half
        top = 0.0 if side == 0 else pitch / 2 - half
        strip = polygon([(0, top), (half, top + lean), (half, top + lean + thick),
                         (0, top + thick)])  # fmt: skip
        column, row = np.meshgrid(np.arange(units.columns), np.arange(rows))
        at = np.stack([column.ravel() * units.width + side * half, row.ravel() * pitch], -1)
        fill_each(sheet, strip, at, slots[column.ravel()])


def _columns(p: Parameters, count: int) -> NDArray[np.intp]:
    """Return the slots of a tweed's columns: the hero, with single columns of the others."""
    slots = np.full(count, p.accent(0), np.intp)
    every = max(2, count // max(1, p.slots - 2)) if p.slots > 2 else count + 1
    for turn, index in enumerate(range(every - 1, count, every)):
        slots[index] = 2 + turn % (p.slots - 2)
    return slots


def _basketweave(sheet: Sheet, p: Parameters) -> None:
    """Draw blocks of strands, strands over and under others, or chair cane."""
    sheet.ground()
    if p.form == "cane":
        _cane(sheet, p)
        return
    units = fit(sheet, p, multiples=(2, 2))
    column, row = units.cells
    lying = (column + row) % 2 == 0
    at = units.at(column + 0.5, row + 0.5)
    strands = 3 if p.form == "blocks" else 1
    for turn, chosen in enumerate((lying, ~lying)):
        slots = _strand_slots(p, turn, (row if turn == 0 else column)[chosen])
        for index in range(strands):
            strand = _strand(p, units, turn, (index, strands))
            own = slots
            if p.slots > 3 and index % 2 and strands > 1:
                own = np.full(len(slots), p.accent(2 if turn == 0 or p.slots == 4 else 3))
            fill_each(sheet, polygon(strand), at[chosen], own)


def _strand_slots(p: Parameters, turn: int, line: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the slot of each strand by its line; with more than 3 accents in turn."""
    if p.form == "plain" and p.slots > 3:
        pair = (0, 2) if turn == 0 else (1, 3 if p.slots > 4 else 1)
        return np.array([p.accent(pair[int(each) // 2 % 2]) for each in line], np.intp)
    return np.full(len(line), p.accent(turn), np.intp)


def _strand(p: Parameters, units: Units, turn: int, place: tuple[int, int]) -> Points:
    """Return the corners of one strand of a block around the block's middle.

    Args:
        p: gives form and line weight.
        units: blocks.
        turn: 0: it lies, 1: it stands.
        place: its index in the block and the number of strands.
    """
    index, strands = place
    gap = p.weight(0.06, 0.1, 0.17)
    if strands == 1:  # over one, under one: reaches to the edges of its neighbours
        width = 1 - 2.6 * gap
        length = 2 - width - gap
        low, high, ends = -width / 2, width / 2, length / 2
    else:
        low = (index + gap) / strands - 0.5
        high = (index + 1 - gap) / strands - 0.5
        ends = 0.5 - gap / strands
    corners = np.array([(-ends, low), (ends, low), (ends, high), (-ends, high)])
    return (corners if turn == 0 else corners[:, ::-1]) * (units.width, units.height)


def _cane(sheet: Sheet, p: Parameters) -> None:
    """Draw chair cane: pairs of strands across and down, and slanted strands between the holes."""
    units = fit(sheet, p, size=1.7)
    unit = min(units.width, units.height)
    width = p.weight(0.045, 0.07, 0.1)
    edge = 0.025
    slant = width * _ROOT2
    for falling in (False, True):
        slot = 4 if falling and p.slots > 4 else p.accent(1)
        band = [Band(slot, 0.5 - slant / 2, 0.5 + slant / 2)]
        for own, path in slanted(sheet, units, band, falling=falling):
            sheet.cover(own, path)
    for across in (False, True):
        count, size = (units.rows, units.height) if across else (units.columns, units.width)
        strand = p.accent(2 if across and p.slots > 3 else 0)
        for slot, extra in ((0, 2 * edge), (strand, 0.0)):
            for index in range(count):
                for side in (-1, 1):
                    middle = index * size + side * 0.1 * unit
                    wide = (width + extra) * unit
                    sheet.band(slot, middle - wide / 2, wide, across=across)


FAMILIES = (
    Family(name="herringbone", draw=_herringbone, repeats=(8, 5, 3)),
    Family(name="basketweave", draw=_basketweave, repeats=(12, 8, 5)),
)
