"""Reads which drawings become motifs: the files of shared/motifs/sets."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "SETS_FOLDER",
    "Category",
    "ExtraSubject",
    "MotifSet",
    "Style",
    "Subgroup",
    "curation_marks",
    "curation_sha256",
    "extra_subjects",
    "framed_scenes",
    "motif_sets",
    "parse_optional_sets",
    "subgroups",
]

SETS_FOLDER = Path(__file__).parent / "sets"
Category = Literal["animal", "plant", "food", "sky", "landscape", "object"]
Style = Literal["flat", "duotone", "block", "line"]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MotifSet(_Row):
    """A set of drawings in a package."""

    name: str = Field(pattern=r"^[a-z][a-z0-9]{1,15}$")
    title: str
    package: str
    names: Literal["emoji", "labels", "words"]
    """How its drawings are found; see sets.toml."""
    ending: str = ""
    style: Style
    licence: str
    """SPDX expression."""
    author: str
    optional: bool = False
    """Whether it is off until a setting names it."""

    @property
    def version(self) -> str:
        """Return the version of the package in the lock."""
        return str(_locked_packages()[f"node_modules/{self.package}"]["version"])

    @property
    def integrity(self) -> str:
        """Return the hash of the package in the lock."""
        return str(_locked_packages()[f"node_modules/{self.package}"]["integrity"])


class Subgroup(_Row):
    """What becomes of a subgroup of emoji."""

    name: str
    category: Category
    turns: bool
    only: tuple[str, ...] | None = None
    upright: tuple[str, ...] = ()
    turned: tuple[str, ...] = ()

    def keeps(self, subject: str) -> bool:
        """Return whether a subject of the subgroup becomes a motif."""
        return self.only is None or subject in self.only

    def may_turn(self, subject: str) -> bool:
        """Return whether a subject of the subgroup may be turned at will."""
        return subject in self.turned if not self.turns else subject not in self.upright


class ExtraSubject(_Row):
    """A row of subjects.csv."""

    subject: str = Field(pattern=r"^[a-z][a-z0-9-]{0,60}$")
    category: Category | None
    """None: an emoji shows it, and the row only adds drawings."""
    turns: bool
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    drawings: Mapping[str, str]
    """Names of drawings by the short name of their package."""


@lru_cache(maxsize=1)
def motif_sets() -> Mapping[str, MotifSet]:
    """Return all sets by name."""
    rows = tomllib.loads((SETS_FOLDER / "sets.toml").read_text(encoding="utf-8"))["set"]
    return MappingProxyType({row["name"]: MotifSet.model_validate(row) for row in rows})


def parse_optional_sets(names: str) -> tuple[str, ...]:
    """Return the optional sets of a comma-separated list.

    Raises:
        ValueError: a name is not one of an optional set.
    """
    known = [each.name for each in motif_sets().values() if each.optional]
    asked = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    for name in asked:
        if name not in known:
            raise ValueError(f"{name} is none of {', '.join(known)}")
    return asked


@lru_cache(maxsize=1)
def subgroups() -> Mapping[str, Subgroup]:
    """Return the subgroups of emoji that become motifs, by name."""
    text = (SETS_FOLDER / "categories.toml").read_text(encoding="utf-8")
    rows = [Subgroup.model_validate(row) for row in tomllib.loads(text)["subgroup"]]
    return MappingProxyType({row.name: row for row in rows})


@lru_cache(maxsize=1)
def extra_subjects() -> Mapping[str, ExtraSubject]:
    """Return the rows of subjects.csv by subject.

    Raises:
        ValueError: a subject has two rows.
    """
    found: dict[str, ExtraSubject] = {}
    for row in _rows("subjects.csv"):
        extra = ExtraSubject(
            subject=row["subject"],
            category=row["category"] or None,  # type: ignore[arg-type]
            turns=row["turns"] == "yes",
            english=_split(row["english"]),
            chinese=_split(row["chinese"]),
            drawings=dict(each.split(":", 1) for each in row["drawings"].split()),
        )
        if extra.subject in found:
            raise ValueError(f"subjects.csv: {extra.subject} has two rows")
        found[extra.subject] = extra
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def curation_marks() -> Mapping[tuple[str, str], str]:
    """Return the marks of curation.csv by set (* for all) and subject."""
    rows = _rows("curation.csv")
    return MappingProxyType({(row["set"], row["subject"]): row["mark"] for row in rows})


@lru_cache(maxsize=1)
def framed_scenes() -> frozenset[tuple[str, str]]:
    """Return the set and the subject of drawings that have a background of their own."""
    rows = tomllib.loads((SETS_FOLDER.parent / "scenes.toml").read_text(encoding="utf-8"))
    return frozenset((name, subject) for name, subjects in rows.items() for subject in subjects)


@lru_cache(maxsize=1)
def _locked_packages() -> Mapping[str, Mapping[str, object]]:
    """Return the locked packages, by their folder."""
    lock = (SETS_FOLDER / "packages" / "package-lock.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(lock)["packages"])


@lru_cache(maxsize=1)
def curation_sha256() -> str:
    """Return a hash of everything that decides what the library has."""
    digest = hashlib.sha256()
    for path in sorted(SETS_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _rows(name: str) -> Iterator[dict[str, str]]:
    lines: Iterable[str] = (SETS_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return csv.DictReader(line for line in lines if line and not line.startswith("#"))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
