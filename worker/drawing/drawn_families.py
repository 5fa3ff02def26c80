"""Draws families, and keeps the latest drawings.

A design is drawn three times in a row: to see which of its colours are visible, as pixels and as a
document, which differ in the window alone.
"""

from __future__ import annotations

from functools import lru_cache

from worker.drawing.families.family import DrawFunction, Parameters
from worker.drawing.sheet import Sheet

__all__ = ["draw_family", "forget"]

_KEPT = 32
"""Drawings: those of a job of eight variants with a few tries each; about 0.1 MB each."""
_WINDOWS = 2
"""How often a drawing that depends on its window is kept."""


def draw_family(draw: DrawFunction, sheet: Sheet, parameters: Parameters) -> None:
    """Draw a family on an empty sheet.

    Raises:
        SheetFull: it has too many points.
    """
    kept = _kept(draw, parameters, sheet.width, sheet.height)
    same = next((each for each in kept if each.fits(sheet)), None)
    if same is not None:
        sheet.take_over(same)
        return
    draw(sheet, parameters)
    kept.append(sheet)
    del kept[:-_WINDOWS]


def forget() -> None:
    """Drop the kept drawings."""
    _kept.cache_clear()


@lru_cache(maxsize=_KEPT)
def _kept(draw: DrawFunction, parameters: Parameters, width: float, height: float) -> list[Sheet]:
    """Return the list, at first empty, of the sheets that have been drawn."""
    del draw, parameters, width, height
    return []
