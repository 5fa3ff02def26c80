"""Names of everything that can be drawn, in both languages: what a brief may call a motif."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from shared.briefs.index import english_words, stem
from shared.motifs.catalog import OWN_SET, own_motifs
from shared.motifs.library import MotifLibrary, open_library

__all__ = ["Match", "MotifNames", "NamedSubject", "motif_names", "own_names", "singular"]

Kind = Literal["name", "keyword"]
_MAX_SHARED = 3
"""Number of subjects with the same keyword above which it says too little."""


@dataclass(frozen=True, kw_only=True)
class NamedSubject:
    """Something that can be drawn, and what it is called."""

    id: str
    category: str
    english: tuple[str, ...]
    """Names, the usual one first."""
    chinese: tuple[str, ...] = ()
    english_keywords: tuple[str, ...] = ()
    chinese_keywords: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Match:
    """A name found in a text."""

    subjects: tuple[str, ...]
    """Ids of what is called so; the first is the most usual one."""
    length: int
    """In words of an English text, in characters of a Chinese one."""
    kind: Kind


class MotifNames:
    """Finds names at a place of a text, longest first; exact names go before keywords."""

    def __init__(self, subjects: Iterable[NamedSubject]) -> None:
        self._subjects = {subject.id: subject for subject in subjects}
        self._english: dict[tuple[str, ...], dict[Kind, list[str]]] = {}
        self._chinese: dict[str, dict[Kind, list[str]]] = {}
        for subject in self._subjects.values():
            self._add_english(subject.id, "name", subject.english)
            self._add_english(subject.id, "keyword", subject.english_keywords)
            self._add_chinese(subject.id, "name", subject.chinese)
            self._add_chinese(subject.id, "keyword", subject.chinese_keywords)
        self._max_words = max(map(len, self._english), default=0)
        self._max_chars = max(map(len, self._chinese), default=0)

    def __len__(self) -> int:
        """Return the number of subjects."""
        return len(self._subjects)

    def __getitem__(self, subject_id: str) -> NamedSubject:
        """Return a subject by its id; KeyError if there is none."""
        return self._subjects[subject_id]

    def __contains__(self, subject_id: object) -> bool:
        """Return whether a subject exists."""
        return subject_id in self._subjects

    def _add_english(self, subject_id: str, kind: Kind, names: Iterable[str]) -> None:
        for name in names:
            phrase = tuple(singular(word) for word, _, _ in english_words(name.lower()))
            if phrase:
                _append(self._english.setdefault(phrase, {}), kind, subject_id)

    def _add_chinese(self, subject_id: str, kind: Kind, names: Iterable[str]) -> None:
        for name in names:
            _append(self._chinese.setdefault(name, {}), kind, subject_id)

    def match_english(self, words: Sequence[str]) -> Match | None:
        """Return the longest name at the start of lower-case words, or None."""
        singulars = [singular(word) for word in words[: self._max_words]]
        for length in range(len(singulars), 0, -1):
            found = self._english.get(tuple(singulars[:length]))
            if found and (match := _match(found, length)):
                return match
        return None

    def match_chinese(self, text: str, start: int) -> Match | None:
        """Return the longest name of a text that begins at `start`, or None."""
        for length in range(min(self._max_chars, len(text) - start), 0, -1):
            found = self._chinese.get(text[start : start + length])
            if found and (match := _match(found, length)):
                return match
        return None


_IRREGULAR = {
    "mice": "mouse", "geese": "goose", "wolves": "wolf", "leaves": "leaf", "knives": "knife",
    "calves": "calf", "sheaves": "sheaf", "children": "child", "feet": "foot", "teeth": "tooth",
    "oxen": "ox", "octopi": "octopus", "cacti": "cactus", "fungi": "fungus", "loaves": "loaf",
    "scarves": "scarf", "halves": "half", "shelves": "shelf", "elves": "elf", "dwarves": "dwarf",
    "hooves": "hoof", "butterflies": "butterfly",
}  # fmt: skip
_ES_ENDINGS = ("ches", "shes", "sses", "xes", "zes", "oes")


def singular(word: str) -> str:
    """Return an English noun in the singular, as far as its ending tells."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith(_ES_ENDINGS):
        return word[:-2]
    return stem(word)


def _append(found: dict[Kind, list[str]], kind: Kind, subject_id: str) -> None:
    ids = found.setdefault(kind, [])
    if subject_id not in ids:
        ids.append(subject_id)


def _match(found: dict[Kind, list[str]], length: int) -> Match | None:
    if names := found.get("name"):
        return Match(subjects=tuple(names), length=length, kind="name")
    keywords = found["keyword"]
    if len(keywords) > _MAX_SHARED:
        return None
    return Match(subjects=tuple(keywords), length=length, kind="keyword")


def own_names() -> Iterable[NamedSubject]:
    """Yield the names of Codesigner's own motifs."""
    for entry in own_motifs().values():
        yield NamedSubject(
            id=f"{OWN_SET}:{entry.name}",
            category=entry.category,
            english=entry.english,
            chinese=entry.chinese,
        )


def library_names(library: MotifLibrary) -> Iterable[NamedSubject]:
    """Yield the names of the motif library's subjects."""
    names: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
    for language in ("en", "zh"):
        for subject_id, text, is_keyword in library.all_names(language):
            lists = names.setdefault(subject_id, {}).setdefault(language, ([], []))
            lists[is_keyword].append(text)
    for subject in library.subjects():
        english = names.get(subject.id, {}).get("en", ([], []))
        chinese = names.get(subject.id, {}).get("zh", ([], []))
        yield NamedSubject(
            id=subject.id,
            category=subject.category,
            english=tuple(english[0]) or (subject.id.replace("-", " "),),
            chinese=tuple(chinese[0]),
            english_keywords=tuple(english[1]),
            chinese_keywords=tuple(chinese[1]),
        )


def motif_names(configured: Path | None = None, optional: Sequence[str] = ()) -> MotifNames:
    """Return the names of all motifs of this installation, the own ones first.

    Args:
        configured, optional: as of `shared.motifs.library.open_library`.
    """
    return _names_of(open_library(configured, optional))


@lru_cache(maxsize=4)
def _names_of(library: MotifLibrary) -> MotifNames:
    return MotifNames((*own_names(), *library_names(library)))
