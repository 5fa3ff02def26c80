"""Sheets of single families, for tests of what they draw."""

from typing import Any

import numpy as np

from worker.drawing.families import FAMILIES, Parameters
from worker.drawing.path import Points
from worker.drawing.sheet import Shape, Sheet, Window

__all__ = ["area", "drawn", "polygons_of"]


def drawn(
    name: str, form: str, accents: int, size: tuple[float, float] = (80.0, 80.0), **changes: Any
) -> Sheet:
    """Return a sheet with one period of a family at medium scale.

    Args:
        accents: number of accents.
        size: of the period, mm.
        changes: parameters.
    """
    sheet = Sheet(*size, Window(left=0.0, top=0.0, right=size[0], bottom=size[1]))
    values: dict[str, Any] = {
        "form": form,
        "scale_mm": 80 / FAMILIES[name].repeats[1],
        "density": 0.5,
        "line_weight": 0.5,
        "slots": accents + 1,
        "shares": (1 / accents,) * accents if accents else (),
        "seed": (7, 0, 1),
    }
    FAMILIES[name].draw(sheet, Parameters(**(values | changes)))
    return sheet


def polygons_of(shape: Shape) -> list[Points]:
    """Return the corners of each filled polygon of a shape."""
    polygons = []
    for codes, points in shape.parts:
        ends = np.flatnonzero(np.array([code for code in codes if code != "Z"]) == "M")
        for copy in points:
            polygons += np.split(copy, ends[1:])
    return polygons


def area(corners: Points) -> float:
    """Return the area of a polygon, mm²."""
    x, y = corners.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
