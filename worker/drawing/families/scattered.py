"""Families of separate motifs: dots and other marks."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import circle
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _dots(sheet: Sheet, p: Parameters) -> None:
    """Draw polka dots, staggered or on a grid."""
    sheet.ground()
    columns = p.repeats(sheet.width)
    rows = p.repeats(sheet.height, aspect=0.5 if p.form == "staggered" else 1.0, multiple=2)
    column, row = (a.ravel() for a in np.meshgrid(np.arange(columns), np.arange(rows)))
    shift = 0.5 * (row % 2) if p.form == "staggered" else 0.0
    unit_x, unit_y = sheet.width / columns, sheet.height / rows
    at = np.stack([(column + 0.25 + shift) * unit_x, (row + 0.5) * unit_y], -1)
    radius = p.scale_mm * p.packing(0.16, 0.24, 0.32)
    slots = p.accents(len(at))
    for slot in np.unique(slots):
        sheet.fill(int(slot), circle(0, 0, radius), at[slots == slot])


FAMILIES = (
    Family(name="dots", draw=_dots, repeats=(12, 8, 5), traits=frozenset({"scale", "density"}),
           forms=("staggered", "grid")),
)  # fmt: skip
