"""Families of tiles: hexagons, triangles, cubes, bricks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from worker.drawing.families.family import Family, Parameters
from worker.drawing.families.geometric.fitting import Units, fit
from worker.drawing.path import Path, Points, bars, polygon, rectangle, regular_polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES", "fill_each", "with_ground"]

_ROOT3 = 3**0.5


def fill_each(sheet: Sheet, path: Path, at: Points, slots: NDArray[np.intp]) -> None:
    """Fill copies of a path, each in its own slot, one path of each colour."""
    for slot in np.unique(slots):
        sheet.fill(int(slot), path, at[slots == slot])


def with_ground(p: Parameters, count: int, ground: float, choice: str) -> NDArray[np.intp]:
    """Return a slot for each of `count` places: the ground for a share, else an accent."""
    slots = p.accents(count, choice)
    bare = p.random(f"{choice} ground").permutation(count) < round(ground * count)
    return np.where(bare, 0, slots)


def _hexagon(units: Units) -> Path:
    """Return a cell of a honeycomb whose rows are a unit apart."""
    return regular_polygon(6, 2 / 3).scaled(units.width * _ROOT3 / 2, units.height)


def _hexagons(sheet: Sheet, p: Parameters) -> None:
    """Draw a honeycomb: its walls, cells apart, cells that abut, or nested cells."""
    sheet.ground()
    size = 1.5 if p.form == "nested" else 1.0
    units = fit(sheet, p, size=size, aspect=_ROOT3 / 2, multiples=(1, 2))
    column, row = units.cells
    at = units.at(column + 0.5 * (row % 2), row)
    cell = _hexagon(units)
    slots = p.accents(len(at))
    if p.form == "mosaic":
        mixed = with_ground(p, len(at), 0.36, "accents")
        sheet.tessellate([cell.moved(*place) for place in at], mixed.tolist())
        line = units.width * p.weight(0.0, 0.02, 0.05)
        if line:
            _walls(sheet, cell, at, 0, line)
    elif p.form == "apart":
        fill_each(sheet, cell.scaled(1 - p.weight(0.08, 0.14, 0.24)), at, slots)
    elif p.form == "nested":
        _nested_cells(sheet, p, cell, at)
    else:
        if p.slots > 2:
            share = 0.3 if p.slots < 4 else 0.46
            filled = p.random("filled").permutation(len(at))[: round(share * len(at))]
            others = np.resize(np.arange(2, p.slots), len(filled))
            fill_each(sheet, cell, at[filled], others)
        _walls(sheet, cell, at, p.accent(0), units.width * p.weight(0.07, 0.12, 0.2))


def _walls(sheet: Sheet, cell: Path, at: Points, slot: int, width: float) -> None:
    """Draw the walls between hexagons, each of them once."""
    ends = np.stack([cell.points[:3], cell.points[1:4]], 1)
    sheet.fill(slot, bars(ends, width, width / 2 / _ROOT3), at)


def _nested_cells(sheet: Sheet, p: Parameters, cell: Path, at: Points) -> None:
    """Draw hexagons inside of hexagons, like tortoise shell."""
    wall = p.weight(0.07, 0.12, 0.18)
    sheet.fill(p.accent(0), cell.scaled(0.92), at)
    sheet.fill(0, cell.scaled(0.92 - wall), at)
    slots = p.accents(len(at)) if p.slots < 3 else 2 + p.accents(len(at)) % (p.slots - 2)
    fill_each(sheet, cell.scaled(0.74 - wall), at, slots)
    sheet.fill(0, cell.scaled(0.74 - 2.2 * wall), at)
    sheet.fill(p.accent(0), cell.scaled(0.2), at)


def _triangle_cells(units: Units, nodes: Points | None = None) -> tuple[Points, Points]:
    """Return the corners (n, 3, 2) of all upright and of all hanging triangles, mm.

    Args:
        units: one column is one side, one row the height of a triangle.
        nodes: (rows, columns, 2) how far corners are moved, in units; None: not.
    """
    column, row = units.cells
    offsets = np.zeros((units.rows, units.columns, 2)) if nodes is None else nodes

    def node(c: NDArray[np.intp], r: NDArray[np.intp]) -> Points:
        move = offsets[r % units.rows, c % units.columns]
        return units.at(c + 0.5 * (r % 2) + move[:, 0], r + move[:, 1])

    odd = row % 2
    upright = (node(column + 1 - odd, row), node(column + 1, row + 1), node(column, row + 1))
    hanging = (node(column, row), node(column + 1, row), node(column + odd, row + 1))
    return np.stack(upright, 1), np.stack(hanging, 1)


def _triangles(sheet: Sheet, p: Parameters) -> None:
    """Draw triangles that abut, regular or not, rows of pyramids, or nested triangles."""
    sheet.ground()
    units = fit(sheet, p, aspect=_ROOT3 / 2, multiples=(1, 2))
    if p.form in {"mosaic", "low-poly"}:
        jitter = None
        if p.form == "low-poly":
            jitter = p.random("nodes").uniform(-0.3, 0.3, (units.rows, units.columns, 2))
        cells = np.concatenate(_triangle_cells(units, jitter))
        slots = with_ground(p, len(cells), 0.3 if p.slots < 3 else 0.38, "accents")
        gap = units.width * p.weight(0.0, 0.035, 0.08)
        if not gap:
            sheet.tessellate([polygon(corners) for corners in cells], slots.tolist())
            return
        cells = _inset(cells, gap / 2)
        for slot in np.unique(slots[slots > 0]):
            own = [polygon(corners) for corners in cells[slots == slot]]
            sheet.tessellate(own, [int(slot)] * len(own))
        return
    upright, _ = _triangle_cells(units)
    at = upright.mean(axis=1)
    path = polygon(upright[0] - at[0])
    slots = p.accents(len(at))
    if p.form == "pyramids":
        fill_each(sheet, path.scaled(1 - p.weight(0.0, 0.1, 0.24)), at, slots)
        return
    fill_each(sheet, path.scaled(0.92), at, slots)
    sheet.fill(0, path.scaled(p.weight(0.68, 0.56, 0.44)), at)
    fill_each(sheet, path.scaled(0.3), at, np.array([p.accent(int(slot)) for slot in slots]))


def _inset(triangles: Points, distance: float) -> Points:
    """Return triangles (n, 3, 2) whose sides are moved towards the middle."""
    sides = np.roll(triangles, -1, 1) - np.roll(triangles, 1, 1)  # opposite to each corner
    lengths = np.hypot(sides[..., 0], sides[..., 1])[..., None]
    middle = (triangles * lengths).sum(1, keepdims=True) / lengths.sum(1, keepdims=True)
    (ax, ay), (bx, by) = sides[:, 0].T, sides[:, 1].T
    radius = (np.abs(ax * by - ay * bx) / lengths.sum((1, 2)))[:, None, None]
    inset: Points = middle + (triangles - middle) * np.maximum(0.0, 1 - distance / radius)
    return inset


def _cubes(sheet: Sheet, p: Parameters) -> None:
    """Draw tumbling blocks: abutting, apart, or with an inlay in their tops."""
    sheet.ground()
    units = fit(sheet, p, aspect=_ROOT3 / 2, multiples=(1, 2))
    column, row = units.cells
    at = units.at(column + 0.5 * (row % 2), row)
    corners = _hexagon(units).points
    top, right, left = (
        np.stack([np.zeros(2), corners[a], corners[b], corners[c]])
        for a, b, c in ((5, 0, 1), (1, 2, 3), (3, 4, 5))
    )
    tops = _tops(p, row)
    gap = p.weight(0.04, 0.08, 0.16) if p.form == "apart" else 0.0
    if gap:
        for face, slots in ((left, None), (right, None), (top, tops)):
            own = p.accent(0) if face is left else p.accent(1)
            each = np.full(len(at), own) if slots is None else slots
            if face is right and p.slots < 3:
                continue
            fill_each(sheet, _shrunk(face, gap), at[each > 0], each[each > 0])
    else:
        cells = [polygon(face + place) for face in (left, right, top) for place in at]
        second = p.accent(1) if p.slots > 2 else 0
        slots = np.concatenate([np.full(len(at), p.accent(0)), np.full(len(at), second), tops])
        sheet.tessellate(cells, slots.tolist())
    if p.slots < 3:
        _shade(sheet, p, right, at, gap)
    if p.form == "inlaid":
        inlay = polygon((top - top.mean(0)) * 0.5 + top.mean(0))
        fill_each(sheet, inlay, at, np.where(tops == 0, p.accent(1), 0))


def _tops(p: Parameters, row: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the slots of the cubes' tops: the ground, and accents after the second."""
    if p.slots < 4:
        return np.zeros(len(row), np.intp)
    if p.slots > 4:
        return p.random("tops").permutation(np.resize((0, *range(3, p.slots)), len(row)))
    return np.where(row % 2 == 1, 3, 0)


