"""Families on lattices: tilings."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import regular_polygon
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _hexagons(sheet: Sheet, p: Parameters) -> None:
    """Draw a honeycomb: filled cells that abut, or cells apart."""
    sheet.ground()
    columns = p.repeats(sheet.width)
    rows = p.repeats(sheet.height, aspect=3**0.5 / 2, multiple=2)
    unit_x, unit_y = sheet.width / columns, sheet.height / rows
    column, row = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows)))
    at = np.stack([(column + 0.5 * (row % 2)) * unit_x, row * unit_y], -1)
    slots = p.accents(len(at))
    cell = regular_polygon(6, 1 / 3**0.5).scaled(unit_x, unit_y * 2 / 3**0.5)
    if p.form == "mosaic":
        sheet.tessellate([cell.moved(*place) for place in at], [int(slot) for slot in slots])
        return
    gap = p.weight(0.08, 0.14, 0.24)
    for slot in np.unique(slots):
        sheet.fill(int(slot), cell.scaled(1 - gap), at[slots == slot])


FAMILIES = (
    Family(name="hexagons", draw=_hexagons, repeats=(12, 8, 5),
           traits=frozenset({"scale", "line_weight"}), forms=("apart", "mosaic")),
)  # fmt: skip
