"""Index of the vocabulary: find the longest name that starts at a position of a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.briefs.text.loader import load_replacements
from shared.briefs.text.spelling import Speller
from shared.briefs.text.terms import Term

__all__ = ["Entry", "Index", "english_words", "is_chinese", "stem"]

_SPELLINGS = load_replacements("spellings")
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?|&")
_PHRASE_KINDS = {
    "false-matches": "unknown",
    "gradients": "gradient",
    "only": "only",
    "not-refusals": "stop",
    "negations": "not",
    "stop-words": "stop",
    "negation-ends": "stop",
}
"""Token kinds of the entries of phrases.toml."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The kind and key that a name or phrase denotes."""

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
        terms = [
            (kind, term) for kind, entries in vocabularies.items() for term in entries.values()
        ]
        for kind, term in terms:
            self._add(Entry(kind=kind, key=term.key), term.en, term.zh)
        for kind, term in terms:
            self._add(Entry(kind=kind, key=term.key), term.en_synonyms, term.zh_synonyms)
        for key, kind in _PHRASE_KINDS.items():
            self._add(Entry(kind=kind, key=""), phrases[key].en, phrases[key].zh)
        self.max_english_words = max(map(len, self._exact))
        self.max_chinese_length = max(map(len, self._zh))
        self.vocabulary = frozenset(word for phrase in self._exact for word in phrase)
        self.speller = Speller(self.vocabulary)
        self._stems = frozenset(map(stem, self.vocabulary))

    def _add(self, entry: Entry, en: tuple[str, ...], zh: tuple[str, ...]) -> None:
        for name in en:
            phrase = tuple(word for word, _, _ in english_words(name))
            self._exact.setdefault(phrase, entry)
            self._stemmed.setdefault(tuple(map(stem, phrase)), entry)
        for name in zh:
            self._zh.setdefault(name, entry)
            if name.endswith("风") and entry.kind != "function":  # 水墨风 and 水墨风格
                self._zh.setdefault(name + "格", entry)

    def contains_word(self, word: str) -> bool:
        """Return whether a word, or its singular, is part of any English phrase."""
        return word in self.vocabulary or stem(word) in self._stems

    def match_english(self, words: list[str]) -> tuple[Entry, int] | None:
        """Return the longest phrase at the start of the words and its word count, or None."""
        for length in range(min(self.max_english_words, len(words)), 0, -1):
            phrase = tuple(words[:length])
            entry = self._exact.get(phrase) or self._stemmed.get(tuple(map(stem, phrase)))
            if entry:
                return entry, length
        return None

    def match_chinese(
        self, text: str, start: int, max_length: int | None = None
    ) -> tuple[Entry, int] | None:
        """Return the longest name that starts at `start` and its length, or None."""
        longest = min(max_length or self.max_chinese_length, len(text) - start)
        for length in range(longest, 0, -1):
            entry = self._zh.get(text[start : start + length])
            if entry:
                return entry, length
        return None
