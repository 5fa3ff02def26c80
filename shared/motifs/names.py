"""Names of everything that can be drawn, in both languages: what a brief may call a motif."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from shared.briefs.text.index import english_words
from shared.briefs.text.singular import comparable
from shared.briefs.text.spelling import Speller
from shared.motifs.catalog import OWN_SET, own_motifs
from shared.motifs.library import MotifLibrary, open_library
from shared.motifs.words import MotifWords, motif_words

__all__ = ["Match", "MotifNames", "NamedSubject", "motif_names", "own_names"]

Kind = Literal["name", "synonym", "family", "phrase", "undrawn", "wider"]
"""The earlier kinds go first where a word has several; undrawn: a thing without a drawing, whose
name has that of another in it, such as guinea pig."""
_MIN_TYPO_LENGTH = 6
_MIN_SIMILARITY = 0.84


@dataclass(frozen=True, kw_only=True)
class NamedSubject:
    """Something that can be drawn, and what it is called."""

    id: str
    category: str
    english: tuple[str, ...]
    """Names, the usual one first."""
    chinese: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Match:
    """A name found in a text."""

    subjects: tuple[str, ...]
    """Ids of what is called so; the first is the most usual one."""
    length: int
    """In words of an English text, in characters of a Chinese one."""
    kind: Kind
    others: tuple[tuple[str, ...], ...] = ()
    """Subjects of the further things that a set phrase names."""


_Entry = tuple[Kind, tuple[tuple[str, ...], ...]]
"""Kind of a word and the subjects of each thing that it names."""


class MotifNames:
    """Finds names at a place of a text, longest first.

    Exact names go before synonyms, families and narrower words.

    Args:
        subjects: what can be drawn.
        words: further words for it; those without a subject are left out.
    """

    def __init__(self, subjects: Iterable[NamedSubject], words: MotifWords | None = None) -> None:
        self._subjects = {subject.id: subject for subject in subjects}
        self._english: dict[tuple[str, ...], _Entry] = {}
        self._chinese: dict[str, _Entry] = {}
        self._words = words or MotifWords()
        self._as_written: set[str] = set()
        for subject in self._subjects.values():
            for name in subject.english:
                self._as_written |= _words(name)
                self._add_name(self._english, _phrase(name), subject.id)
            for name in subject.chinese:
                self._add_name(self._chinese, name, subject.id)
        self._sort()
        self._add_compounds()
        self._add_words("english", self._words)
        self._add_words("chinese", self._words)
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

    @property
    def max_chars(self) -> int:
        """Return the length of the longest Chinese name."""
        return self._max_chars

    @property
    def max_words(self) -> int:
        """Return the number of words of the longest English name."""
        return self._max_words

    @cached_property
    def speller(self) -> Speller:
        """Return the corrector of misspelled names, in singular and plural."""
        words = {word for phrase in self._english for word in phrase} | self._as_written
        plurals = {f"{word}s" for word in words if len(word) > 2}
        return Speller(words | plurals, min_length=_MIN_TYPO_LENGTH, min_similarity=_MIN_SIMILARITY)

    def contains_word(self, word: str) -> bool:
        """Return whether an English word, or its singular, is part of a name."""
        return word in self.speller or comparable(word) in self.speller

    def chinese_name(self, english: str) -> str:
        """Return the usual Chinese name of what is called so in English; empty if there is none."""
        entry = self._english.get(_phrase(english))
        found = (name for each in (entry[1][0] if entry else ()) for name in self[each].chinese)
        return next(found, "")

    def is_thing(self, written: str) -> bool:
        """Return whether words, as written in lower case, may name a thing at all."""
        return not any(written in words for words in self._words.not_things.values())

    def is_product(self, word: str) -> bool:
        """Return whether a word, in the singular, may be what a design is printed on."""
        return any(word in words for words in self._words.products.values())

    def may_be_drawn(self, word: str) -> bool:
        """Return whether a word without a drawing may be a thing that somebody wants drawn."""
        others = any(word in words for words in self._words.not_nouns.values())
        return self.is_thing(word) and not self.is_product(word) and not others

    def is_colour(self, word: str) -> bool:
        """Return whether a Chinese name before a colour names that colour."""
        return word in self._words.colours.get("chinese", ())

    def match_english(self, words: Sequence[str]) -> Match | None:
        """Return the longest name at the start of lower-case words, or None."""
        singulars = [comparable(word) for word in words[: self._max_words]]
        for length in range(len(singulars), 0, -1):
            if entry := self._english.get(tuple(singulars[:length])):
                return _match(entry, length)
        return None

    def match_chinese(self, text: str, lengths: Iterable[int]) -> Match | None:
        """Return the first name that a text begins with, of the lengths given, or None."""
        for length in lengths:
            if length <= self._max_chars and (entry := self._chinese.get(text[:length])):
                return _match(entry, length)
        return None

    def _add_name(self, index: dict[Any, _Entry], name: Any, subject_id: str) -> None:
        ids = index[name][1][0] if name in index else ()
        if name and subject_id not in ids:
            index[name] = ("name", ((*ids, subject_id),))

    def _sort(self) -> None:
        """Put the subjects that a name means most before those that are called so too."""
        for phrase, (kind, (ids,)) in self._english.items():
            ranked = tuple(sorted(ids, key=lambda each: self._rank(each, phrase)))
            self._english[phrase] = (kind, (ranked,))

    def _add_compounds(self) -> None:
        """Add the names of two words as one word too: deckchair."""
        for phrase, entry in list(self._english.items()):
            if len(phrase) == 2 and len("".join(phrase)) > 5:
                self._as_written.add("".join(phrase))
                self._english.setdefault(("".join(phrase),), entry)

    def _rank(self, subject_id: str, phrase: tuple[str, ...]) -> int:
        if _phrase(subject_id.removeprefix(f"{OWN_SET}:")) == phrase:
            return 0
        return 1 if _phrase(self._subjects[subject_id].english[0]) == phrase else 2

    def _add_words(self, language: str, words: MotifWords) -> None:
        families = {
            word: (sum((self._called(name)[:1] for name in names), ()),)
            for word, names in words.families.get(language, {}).items()
        }
        self._add_entries(language, "family", families)
        synonyms = words.synonyms.get(language, {})
        self._add_entries(
            language, "synonym", {word: (self._called(name),) for word, name in synonyms.items()}
        )
        for name, called in words.called.get(language, {}).items():
            self._add_entries(language, "synonym", dict.fromkeys(called, (self._called(name),)))
        self._add_entries(
            language,
            "phrase",
            {
                word: tuple(filter(None, map(self._called, names)))
                for word, names in words.phrases.get(language, {}).items()
            },
        )
        self._add_entries(
            language, "undrawn", dict.fromkeys(words.undrawn.get(language, ()), (("",),))
        )
        for subject_id, narrower in words.narrower.get(language, {}).items():
            if subject_id in self._subjects:
                self._add_entries(language, "wider", dict.fromkeys(narrower, ((subject_id,),)))

    def _add_entries(
        self, language: str, kind: Kind, entries: Mapping[str, tuple[tuple[str, ...], ...]]
    ) -> None:
        for word, things in entries.items():
            if not things or not things[0]:
                continue
            if language == "chinese":
                self._chinese.setdefault(word, (kind, things))
            else:
                self._as_written |= _words(word)
                self._add_english(_phrase(word), (kind, things))

    def _add_english(self, phrase: tuple[str, ...], entry: _Entry) -> None:
        """Add an entry; a synonym goes before subjects that have the word as a further name."""
        known = self._english.setdefault(phrase, entry)
        ids = known[1][0]
        if entry[0] == "synonym" and known[0] == "name" and self._rank(ids[0], phrase) == 2:
            self._english[phrase] = ("synonym", (tuple(dict.fromkeys((*entry[1][0], *ids))),))

    def _called(self, name: str) -> tuple[str, ...]:
        """Return the subjects that are called so, or that have the name as their id."""
        if entry := self._english.get(_phrase(name)):
            return entry[1][0]
        subject_id = name.replace(" ", "-")
        return (subject_id,) if subject_id in self._subjects else ()


def _words(name: str) -> set[str]:
    return {word for word, _, _ in english_words(name.lower())}


def _phrase(name: str) -> tuple[str, ...]:
    return tuple(comparable(word) for word, _, _ in english_words(name.lower()))


def _match(entry: _Entry, length: int) -> Match:
    kind, things = entry
    return Match(subjects=things[0], length=length, kind=kind, others=things[1:])


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
    names: dict[str, dict[str, list[str]]] = {}
    for language in ("en", "zh"):
        for subject_id, text, is_keyword in library.all_names(language):
            if not is_keyword:  # a keyword says what a drawing has to do with, not what it is
                names.setdefault(subject_id, {}).setdefault(language, []).append(text)
    for subject in library.subjects():
        found = names.get(subject.id, {})
        yield NamedSubject(
            id=subject.id,
            category=subject.category,
            english=tuple(found.get("en", ())) or (subject.id.replace("-", " "),),
            chinese=tuple(found.get("zh", ())),
        )


def motif_names(configured: Path | None = None, optional: Sequence[str] = ()) -> MotifNames:
    """Return the names of all motifs of this installation, the own ones first.

    Args:
        configured, optional: as of `shared.motifs.library.open_library`.
    """
    return _names_of(open_library(configured, optional))


@lru_cache(maxsize=4)
def _names_of(library: MotifLibrary) -> MotifNames:
    return MotifNames((*own_names(), *library_names(library)), motif_words())
