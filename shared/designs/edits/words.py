"""Reads the table of words of edits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.briefs.text.index import english_words
from shared.briefs.vocabulary import MOODS

__all__ = ["EditWord", "EditWords", "Role", "colourways", "edit_words", "ways_to_say"]

_FILE = Path(__file__).with_name("words.toml")

Role = Literal[
    "quality", "noun", "more", "less", "too", "leaning", "not-so", "degree", "times", "remove",
    "add", "exchange", "substitute", "to", "becomes", "instead", "ground", "on", "colours",
    "colour-noun", "all", "fillers", "heroes", "rotate", "clockwise", "angle", "mirror", "axis",
    "repeat-kind", "repeat", "only", "blank", "category", "plain", "interchange",
]  # fmt: skip
Quality = Literal[
    "contrast", "lightness", "saturation", "softness", "warmth", "size", "density", "line-weight"
]


class EditWord(BaseModel):
    """What the words of an entry do in the description of an edit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    of: Quality | None = None
    """Of a quality or a noun: what it changes."""
    sign: Literal[1, -1] = 1
    value: float | str | None = None
    en: tuple[str, ...] = Field(default=(), repr=False)
    zh: tuple[str, ...] = Field(default=(), repr=False)


class EditWords:
    """The words of edits, which are found longest first."""

    def __init__(self, entries: Mapping[str, EditWord]) -> None:
        self.entries = entries
        self._english: dict[tuple[str, ...], list[EditWord]] = {}
        self._chinese: dict[str, list[EditWord]] = {}
        for entry in entries.values():
            for name in dict.fromkeys(entry.en):
                phrase = tuple(word for word, _, _ in english_words(name))
                self._english.setdefault(phrase, []).append(entry)
            for name in dict.fromkeys(entry.zh):
                self._chinese.setdefault(name, []).append(entry)
        self._max_words = max(map(len, self._english))
        self._max_chars = max(map(len, self._chinese))

    @property
    def english_vocabulary(self) -> frozenset[str]:
        """Return all words of the English phrases."""
        return frozenset(word for phrase in self._english for word in phrase)

    def match_english(self, words: list[str]) -> tuple[tuple[EditWord, ...], int]:
        """Return the entries of the longest phrase at the start, and its number of words."""
        for length in range(min(self._max_words, len(words)), 0, -1):
            if found := self._english.get(tuple(words[:length])):
                return tuple(found), length
        return (), 0

    def match_chinese(self, text: str, start: int) -> tuple[tuple[EditWord, ...], int]:
        """Return the entries of the longest word at a position, and its number of characters."""
        for length in range(min(self._max_chars, len(text) - start), 0, -1):
            if found := self._chinese.get(text[start : start + length]):
                return tuple(found), length
        return (), 0


@lru_cache(maxsize=1)
def edit_words() -> EditWords:
    """Return the words of words.toml.

    Raises:
        ValueError: the file is invalid; the message names the entry and the field.
    """
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return EditWords({name: EditWord.model_validate(table) for name, table in tables.items()})


def ways_to_say() -> str:
    """Return the table of the words of edits for docs/edits.md, as Markdown."""
    rows = ["| Words | English | Chinese |", "|---|---|---|"]
    for name, entry in edit_words().entries.items():
        if entry.role != "blank":
            rows.append(f"| {name} | {', '.join(entry.en)} | {'、'.join(entry.zh)} |")
    return "\n".join(rows)


def colourways() -> str:
    """Return the table of colourways for docs/edits.md, as Markdown."""
    rows = ["| Colourway | Words | Colours |", "|---|---|---|"]
    for key, mood in MOODS.items():
        colours = dict.fromkeys(each for palette in mood.palettes for each in palette)
        rows.append(f"| {key} | {mood.en[0]}, {mood.zh[0]} | {', '.join(colours)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(f"{colourways()}\n\n{ways_to_say()}")
