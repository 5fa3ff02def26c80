"""The directions and their words, loaded from directions.toml."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.briefs.vocabulary import COLOURS, MOODS

__all__ = ["Direction", "Directions", "directions"]

_FILE = Path(__file__).with_name("directions.toml")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Texts(_Table):
    """A text in each language."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def said(self, language: str) -> str:
        """Return the text in "en" or "zh"."""
        return self.zh if language == "zh" else self.en


class Audience(_Table):
    """Words for an occasion, or for whom a design is."""

    en: frozenset[str]
    zh: frozenset[str]
    occasion: bool = False
    """Whether it decides more than a mood does."""


class Direction(_Table):
    """A pattern or things, with colours, and the moods, occasions and people that they suit."""

    kind: str
    has: frozenset[str] = frozenset()
    """Further kinds of things in it."""
    fits: frozenset[str]
    title: Texts
    draw: Texts
    colours: tuple[str, ...] = Field(min_length=2, max_length=4)


class Directions(_Table):
    """The tables of directions.toml."""

    kinds: Mapping[str, frozenset[str]]
    """What directions of each kind are refused by: keys of patterns, and words."""
    audiences: Mapping[str, Audience]
    direction: tuple[Direction, ...] = Field(min_length=4)

    @model_validator(mode="after")
    def _names_exist(self) -> "Directions":
        for each in self.direction:
            unknown = {*each.colours} - {*COLOURS} | each.fits - {*MOODS, *self.audiences}
            unknown |= {each.kind, *each.has} - {*self.kinds}
            if unknown:
                raise ValueError(f"{each.title.en}: there is no {', '.join(sorted(unknown))}")
        return self


@lru_cache(maxsize=1)
def directions() -> Directions:
    """Return the tables.

    Raises:
        ValueError: the file is invalid; the message names the entry.
    """
    return Directions.model_validate(tomllib.loads(_FILE.read_text(encoding="utf-8")))
