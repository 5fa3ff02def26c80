"""How many units of a lattice fit a period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from worker.drawing.families.family import Parameters
from worker.drawing.path import Points
from worker.drawing.sheet import Sheet

__all__ = ["Units", "fit"]

_SPREAD = 1.6
"""How far the size of a unit may be from the scale for the sake of its shape."""


@dataclass(frozen=True, kw_only=True)
class Units:
    """A rectangular lattice of units over one period."""

    columns: int
    rows: int
    width: float
    """Of one unit, mm."""
    height: float

    @property
    def cells(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the column and row of every unit, row by row."""
        row, column = np.divmod(np.arange(self.columns * self.rows), self.columns)
        return column, row

    def at(self, column: ArrayLike, row: ArrayLike) -> Points:
        """Return the places (n, 2) of positions in columns and rows, mm."""
        x, y = np.broadcast_arrays(np.asarray(column, float), np.asarray(row, float))
        return np.stack([x * self.width, y * self.height], -1)


def fit(
    sheet: Sheet,
    p: Parameters,
    *,
    size: float = 1.0,
    aspect: float = 1.0,
    multiples: tuple[int, int] = (1, 1),
) -> Units:
    """Return the lattice whose units fit the period with the least distortion.

    Args:
        sheet: the period.
        p: gives the scale.
        size: width of a unit, in scales.
        aspect: height of a unit by its width.
        multiples: the numbers of columns and rows are multiples of these.
    """
    across, down = multiples
    width = p.scale_mm * size
    columns = _candidates(sheet.width / width, across)
    rows = _candidates(sheet.height / (width * aspect), down)
    column, row = (a.ravel() for a in np.meshgrid(columns, rows))
    unit_x, unit_y = sheet.width / column, sheet.height / row
    distortion = np.abs(np.log(unit_y / unit_x / aspect))
    away = np.abs(np.log(unit_x / width)) + np.abs(np.log(unit_y / (width * aspect)))
    best = int(np.argmin(6 * distortion + away))
    return Units(
        columns=int(column[best]),
        rows=int(row[best]),
        width=float(unit_x[best]),
        height=float(unit_y[best]),
    )


def _candidates(wanted: float, multiple: int) -> NDArray[np.intp]:
    """Return the multiples near a wanted number, at least the nearest one."""
    nearest = max(1, round(wanted / multiple))
    low = max(1, int(np.ceil(wanted / _SPREAD / multiple)))
    high = max(nearest, int(wanted * _SPREAD / multiple))
    return np.arange(min(low, nearest), high + 1) * multiple
