"""Reads the tables of words beside the names: synonyms, families, set phrases, narrower words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["MotifWords", "motif_words", "read_tables"]

_FOLDER = Path(__file__).with_name("naming")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MotifWords(_Table):
    """Words for motifs besides the names of the subjects; languages are english and chinese."""

    synonyms: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """Name that a word is a synonym of, by language and word."""
    called: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(default_factory=dict)
    """Synonyms of a name, by language and name."""
    families: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(default_factory=dict)
    """Names of the members that may be drawn for a word."""
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(default_factory=dict)
    """Names of the things that a set phrase names together."""
    undrawn: Mapping[str, frozenset[str]] = Field(default_factory=dict)
    """Things without a drawing whose names have the name of another thing in them."""
    not_things: Mapping[str, frozenset[str]] = Field(default_factory=dict)
    """Words that mean something else in a brief, as written."""
    not_nouns: Mapping[str, frozenset[str]] = Field(default_factory=dict)
    """Words that are never reported as a thing without a drawing."""
    products: Mapping[str, frozenset[str]] = Field(default_factory=dict)
    """Products and places: things only where they are joined to a thing, or in the plural."""
    colours: Mapping[str, frozenset[str]] = Field(default_factory=dict)
    """Things whose name before a colour names a colour."""
    narrower: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(default_factory=dict)
    """Narrower words by language and by the id of the subject that is drawn for them."""


@lru_cache(maxsize=1)
def motif_words() -> MotifWords:
    """Return the words of the files of `naming`, which are read as one.

    Raises:
        ValueError: a file is invalid; the message names the field.
    """
    return MotifWords.model_validate(read_tables())


def read_tables(folder: Path = _FOLDER) -> dict[str, dict[str, Any]]:
    """Return the tables of the files of a folder by name and language.

    Raises:
        ValueError: two files have the same entry; the message names it.
    """
    tables: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, languages in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for language, words in languages.items():
                known = tables.setdefault(name, {}).setdefault(language, type(words)())
                if twice := set(known) & set(words):
                    raise ValueError(
                        f"{path.name}: {name}.{language}: {min(twice)!r} is there twice"
                    )
                tables[name][language] = known + words if isinstance(words, list) else known | words
    return tables
