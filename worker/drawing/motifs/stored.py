"""Reads drawings of motifs that records refer to as files."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import numpy as np

from shared.motifs.files import UNITS
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.path import Path

__all__ = ["UnusableDrawing", "stored_shapes"]

_MAX_SHAPES = 2_000
_PIECE = re.compile(r"([MLCZ])([^MLCZ]*)")
_NUMBERS_OF = {"M": 2, "L": 2, "C": 6, "Z": 0}


class UnusableDrawing(ValueError):
    """The file is not a drawing."""


@lru_cache(maxsize=512)
def stored_shapes(content: bytes) -> tuple[MotifShape, ...]:
    """Return the shapes of a stored drawing, its larger side 1 and its middle at the origin.

    Args:
        content: JSON list of colour index and path data (M, L, C, Z, absolute).

    Raises:
        UnusableDrawing: it is not such a list.
    """
    try:
        rows = json.loads(content)
        if not isinstance(rows, list) or not 0 < len(rows) <= _MAX_SHAPES:
            raise UnusableDrawing("it has no shapes, or too many")
        return tuple(MotifShape(slot=_slot(slot), path=_path(data)) for slot, data in rows)
    except (ValueError, TypeError, RecursionError) as error:
        raise UnusableDrawing(f"it is not a drawing: {error}") from error


def _slot(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 12:
        raise UnusableDrawing("a colour is not an index from 0 to 11")
    return value


def _path(data: str) -> Path:
    codes, numbers = "", []
    if _PIECE.sub("", data).strip() or not data.startswith("M"):
        raise UnusableDrawing("a path has other commands than M, L, C and Z")
    for match in _PIECE.finditer(data):
        values = [float(each) for each in match[2].replace(",", " ").split()]
        if len(values) != _NUMBERS_OF[match[1]]:
            raise UnusableDrawing("a path has a wrong number of coordinates")
        codes += match[1]
        numbers += values
    points = np.array(numbers).reshape(-1, 2) / UNITS
    if not np.isfinite(points).all() or np.abs(points).max() > 2:
        raise UnusableDrawing("a path leaves the drawing")
    return Path(codes, points)
