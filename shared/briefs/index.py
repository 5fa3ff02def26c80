"""Index of the vocabulary: find the longest name that begins at a place of a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from shared.briefs.loader import load_replacements
from shared.briefs.terms import Term

__all__ = ["Entry", "Index", "corrected", "english_words", "is_chinese", "stem"]

_SPELLINGS = load_replacements("spellings")
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?|&")
_PHRASE_KINDS = {
    "false-matches": "unknown",
    "gradients": "gradient",
    "negations": "not",
    "stop-words": "stop",
    "negation-ends": "stop",
}
"""Kinds of the entries of phrases.toml."""
_LEAST_ALIKE = 0.83
_SHORTEST_TYPO = 5


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a name or phrase stands for."""

    kind: str
    """A vocabulary's name, or "stop", "not", "gradient" or "unknown"."""
    key: str


def is_chinese(letter: str) -> bool:
    """Return whether a character is a Han ideograph."""
    return "㐀" <= letter <= "鿿" or "豈" <= letter <= "﫿"


def english_words(text: str) -> list[tuple[str, int, int]]:
    """Split lower-case text into (word, start, end); hyphens separate words."""
    return [
        (_SPELLINGS.get(match[0], match[0].replace("’", "'")), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]


def stem(word: str) -> str:
    """Return an English word without its plural ending."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


class Index:
    """The names of all vocabularies and the phrases, in both languages."""

    def __init__(
        self,
        vocabularies: Mapping[str, Mapping[str, Term]],
        phrases: Mapping[str, Term],
    ) -> None:
        self._exact: dict[tuple[str, ...], Entry] = {}
        self._stemmed: dict[tuple[str, ...], Entry] = {}
        self._zh: dict[str, Entry] = {}
        terms = [(kind, term) for kind, known in vocabularies.items() for term in known.values()]
        for kind, term in terms:
            self._add(Entry(kind=kind, key=term.key), term.en, term.zh)
        for kind, term in terms:
            self._add(Entry(kind=kind, key=term.key), term.en_synonyms, term.zh_synonyms)
        for key, kind in _PHRASE_KINDS.items():
            self._add(Entry(kind=kind, key=""), phrases[key].en, phrases[key].zh)
        self.longest_en = max(map(len, self._exact))
        self.longest_zh = max(map(len, self._zh))
        self.vocabulary = frozenset(word for phrase in self._exact for word in phrase)
        self._stems = frozenset(map(stem, self.vocabulary))

    def _add(self, entry: Entry, en: tuple[str, ...], zh: tuple[str, ...]) -> None:
        for name in en:
            phrase = tuple(word for word, _, _ in english_words(name))
            self._exact.setdefault(phrase, entry)
            self._stemmed.setdefault(tuple(map(stem, phrase)), entry)
        for name in zh:
            self._zh.setdefault(name, entry)
            if name.endswith("风"):  # 水墨风 and 水墨风格
                self._zh.setdefault(name + "格", entry)

    def knows(self, word: str) -> bool:
        """Return whether a word, or its singular, is part of any English phrase."""
        return word in self.vocabulary or stem(word) in self._stems

    def english(self, words: list[str]) -> tuple[Entry, int] | None:
        """Return the longest phrase that the words begin with and its count of words, or None."""
        for length in range(min(self.longest_en, len(words)), 0, -1):
            phrase = tuple(words[:length])
            entry = self._exact.get(phrase) or self._stemmed.get(tuple(map(stem, phrase)))
            if entry:
                return entry, length
        return None

    def chinese(
        self, text: str, start: int, at_most: int | None = None
    ) -> tuple[Entry, int] | None:
        """Return the longest name that begins at `start` and its length; None: there is none."""
        longest = min(at_most or self.longest_zh, len(text) - start)
        for length in range(longest, 0, -1):
            entry = self._zh.get(text[start : start + length])
            if entry:
                return entry, length
        return None


@cache
def _by_length(vocabulary: frozenset[str]) -> Mapping[int, tuple[tuple[str, int], ...]]:
    """Return the words that may be misspelt, each with its letters as a bit mask."""
    table: dict[int, list[tuple[str, int]]] = {}
    for word in sorted(vocabulary):
        if len(word) >= _SHORTEST_TYPO - 1:
            table.setdefault(len(word), []).append((word, _letters(word)))
    return {length: tuple(found) for length, found in table.items()}


def _letters(word: str) -> int:
    """Return the set of a word's letters as a bit mask; letters beyond a to z may share bits."""
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 63)
    return mask


def _most_common(word: str, mask: int, other: int) -> int:
    """Return an upper bound on the letters of a word that another word can have, too."""
    return len(word) - (mask & ~other).bit_count()


def corrected(word: str, index: Index) -> str:
    """Return the known word that a long unknown one misspells, or the word itself."""
    if len(word) < _SHORTEST_TYPO or not word.isalpha():
        return word
    best, most_alike = word, _LEAST_ALIKE
    by_length = _by_length(index.vocabulary)
    letters, mask = sorted(word), _letters(word)
    for length in range(len(word) - 2, len(word) + 3):
        for known, other in by_length.get(length, ()):
            common = min(_most_common(word, mask, other), _most_common(known, other, mask))
            if 2 * common <= most_alike * (len(word) + length):
                continue  # before the matcher, which takes a hundred times as long
            if length == len(word) and sorted(known) == letters and known[0] == word[0]:
                return known  # two letters swapped
            if known[0] != word[0] and known[-1] != word[-1]:
                continue
            matcher = SequenceMatcher(None, word, known, autojunk=False)
            if matcher.quick_ratio() > most_alike and (alike := matcher.ratio()) > most_alike:
                best, most_alike = known, alike
    return best
