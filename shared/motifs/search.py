"""Finds motifs by their names, as people type them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.briefs.text.singular import singular
from shared.motifs.catalog import OWN_LICENCE, OWN_SET, own_motifs
from shared.motifs.curation import motif_sets
from shared.motifs.library import MotifLibrary, folded
from shared.motifs.names import NamedSubject, library_names, own_names

__all__ = ["FoundMotif", "find_motif", "search_motifs"]


@dataclass(frozen=True, kw_only=True)
class FoundMotif:
    """A motif that can be drawn."""

    id: str
    english: str
    """Its usual name."""
    chinese: str
    """Its usual name; the English one if it has none."""
    category: str
    turns: bool
    """Whether it may be turned at will."""
    sets: tuple[str, ...]
    """Sets that draw it."""
    licences: tuple[str, ...]
    """SPDX expressions of these sets, each once."""

    def name(self, language: str) -> str:
        """Return its usual name in "en" or "zh"."""
        return self.chinese if language == "zh" else self.english


@dataclass(frozen=True, kw_only=True)
class _Entry:
    motif: FoundMotif
    names: frozenset[str]
    keywords: frozenset[str]


def search_motifs(library: MotifLibrary, words: str) -> list[FoundMotif]:
    """Return the motifs that are called so in English or Chinese, the closest first.

    A name that is equal goes before one that begins so, one that contains the words, and a keyword
    that is equal or begins so; Codesigner's own motifs go before those of the library.

    Args:
        words: as typed; empty: all motifs, by their English names.
    """
    wanted = folded(words)
    if not wanted:
        return sorted((each.motif for each in _entries(library)), key=lambda motif: motif.english)
    forms = {wanted, " ".join(map(singular, wanted.split()))}
    ranked = [
        (rank, index, entry.motif)
        for index, entry in enumerate(_entries(library))
        if (rank := _rank(entry, forms)) is not None
    ]
    return [motif for _, _, motif in sorted(ranked, key=lambda row: row[:2])]


def find_motif(library: MotifLibrary, motif_id: str) -> FoundMotif | None:
    """Return the motif of an id; None: there is none in this installation."""
    return next((each.motif for each in _entries(library) if each.motif.id == motif_id), None)


def _rank(entry: _Entry, forms: set[str]) -> tuple[int, int] | None:
    """Return how close an entry is, smaller is closer; None: it is not called so."""
    if forms & entry.names:
        return 0, 0
    begins = [name for name in entry.names if any(map(name.startswith, forms))]
    if begins:
        return 1, min(map(len, begins))
    contains = [name for name in entry.names if any(form in name for form in forms)]
    if contains:
        return 2, min(map(len, contains))
    if forms & entry.keywords:
        return 3, 0
    if any(any(map(keyword.startswith, forms)) for keyword in entry.keywords):
        return 4, 0
    return None


@lru_cache(maxsize=4)
def _entries(library: MotifLibrary) -> tuple[_Entry, ...]:
    own = []
    for named in own_names():
        motif = own_motifs()[_own_name(named)]
        keywords = (*motif.keywords_english, *motif.keywords_chinese)
        own.append(_entry(named, motif.turns, (OWN_SET,), keywords))
    sets: dict[str, list[str]] = {}
    for name in library.sets:
        for subject in library.subjects_of(name):
            sets.setdefault(subject, []).append(name)
    turns = {subject.id: subject.turns for subject in library.subjects()}
    stored = [
        _entry(named, turns[named.id], sets[named.id], _keywords(library, named.id))
        for named in library_names(library)
        if named.id in sets
    ]
    return (*own, *stored)


def _own_name(named: NamedSubject) -> str:
    return named.id.partition(":")[2]


def _keywords(library: MotifLibrary, subject: str) -> list[str]:
    return [word for language in ("en", "zh") for word in library.names(subject, language)[1]]


def _entry(
    named: NamedSubject, turns: bool, sets: Sequence[str], keywords: Sequence[str]
) -> _Entry:
    licences = (OWN_LICENCE if name == OWN_SET else motif_sets()[name].licence for name in sets)
    return _Entry(
        motif=FoundMotif(
            id=named.id,
            english=named.english[0],
            chinese=named.chinese[0] if named.chinese else named.english[0],
            category=named.category,
            turns=turns,
            sets=tuple(sets),
            licences=tuple(dict.fromkeys(licences)),
        ),
        names=frozenset(map(folded, (*named.english, *named.chinese))),
        keywords=frozenset(map(folded, keywords)),
    )