def _shrunk(face: Points, gap: float) -> Path:
    """Return a face without its edge, `gap` of its size wide."""
    return polygon((face - face.mean(0)) * (1 - gap) + face.mean(0))


def _shade(sheet: Sheet, p: Parameters, face: Points, at: Points, gap: float) -> None:
    """Draw the right faces of cubes in one colour as lines."""
    lines = 4
    origin, along, _, down = face
    for index in range(lines):
        start = (index + 0.5 - 0.26) / lines
        strip = np.array([(0, start), (1, start), (1, start + 0.52 / lines),
                          (0, start + 0.52 / lines)])  # fmt: skip
        strip = (strip - 0.5) * (1 - gap) + 0.5
        corners = origin + strip[:, :1] * (along - origin) + strip[:, 1:] * (down - origin)
        sheet.fill(p.accent(0), polygon(corners), at)


def _bricks(sheet: Sheet, p: Parameters) -> None:
    """Draw a wall in running, third, Flemish or stack bond; the ground is the mortar."""
    sheet.ground()
    if p.form == "flemish":
        _flemish(sheet, p)
        return
    lag = {"running": 2, "third": 3, "stack": 1}[p.form]
    aspect = {"running": 0.42, "third": 0.3, "stack": 0.34}[p.form]
    units = fit(sheet, p, aspect=aspect, multiples=(1, lag))
    column, row = units.cells
    joint = units.height * p.weight(0.08, 0.14, 0.24)
    brick = rectangle(joint / 2, joint / 2, units.width - joint, units.height - joint)
    fill_each(sheet, brick, units.at(column + row % lag / lag, row), p.accents(len(row)))


def _flemish(sheet: Sheet, p: Parameters) -> None:
    """Draw stretchers and headers in turn; the headers stand over the middle of stretchers."""
    units = fit(sheet, p, size=1.5, aspect=0.28, multiples=(1, 2))
    column, row = units.cells
    joint = units.height * p.weight(0.08, 0.14, 0.24)
    at = units.at(column + 0.5 * (row % 2), row)
    long, short = units.width * 2 / 3, units.width / 3
    stretcher = rectangle(joint / 2, joint / 2, long - joint, units.height - joint)
    header = rectangle(long + joint / 2, joint / 2, short - joint, units.height - joint)
    slots = p.accents(2 * len(row))
    if p.slots == 3:
        slots = np.repeat((1, 2), len(row))
    fill_each(sheet, stretcher, at, slots[: len(row)])
    fill_each(sheet, header, at, slots[len(row) :])


FAMILIES = (
    Family(name="hexagons", draw=_hexagons, repeats=(12, 8, 5)),
    Family(name="triangles", draw=_triangles, repeats=(12, 8, 5)),
    Family(name="cubes", draw=_cubes, repeats=(10, 7, 4)),
    Family(name="bricks", draw=_bricks, repeats=(8, 5, 3)),
)
