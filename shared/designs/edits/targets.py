"""Which motifs, layers and colours of a design words name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.designs.edits.facts import Facts, motif_of
from shared.designs.edits.refusals import EditRefused
from shared.designs.edits.scan import Mark
from shared.designs.edits.words import Role
from shared.motifs.names import MotifNames

__all__ = ["Targets", "colour_target", "has", "targets", "things_in"]

_THINGS = frozenset(("category", "fillers", "heroes"))
_NO_THINGS = frozenset(("gradient", "solid"))


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Motifs and layers that are named; None: none is."""

    motifs: tuple[str, ...] | None = None
    layers: tuple[str, ...] | None = None


def has(marks: Sequence[Mark], *roles: Role) -> bool:
    """Return whether one of the words has one of these roles."""
    return any(mark.word(*roles) for mark in marks)


def things_in(marks: Sequence[Mark]) -> list[Mark]:
    """Return the words that name a motif or a pattern, or motifs of a category or role."""
    return [
        mark
        for mark in marks
        if (mark.names_thing and mark.family not in _NO_THINGS)
        or mark.word("category", "fillers", "heroes")
    ]


def targets(marks: Sequence[Mark], facts: Facts, names: MotifNames) -> Targets:
    """Return the motifs and layers of the design that are named.

    Raises:
        EditRefused: a thing is named that the design does not have.
    """
    motifs: list[str] = []
    layers: list[str] = []
    for mark in things_in(marks):
        found, found_layers = _found(mark, facts, names)
        if not found and not found_layers:
            others = [word for word in mark.words if word.role not in _THINGS]
            if others or mark.colour or mark.mood:
                continue
            raise EditRefused("no_such_thing", word=mark.text, present=facts.described_motifs())
        motifs += found
        layers += found_layers
    return Targets(
        motifs=tuple(dict.fromkeys(motifs)) or None, layers=tuple(dict.fromkeys(layers)) or None
    )


def _found(mark: Mark, facts: Facts, names: MotifNames) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the motifs and the layers that a word names."""
    if motifs := facts.motifs_called(mark.subjects):
        return motifs, ()
    if layers := (facts.layers_called(mark.family) if mark.family else ()):
        return (), layers
    if word := mark.word("category"):
        return _of_category(str(word.value), facts, names), ()
    if word := mark.word("fillers", "heroes"):
        return _of_size(facts, largest=word.role == "heroes"), ()
    return (), ()


def _of_category(category: str, facts: Facts, names: MotifNames) -> tuple[str, ...]:
    found: list[str] = []
    for layer in facts.motif_layers:
        for element in layer.elements:
            motif = motif_of(element.motif)
            found += [
                motif
                for subject in (f"own:{motif}", motif)
                if subject in names and names[subject].category == category
            ]
    return tuple(dict.fromkeys(found))


def _of_size(facts: Facts, *, largest: bool) -> tuple[str, ...]:
    """Return the motifs that are only fillers, or the heroes, of the recipes."""
    roles: dict[str, set[str]] = {}
    for layer in facts.motif_layers:
        for item in layer.recipe.items:
            for drawing in item.drawings:
                roles.setdefault(motif_of(drawing), set()).add(item.role)
    present = [motif for motif in facts.motifs if motif in roles]
    if largest:
        return tuple(motif for motif in present if "hero" in roles[motif])
    return tuple(motif for motif in present if "hero" not in roles[motif])


def colour_target(mark: Mark, facts: Facts) -> str:
    """Return the palette entry that a colour's name or hex means.

    Raises:
        EditRefused: the design has no such colour.
    """
    assert mark.colour is not None
    found = facts.colour_called(mark.colour, mark.colour_name)
    if found is None:
        raise EditRefused("no_such_colour", word=mark.text, present=facts.described_colours())
    return found
