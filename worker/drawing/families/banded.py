"""Families of bands: stripes, checks, waves."""

from __future__ import annotations

import numpy as np

from worker.drawing.families.family import Family, Parameters
from worker.drawing.path import Path, rectangle, smooth_open
from worker.drawing.sheet import Sheet

__all__ = ["FAMILIES"]


def _stripes(sheet: Sheet, p: Parameters) -> None:
    """Draw vertical stripes of equal or alternating widths, or pinstripes."""
    sheet.ground()
    count = p.repeats(sheet.width, multiple=max(1, p.slots - 1))
    unit = sheet.width / count
    if p.form == "pin":
        width = unit * p.weight(0.06, 0.12, 0.2)
    elif p.form == "awning":
        width = unit / 2
    else:
        width = unit * p.weight(0.28, 0.45, 0.62)
    for index in range(count):
        slot = p.accent(index)
        start = index * unit + (unit - width) / 2
        sheet.band(slot, start, width)
        if p.form == "shadow" and p.slots > 2:
            sheet.band(p.accent(index + 1), start + width, (unit - width) * 0.3)


def _checks(sheet: Sheet, p: Parameters) -> None:
    """Draw a checkerboard, or gingham of bands that cross."""
    sheet.ground()
    columns, rows = p.repeats(sheet.width, multiple=2), p.repeats(sheet.height, multiple=2)
    unit_x, unit_y = sheet.width / columns, sheet.height / rows
    places = [(c, r) for r in range(rows) for c in range(columns) if (c + r) % 2 == 0]
    slots = p.accents(len(places)) if p.form == "mixed" else [p.accent(r // 2) for _, r in places]
    square = rectangle(0, 0, unit_x, unit_y)
    for slot in sorted(set(slots)):
        at = [(c * unit_x, r * unit_y) for (c, r), own in zip(places, slots, strict=True)
              if own == slot]  # fmt: skip
        sheet.fill(int(slot), square, at)


def _waves(sheet: Sheet, p: Parameters) -> None:
    """Draw flowing bands along x."""
    sheet.ground()
    rows = p.repeats(sheet.height, multiple=max(1, p.slots - 1))
    unit = sheet.height / rows
    waves = max(1, round(sheet.width / (3 * p.scale_mm)))
    height = unit * p.packing(0.25, 0.4, 0.55)
    width = unit * p.weight(0.25, 0.5, 0.7)
    x = np.linspace(0, sheet.width, 8 * waves + 1)
    swing = np.sin(2 * np.pi * waves * x / sheet.width)
    for row in range(rows):
        y = (row + 0.5) * unit + height * swing
        upper: Path = smooth_open(np.stack([x, y - width / 2], -1))
        lower: Path = smooth_open(np.stack([x, y + width / 2], -1))
        sheet.ribbon(p.accent(row), upper, lower)


_LINES = frozenset({"scale", "line_weight"})
FAMILIES = (
    Family(name="stripes", draw=_stripes, repeats=(16, 10, 6), traits=_LINES,
           forms=("even", "awning", "pin", "shadow")),
    Family(name="checks", draw=_checks, repeats=(16, 10, 6), forms=("board", "mixed")),
    Family(name="waves", draw=_waves, repeats=(12, 8, 5), traits=_LINES | {"density"}),
)  # fmt: skip
