"""Reads the catalogue of the motifs that Codesigner draws itself."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["OWN_AUTHOR", "OWN_LICENCE", "OWN_SET", "MotifColour", "MotifEntry", "own_motifs"]

OWN_SET = "own"
"""Name of the set that Codesigner draws itself."""
OWN_AUTHOR, OWN_LICENCE = "Codesigner", "Apache-2.0"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MotifColour(_Part):
    """One of a drawing's own colours."""

    role: str
    """What it colours: body, petal, leaf, stem, beak, eye, detail and others."""
    hex: str = Field(pattern=r"^#[0-9A-F]{6}$")


class MotifEntry(_Part):
    """A motif: what it is called and how it may be drawn."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")
    """Unique in its set."""
    version: str
    english: tuple[str, ...] = Field(min_length=1)
    """Names, the usual one first."""
    chinese: tuple[str, ...] = Field(min_length=1)
    keywords_english: tuple[str, ...] = ()
    keywords_chinese: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    """Wider words that it may stand for, in English."""
    category: Literal["animal", "plant", "food", "sky", "landscape", "object"]
    views: int = Field(ge=1)
    turns: bool
    """Whether it may be turned at will: a fox stands, a leaf tumbles."""
    colours: tuple[MotifColour, ...] = Field(min_length=1, max_length=12)

    @property
    def drawing(self) -> str:
        """Return its name as a record's element has it."""
        return f"{OWN_SET}:{self.name}@{self.version}"


@lru_cache(maxsize=1)
def own_motifs() -> Mapping[str, MotifEntry]:
    """Return Codesigner's own motifs by name."""
    found: dict[str, MotifEntry] = {}
    paths = (Path(__file__).parent / "own").rglob("*.toml")
    for path in sorted(paths, key=lambda each: each.name):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["motif"]:
            entry = MotifEntry.model_validate(row)
            if entry.name in found:
                raise ValueError(f"{path.name}: the motif {entry.name} is defined twice")
            found[entry.name] = entry
    return MappingProxyType(found)
