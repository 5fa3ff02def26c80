"""The record types of the lexicon: what a word of a brief can stand for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

__all__ = ["Colour", "Names", "Pattern", "Term", "Theme", "by_key", "names_by_key", "words"]


@dataclass(frozen=True, kw_only=True)
class Term:
    """One notion with its names; the first name of each language is the canonical one."""

    key: str
    en: tuple[str, ...]
    """Lower case."""
    zh: tuple[str, ...]

    def name(self, language: str) -> str:
        """Give the canonical name in "en" or "zh"."""
        return self.names(language)[0]

    def names(self, language: str) -> tuple[str, ...]:
        """Give all names in "en" or "zh"; KeyError for any other language."""
        return {"en": self.en, "zh": self.zh}[language]


@dataclass(frozen=True, kw_only=True)
class Colour(Term):
    """A named colour."""

    hex: str
    """#RRGGBB, sRGB."""

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The colour as sRGB, 0 to 255 each."""
        return int(self.hex[1:3], 16), int(self.hex[3:5], 16), int(self.hex[5:7], 16)


@dataclass(frozen=True, kw_only=True)
class Pattern(Term):
    """A family of surface patterns."""

    kind: str
    """geometric, woven, organic, botanical, figurative or plain."""


@dataclass(frozen=True, kw_only=True)
class Theme(Term):
    """A mood or theme and the palettes it is painted with."""

    palettes: tuple[tuple[str, ...], ...]
    """Keys of colours, the largest area first."""


TermT = TypeVar("TermT", bound=Term)


def by_key(terms: Iterable[TermT]) -> Mapping[str, TermT]:
    """Index terms by key in their order; ValueError where a key comes twice."""
    table: dict[str, TermT] = {}
    for term in terms:
        if term.key in table:
            raise ValueError(f"two terms have the key {term.key!r}")
        table[term.key] = term
    return MappingProxyType(table)


def words(joined: str) -> tuple[str, ...]:
    """Split names written as "one|two|three"."""
    return tuple(joined.split("|"))


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names of a term in both languages."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()


def names_by_key(table: str) -> Mapping[str, Names]:
    """Read "key = english|names = 中文|名字" lines; what follows may wrap to indented lines.

    Raises:
        ValueError: a key comes twice, or a line has not three parts.
    """
    lines: list[str] = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            lines[-1] += line.strip() if line.strip().startswith("|") else " " + line.strip()
        else:
            lines.append(line)
    found: dict[str, Names] = {}
    for line in lines:
        key, en, zh = (part.strip() for part in line.split("="))
        if key in found:
            raise ValueError(f"two lines have the key {key!r}")
        found[key] = Names(en=words(en), zh=words(zh))
    return MappingProxyType(found)
