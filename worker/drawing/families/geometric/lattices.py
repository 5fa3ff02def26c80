"""Families on lattices of lozenges and lines: diamonds, argyle, asanoha."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.geometric.bands import Band, slanted
from worker.drawing.families.geometric.fitting import Units, fit
from worker.drawing.families.geometric.tiled import fill_each
from worker.drawing.path import Path, Points, bars, circle, polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _lozenge(units: Units, size: float = 1.0) -> Path:
    """Return a lozenge around the origin, one unit wide and high at size 1."""
    corners = np.array([(0, -0.5), (0.5, 0), (0, 0.5), (-0.5, 0)])
    return polygon(corners * (units.width, units.height) * size)


def _diamonds(sheet: Sheet, p: Parameters) -> None:
    """Draw lozenges that meet at their corners, nested, apart, or framed by a lattice."""
    sheet.ground()
    units = fit(sheet, p, size=1.4 if p.form == "nested" else 1.0, aspect=1.5)
    column, row = units.cells
    first, second = units.at(column + 0.5, row + 0.5), units.at(column, row)
    if p.form == "harlequin":
        fill_each(sheet, _lozenge(units), first, p.accents(len(first)))
        sheet.fill(p.accent(1), _lozenge(units, p.packing(0.12, 0.2, 0.3)), second)
    elif p.form == "nested":
        for at, turn in ((first, 0), (second, 1)):
            core = p.accent(turn + 3) if p.slots > 3 else 0
            slots = (p.accent(turn), 0, p.accent(turn + 1), core)
            for slot, size in zip(slots, (0.94, 0.68, 0.42, 0.18), strict=True):
                sheet.fill(slot, _lozenge(units, size), at)
    elif p.form == "apart":
        at = np.concatenate([first, second])
        fill_each(sheet, _lozenge(units, p.packing(0.45, 0.66, 0.84)), at, p.accents(len(at)))
    else:
        _quilted(sheet, p, units)


def _quilted(sheet: Sheet, p: Parameters, units: Units) -> None:
    """Draw a lattice of crossing lines with studs on the crossings and lozenges between."""
    column, row = units.cells
    line = p.weight(0.035, 0.06, 0.11)
    at = np.concatenate([units.at(column, row), units.at(column + 0.5, row + 0.5)])
    size = p.packing(0.3, 0.5, 0.64)
    if p.slots > 2:
        slots = 2 + p.accents(len(at), "cells") % (p.slots - 2)
        fill_each(sheet, _lozenge(units, size), at, slots)
    else:
        sheet.fill(p.accent(0), _lozenge(units, size * 0.45), at)
    band = [Band(p.accent(0), 0.5 - line / 2, 0.5 + line / 2)]
    for falling in (False, True):
        for slot, path in slanted(sheet, units, band, falling=falling):
            sheet.cover(slot, path)
    studs = np.concatenate([units.at(column + 0.5, row), units.at(column, row + 0.5)])
    sheet.fill(0, _lozenge(units, 3.4 * line), studs)
    sheet.fill(p.accent(0), _lozenge(units, 2.4 * line), studs)


def _argyle(sheet: Sheet, p: Parameters) -> None:
    """Draw tall diamonds under crossing lines of stitches, smooth or knitted in steps."""
    sheet.ground()
    accents = max(1, p.slots - 1)
    solid = max(1, accents - 1)  # the last accent is that of the lines
    units = fit(sheet, p, aspect=1.45, multiples=(min(solid, 2), 2 if solid > 2 else 1))
    column, row = units.cells
    at = units.at(column + 0.5, row + 0.5)
    body = _lozenge(units) if p.form == "classic" else _steps(units, 9)
    turn = column % 2 + (2 * (row % 2) if solid > 2 else 0)
    fill_each(sheet, body, at, np.array([p.accent(int(each) % solid) for each in turn], np.intp))
    _stitches(sheet, p, units)


def _steps(units: Units, count: int) -> Path:
    """Return a lozenge whose sides have `count` steps, like knitted; it covers half of a unit."""
    step = np.repeat(np.arange(count), 2)
    half = (step + 0.5) / count
    y = (step + np.tile((0, 1), count)) / count - 1
    side = np.concatenate([np.stack([half, y], -1), np.stack([half, -y], -1)[::-1]])
    corners = np.concatenate([side, -side])
    return polygon(corners * (units.width / 2, units.height / 2))


def _stitches(sheet: Sheet, p: Parameters, units: Units) -> None:
    """Draw dashes along the lines that join the middles of the diamonds."""
    count, width = 5, p.weight(0.03, 0.045, 0.075)
    column, row = units.cells
    along = (np.arange(2 * count) + 0.5) / count - 1  # from corner to corner of a diamond
    for sign in (1, -1):
        step = np.array((units.width / 2, sign * units.height / 2))
        half = step / count * 0.33
        across = np.array((units.width / 2, -sign * units.height / 2)) * width
        dash = polygon([-half - across, half - across, half + across, across - half])
        for index, share in enumerate(along[: 2 * count]):
            inside = count // 2 <= index < 2 * count - count // 2
            slot = p.accent(p.slots - 2) if p.slots > 2 else (0 if inside else p.accent(0))
            sheet.fill(slot, dash, units.at(column + 0.5, row + 0.5) + step * share)


def _asanoha(sheet: Sheet, p: Parameters) -> None:
    """Draw hemp leaves: their lines, whole or stitched, with lozenges or whole leaves filled."""
    sheet.ground()
    if p.form == "sashiko":
        _sashiko(sheet, p)
        return
    stars = p.form == "stars"
    units = fit(sheet, p, aspect=3**0.5 / 2, multiples=(2, 4) if stars else (1, 2))
    column, row = units.cells
    at = units.at(column + 0.5 * (row % 2), row)
    width = units.width * p.weight(0.028, 0.045, 0.075)
    lozenges = [_leaf(units, turn) for turn in range(3)]
    if stars:
        leafy = ((row % 4 == 0) & (column % 2 == 0)) | ((row % 4 == 2) & (column % 2 == 1))
        slots = p.accents(len(at)) if p.slots < 3 else 2 + p.accents(len(at)) % (p.slots - 2)
        for leaf in lozenges:
            for half in (leaf, leaf.scaled(-1)):
                fill_each(sheet, half, at[leafy], slots[leafy])
    elif p.form == "lozenges":
        _filled_lozenges(sheet, p, lozenges, at, row)
    line = 0 if stars and p.slots < 3 else p.accent(0)
    spoke = p.accent(1) if p.form == "lines" else line
    _hemp_lines(sheet, (line, spoke), units, at, width)
    if p.form == "lines" and p.slots > 3:
        dot = circle(0, 0, 2.2 * width)
        fill_each(sheet, dot, at, 3 + p.accents(len(at), "dots") % (p.slots - 3))


def _filled_lozenges(
    sheet: Sheet, p: Parameters, lozenges: list[Path], at: Points, row: NDArray[np.intp]
) -> None:
    """Fill the lozenges of one direction, or of two with more than 2 accents."""
    if p.slots < 3:
        middle = lozenges[0].points.mean(axis=0)
        smaller = polygon((lozenges[0].points - middle) * 0.6 + middle)
        sheet.fill(p.accent(0), smaller, at)
        return
    sheet.fill(2, lozenges[0], at)
    if p.slots > 3:
        fill_each(sheet, lozenges[1], at, 3 + row % (p.slots - 3))


def _leaf(units: Units, turn: int) -> Path:
    """Return the lozenge along one edge of the triangles, from a corner at the origin."""
    ends = ((1.0, 0.0), (0.5, 1.0), (-0.5, 1.0))
    middles = (((0.5, 1 / 3), (0.5, -1 / 3)), ((0.0, 2 / 3), (0.5, 1 / 3)),
               ((-0.5, 1 / 3), (0.0, 2 / 3)))  # fmt: skip
    left, right = middles[turn]
    return polygon(np.array([(0.0, 0.0), left, ends[turn], right]) * (units.width, units.height))


_HEMP_EDGES = np.array([((0, 0), (1, 0)), ((0, 0), (0.5, 1)), ((0, 0), (-0.5, 1))], float)
"""Edges of the triangles that belong to one corner, in units."""
_HEMP_SPOKES = np.array(
    [
        (middle, corner)
        for middle, corners in (
            ((0.5, 1 / 3), ((0, 0), (1, 0), (0.5, 1))),
            ((0.0, 2 / 3), ((0, 0), (0.5, 1), (-0.5, 1))),
        )
        for corner in corners
    ]
)
"""Lines from the middles to the corners of the two triangles that belong to one corner."""


def _sashiko(sheet: Sheet, p: Parameters) -> None:
    """Draw the lines of the hemp leaf as running stitches."""
    units = fit(sheet, p, size=1.2, aspect=3**0.5 / 2, multiples=(1, 2))
    column, row = units.cells
    at = units.at(column + 0.5 * (row % 2), row)
    unit = np.array((units.width, units.height))
    width = units.width * p.weight(0.028, 0.042, 0.06)
    for turn, (lines, count) in enumerate(
        ((_HEMP_EDGES, 6), (_HEMP_SPOKES[:3], 4), (_HEMP_SPOKES[3:], 4))
    ):
        start, along = lines[:, :1] * unit, (lines[:, 1:] - lines[:, :1]) * unit
        places = (np.arange(count)[:, None] + (0.2, 0.8)) / count
        ends = (start[:, None] + along[:, None] * places[None, ..., None]).reshape(-1, 2, 2)
        sheet.fill(p.accent(turn), bars(ends, width), at)
    if p.slots > 4:
        sheet.fill(4, circle(0, 0, 1.2 * width), at)


def _hemp_lines(
    sheet: Sheet, slots: tuple[int, int], units: Units, at: Points, width: float
) -> None:
    """Draw the triangles, and the lines from their middles to their corners, in two colours."""
    unit = np.array((units.width, units.height))
    edges, spokes = _HEMP_EDGES * unit, _HEMP_SPOKES * unit
    overlap = width / 2 / 3**0.5  # fills the corner between lines at 120 degrees
    inner, outer = bars(spokes, width, overlap), bars(edges, width, overlap)
    if slots[0] == slots[1]:
        sheet.fill(slots[0], inner + outer, at)
        return
    sheet.fill(slots[1], inner, at)
    sheet.fill(slots[0], outer, at)


FAMILIES = (
    Family(name="diamonds", draw=_diamonds, repeats=(12, 8, 5)),
    Family(name="argyle", draw=_argyle, repeats=(8, 5, 3)),
    Family(name="asanoha", draw=_asanoha, repeats=(8, 5, 3)),
)
