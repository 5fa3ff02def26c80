"""Decides which things the installed library holds, and what counts as a drawing of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

from shared.briefs.text.index import english_words
from shared.briefs.text.singular import singular
from shared.motifs.catalog import OWN_SET, own_motifs
from shared.motifs.names import MotifNames
from worker.evaluation.motifs.briefs import MotifBrief, Thing

__all__ = ["Holding", "Holdings", "words_of"]

Holding = Literal["held", "wider", "missing"]
"""held: under its own name; wider: only something that may stand for it; missing: neither."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the English words of a text in the singular."""
    return tuple(singular(word) for word, _, _ in english_words(text.lower()))


_EXACT = ("name", "synonym")
"""Kinds of matches that mean exactly the thing."""


class Holdings:
    """Looks up the things of briefs among the names of an installation."""

    def __init__(self, names: MotifNames) -> None:
        self._names = names

    def holding(self, thing: Thing) -> Holding:
        """Return whether the installation holds a drawing of a thing."""
        if self.subjects(thing.names):
            return "held"
        return "wider" if self._wider(thing) else "missing"

    def subjects(self, names: Iterable[str]) -> frozenset[str]:
        """Return the ids of what is called so, or may stand for a word so wide."""
        found: set[str] = set()
        for name in names:
            phrase = words_of(name)
            match = self._names.match_english(phrase)
            if match and match.length == len(phrase) and match.kind in _EXACT:
                found.update(match.subjects)
            found.update(_narrower().get(phrase, ()))
        return frozenset(found & self._known(found))

    def accepted(self, thing: Thing, brief: MotifBrief) -> frozenset[str]:
        """Return the subjects that count as drawings of a thing of a brief.

        Beside those of its names these are kinds of it that the brief calls by their longer
        name, such as the black cat of "black cats".
        """
        found = self.subjects(thing.names) | self._wider(thing)
        return found | frozenset(self._kinds(thing, brief))

    def _wider(self, thing: Thing) -> frozenset[str]:
        """Return what may stand for a thing by its labels, or by the installation's words."""
        phrase = words_of(thing.name)
        match = self._names.match_english(phrase)
        documented = match and match.length == len(phrase) and match.kind == "wider"
        return self.subjects(thing.wider) | self._known(
            match.subjects if match and documented else ()
        )

    def _kinds(self, thing: Thing, brief: MotifBrief) -> Iterable[str]:
        kind = words_of(thing.name)
        text = words_of(brief.text)
        for start in range(len(text)):
            match = self._names.match_english(text[start:])
            if match and match.kind in _EXACT:
                phrase = text[start : start + match.length]
                if len(phrase) > len(kind) and phrase[-len(kind) :] == kind:
                    yield from match.subjects
        for start in range(len(brief.text)):
            rest = brief.text[start:]
            match = self._names.match_chinese(rest, range(len(rest), 0, -1))
            for subject in match.subjects if match and match.kind in _EXACT else ():
                if any(
                    words_of(name)[-len(kind) :] == kind for name in self._names[subject].english
                ):
                    yield subject

    def _known(self, subjects: Iterable[str]) -> frozenset[str]:
        return frozenset(subject for subject in subjects if subject in self._names)


@cache
def _narrower() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the own motifs that may stand for a wider word."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for entry in own_motifs().values():
        for word in entry.wider:
            phrase = words_of(word)
            found[phrase] = (*found.get(phrase, ()), f"{OWN_SET}:{entry.name}")
    return found
