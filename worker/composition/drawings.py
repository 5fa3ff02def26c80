"""Drawings of motifs, with what a composition needs to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from shared.briefs.text.singular import comparable
from shared.motifs.catalog import OWN_SET, own_motifs
from shared.motifs.curation import framed_scenes, motif_sets
from shared.motifs.library import LibraryDrawing, MotifLibrary, open_library
from worker.drawing.layout.outlines import Outline, outline_of
from worker.drawing.motifs.catalog import motif_shapes
from worker.drawing.motifs.shapes import MotifShape
from worker.drawing.motifs.stored import stored_shapes
from worker.drawing.recolour import Anatomy, anatomy_of

__all__ = ["MotifDrawing", "choose_drawings", "has_drawing", "meant_subjects", "set_order"]

_FAVOURITES = ("fluent", "noto", "noto1", "fx")
"""Sets in colour that agree in style with Codesigner's own drawings."""
_ICONS = ("park",)
"""Sets of icons that have areas in colour too."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MotifDrawing:
    """A drawing of a motif."""

    name: str
    """As a record's element has it: set:name@version."""
    views: int
    may_turn: bool
    colours: tuple[str, ...]
    """Its own colours, hex."""
    roles: tuple[str, ...]
    """What each of them colours."""
    content: bytes | None = field(default=None, repr=False)
    """The file that records refer to; None: Codesigner draws it itself."""
    sha256: str | None = None

    @property
    def motif(self) -> str:
        """Return its name without set and version."""
        return self.name.partition("@")[0].partition(":")[2]

    @property
    def main(self) -> str:
        """Return the colour that most is seen of."""
        return self.colours[int(self.anatomy(0).shares.argmax())]

    def shapes(self, view: int) -> Sequence[MotifShape]:
        """Return the shapes of a view, the larger side 1 and the middle at the origin."""
        if self.content is not None:
            return stored_shapes(self.content)
        return motif_shapes(self.motif, view)

    def outline(self, view: int) -> Outline:
        """Return the outline of a view."""
        return _outline(self, view)

    def anatomy(self, view: int) -> Anatomy:
        """Return which colours of a view meet."""
        return _anatomy(self, view)


def set_order(random: Random) -> tuple[str, ...]:
    """Return the sets in the order in which one design looks for drawings, the own one first.

    Sets of coloured areas follow, then those of icons, which look crude beside them.
    """
    first = random.choice(_FAVOURITES)
    others = sorted(motif_sets(), key=lambda name: (_is_crude(name), name != first))
    return (OWN_SET, *others)


def _is_crude(name: str) -> bool:
    return name in _ICONS or motif_sets()[name].style != "flat"


def has_drawing(subjects: Sequence[str]) -> bool:
    """Return whether any of these subjects can be drawn."""
    return any(_drawings_of(subject, open_library(None)) for subject in subjects)


def meant_subjects(subjects: Sequence[str], word: str) -> tuple[str, ...]:
    """Return those of the subjects that a word means most exactly.

    Where it is the usual name of subjects of the library, which are drawn in colour, and of none
    of the own motifs, own motifs are something else: a strawberry is the fruit, not the plant.
    """
    library = open_library(None)
    wanted = comparable(word.lower())
    called = [each for each in subjects if wanted in _usual_names(each, library)]
    if any(each.startswith(f"{OWN_SET}:") for each in called):
        return tuple(subjects)
    fine = [each for each in called if any(map(_is_fine, _drawings_of(each, library)))]
    return tuple(fine or subjects)


@lru_cache(maxsize=512)
def _usual_names(subject: str, library: MotifLibrary) -> frozenset[str]:
    set_name, _, name = subject.rpartition(":")
    if set_name == OWN_SET:
        entry = own_motifs()[name]
        names = [*entry.english[:1], *entry.chinese[:1]]
    else:
        names = [text for code in ("en", "zh") for text in library.names(subject, code)[0][:1]]
    return frozenset(comparable(text.lower()) for text in names)


def _is_fine(drawing: tuple[MotifDrawing, bool]) -> bool:
    """Return whether it is a coloured drawing of the whole thing alone."""
    return not drawing[1] and not _is_crude(drawing[0].name.partition(":")[0])


def choose_drawings(
    subjects: Sequence[str], sets: Sequence[str], random: Random, most: int
) -> list[MotifDrawing]:
    """Return up to `most` drawings of one set, of any of these subjects; empty if there is none.

    Args:
        subjects: ids as of `shared.motifs.names`.
        sets: in the order of preference.
        random: chooses among several.
    """
    library = open_library(None)
    found = [drawing for subject in subjects for drawing in _drawings_of(subject, library)]
    for allows_poor in (False, True):
        for name in sets:
            fitting = [
                drawing
                for drawing, is_poor in found
                if drawing.name.partition(":")[0] == name and is_poor <= allows_poor
            ]
            if fitting:
                return random.sample(fitting, min(len(fitting), most))
    return []


@lru_cache(maxsize=512)
def _drawings_of(subject: str, library: MotifLibrary) -> tuple[tuple[MotifDrawing, bool], ...]:
    """Return the drawings of a subject, each with whether it shows a head alone or a scene.

    Icons stand in for a subject that no set draws in coloured areas.
    """
    set_name, _, name = subject.rpartition(":")
    if set_name == OWN_SET:
        return ((_own_drawing(name), False),) if name in own_motifs() else ()
    known = library.subject(subject)
    if known is None:
        return ()
    drawings = library.drawings_of(subject)
    fine = [each for each in drawings if not _is_crude(each.set)]
    return tuple(
        (
            _library_drawing(each, known.turns),
            each.head or (each.set, each.subject) in framed_scenes(),
        )
        for each in fine or drawings
    )


def _own_drawing(name: str) -> MotifDrawing:
    entry = own_motifs()[name]
    return MotifDrawing(
        name=entry.drawing,
        views=entry.views,
        may_turn=entry.turns,
        colours=tuple(colour.hex for colour in entry.colours),
        roles=tuple(colour.role for colour in entry.colours),
    )


def _library_drawing(drawing: LibraryDrawing, may_turn: bool) -> MotifDrawing:
    return MotifDrawing(
        name=drawing.name,
        views=1,
        may_turn=may_turn,
        colours=tuple(colour.hex for colour in drawing.colours),
        roles=tuple(colour.role for colour in drawing.colours),
        content=drawing.content,
        sha256=drawing.sha256,
    )


@lru_cache(maxsize=1024)
def _outline(drawing: MotifDrawing, view: int) -> Outline:
    return outline_of(drawing.shapes(view))


@lru_cache(maxsize=1024)
def _anatomy(drawing: MotifDrawing, view: int) -> Anatomy:
    return anatomy_of(drawing.shapes(view), drawing.colours, drawing.roles)
