"""Drawings of motifs, with what a composition needs to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.motifs.catalog import own_motifs
from worker.drawing.layout.outlines import Outline, outline_of
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.recolour import Anatomy, anatomy_of

__all__ = ["MotifDrawing", "drawings_of", "own_drawing"]


@dataclass(frozen=True, eq=False, kw_only=True)
class MotifDrawing:
    """A drawing of a motif."""

    name: str
    """As a record's element has it: set:name@version."""
    subject: str
    views: int
    may_turn: bool
    colours: tuple[str, ...]
    """Its own colours, hex."""
    roles: tuple[str, ...]
    """What each of them colours."""

    def shapes(self, view: int) -> Sequence[MotifShape]:
        """Return the shapes of a view, the larger side 1 and the middle at the origin."""
        return motif_shapes(self.subject, view)

    def outline(self, view: int) -> Outline:
        """Return the outline of a view."""
        return _outline(self.subject, view)

    def anatomy(self, view: int) -> Anatomy:
        """Return which colours of a view meet."""
        return _anatomy(self.subject, view)


@lru_cache(maxsize=512)
def own_drawing(name: str) -> MotifDrawing:
    """Return the drawing of one of Codesigner's own motifs; KeyError if there is none."""
    entry = own_motifs()[name]
    return MotifDrawing(
        name=entry.drawing,
        subject=name,
        views=entry.views,
        may_turn=entry.turns,
        colours=tuple(colour.hex for colour in entry.colours),
        roles=tuple(colour.role for colour in entry.colours),
    )


def drawings_of(subjects: Sequence[str]) -> list[MotifDrawing]:
    """Return the drawings of subjects, in their order."""
    return [own_drawing(subject) for subject in subjects if subject in own_motifs()]


@lru_cache(maxsize=1024)
def _outline(name: str, view: int) -> Outline:
    return outline_of(motif_shapes(name, view))


@lru_cache(maxsize=1024)
def _anatomy(name: str, view: int) -> Anatomy:
    drawing = own_drawing(name)
    return anatomy_of(motif_shapes(name, view), drawing.colours, drawing.roles)
