"""Shapes of the library's drawings."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from shared.motifs.files import UNITS
from shared.motifs.library import LibraryDrawing, MotifLibrary
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.path import Path

__all__ = ["drawing_shapes", "library_shapes"]

_LETTERS = re.compile("[^MLCZ]+")
_CACHED = 512


def drawing_shapes(drawing: LibraryDrawing) -> tuple[MotifShape, ...]:
    """Return the shapes of a drawing, its larger side 1 and its middle at the origin."""
    return tuple(MotifShape(slot=slot, path=_path(data)) for slot, data in drawing.shapes)


@lru_cache(maxsize=_CACHED)
def library_shapes(library: MotifLibrary, name: str) -> tuple[MotifShape, ...]:
    """Return the shapes of a drawing by the name that a record gives it.

    Raises:
        MotifNotFound: it is not installed.
    """
    return drawing_shapes(library.drawing(name))


def _path(data: str) -> Path:
    codes = _LETTERS.sub("", data)
    numbers = re.sub("[MLCZ]", " ", data).split()
    points = np.array(numbers, dtype=np.float64).reshape(-1, 2) / UNITS
    return Path(codes, points)
