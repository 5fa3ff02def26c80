"""Reads the motif library: subjects with their names, and drawings of them, from SQLite files.

`codesigner motifs install` writes it: `catalog.sqlite` has the subjects, and each set has a file
of its own with its drawings. Nothing here needs NumPy.
"""

from __future__ import annotations

import json
import os
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

from shared.motifs.curation import Category, Style, motif_sets, parse_optional_sets
from shared.motifs.files import CATALOG, UNITS, connect, default_folder, read_meta, set_file

__all__ = [
    "LibraryColour",
    "LibraryDrawing",
    "MotifLibrary",
    "MotifNotFound",
    "Subject",
    "folded",
    "open_library",
]

Point: TypeAlias = tuple[float, float]


class MotifNotFound(LookupError):
    """The library has no such drawing."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Something that can be drawn."""

    id: str
    """Unique, such as fox."""
    category: Category
    turns: bool
    """Whether it may be turned at will: a fox stands, a leaf tumbles."""


@dataclass(frozen=True, kw_only=True)
class LibraryColour:
    """One of a drawing's own colours."""

    hex: str
    role: str
    """What it colours, as guessed: body, leaf, petal, eye, detail and others."""
    share: float
    """Its share of the drawing's area."""


@dataclass(frozen=True, kw_only=True)
class LibraryDrawing:
    """A drawing of a subject."""

    name: str
    """As a record's element has it: set:subject@version."""
    subject: str
    set: str
    style: Style
    licence: str
    author: str
    head: bool
    """Whether it shows the head of an animal alone."""
    content: bytes
    """The shapes as a file that records refer to: JSON."""
    sha256: str
    """Hash of the content."""
    shapes: tuple[tuple[int, str], ...]
    """Index of the colour and path data (M, L, C, Z, absolute) of each filled path, from the back
    to the front; the larger side has `UNITS` units and the middle is at 0 0."""
    colours: tuple[LibraryColour, ...]
    """By share, the greatest first."""
    outline: tuple[Point, ...]
    """A polygon of at most 64 points around it, its larger side about 1."""


def folded(text: str) -> str:
    """Return a name in the form in which names are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@lru_cache(maxsize=4)
def _opened(folder: Path, optional: tuple[str, ...], written_ns: int) -> MotifLibrary:  # noqa: ARG001
    return MotifLibrary(folder, optional)


def open_library(configured: Path | None, optional: Sequence[str] = ()) -> MotifLibrary:
    """Return the installed library; the same object until it is installed anew.

    Args:
        configured: folder of the library; None: as the environment says (CODESIGNER_MOTIFS_DIR),
            else the default one.
        optional: names of the optional sets that are turned on; without a folder and without
            names, as the environment says (CODESIGNER_MOTIF_SETS).
    """
    if configured is None:
        named = os.environ.get("CODESIGNER_MOTIFS_DIR")
        configured = Path(named) if named else None
        optional = optional or parse_optional_sets(os.environ.get("CODESIGNER_MOTIF_SETS", ""))
    folder = default_folder(configured)
    catalog = folder / CATALOG
    written_ns = catalog.stat().st_mtime_ns if catalog.exists() else 0
    return _opened(folder, tuple(optional), written_ns)


class MotifLibrary:
    """The installed library; reads from it are cheap and may come from any thread.

    Args:
        folder: where it is installed.
        optional: the optional sets that are turned on. Drawings of others can still be read by
            name, for records that have them, but are not found.
    """

    def __init__(self, folder: Path, optional: Sequence[str] = ()) -> None:
        self._folder = folder
        self._lock = Lock()
        self._sets: dict[str, sqlite3.Connection] = {}
        self._metas: dict[str, dict[str, str]] = {}
        self._catalog = connect(folder / CATALOG) if (folder / CATALOG).is_file() else None
        for each in motif_sets().values():
            meta = read_meta(set_file(folder, each.name))
            if meta is not None:
                self._metas[each.name] = meta
        self._enabled = tuple(
            name for name in self._metas if not motif_sets()[name].optional or name in optional
        )

    def close(self) -> None:
        """Close the files."""
        for connection in self._sets.values():
            connection.close()
        if self._catalog is not None:
            self._catalog.close()

    @property
    def sets(self) -> tuple[str, ...]:
        """Return the names of the sets that are installed and turned on."""
        return self._enabled

    def subjects(self) -> list[Subject]:
        """Return all subjects, by id."""
        rows = self._ask("SELECT id, category, turns FROM subject ORDER BY id")
        return [Subject(id=name, category=kind, turns=bool(turns)) for name, kind, turns in rows]

    def subject(self, name: str) -> Subject | None:
        """Return a subject by its id."""
        rows = self._ask("SELECT id, category, turns FROM subject WHERE id = ?", name)
        return next((Subject(id=a, category=b, turns=bool(c)) for a, b, c in rows), None)

    def names(self, subject: str, language: str) -> tuple[list[str], list[str]]:
        """Return a subject's names, the usual one first, and its keywords in a language."""
        rows = self._ask(
            "SELECT text, keyword FROM name WHERE subject = ? AND language = ? ORDER BY place",
            subject,
            language,
        )
        return [text for text, keyword in rows if not keyword], [
            t for t, keyword in rows if keyword
        ]

    def all_names(self, language: str) -> Iterator[tuple[str, str, bool]]:
        """Yield the subject, the text and whether it is a keyword, of all names of a language."""
        rows = self._ask(
            "SELECT subject, text, keyword FROM name WHERE language = ? ORDER BY subject, place",
            language,
        )
        yield from ((subject, text, bool(keyword)) for subject, text, keyword in rows)

    def find(self, text: str, language: str | None = None) -> list[Subject]:
        """Return the subjects that are called exactly so: by a name first, then by a keyword."""
        rows = self._ask(
            "SELECT id, category, turns, MIN(keyword * 1000 + place) AS rank FROM name "
            "JOIN subject ON id = subject WHERE folded = ? AND language = COALESCE(?, language) "
            "GROUP BY id ORDER BY rank, id",
            folded(text),
            language,
        )
        return [Subject(id=row[0], category=row[1], turns=bool(row[2])) for row in rows]

    def drawings_of(self, subject: str, styles: Sequence[str] = ()) -> list[LibraryDrawing]:
        """Return the drawings of a subject, in the order of the sets.

        Args:
            styles: only of these styles; empty: of all.
        """
        found = []
        for name in self._enabled:
            if not styles or self._metas[name]["style"] in styles:
                found += self._drawings(name, subject)
        return found

    def drawing(self, name: str) -> LibraryDrawing:
        """Return a drawing by the name that a record gives it.

        Raises:
            MotifNotFound: the set, the drawing or this version is not installed.
        """
        set_name, _, rest = name.partition(":")
        subject, _, version = rest.partition("@")
        if set_name in self._metas and self._metas[set_name]["version"] == version:
            found = self._drawings(set_name, subject)
            if found:
                return found[0]
        raise MotifNotFound(name)

    def counts(self) -> Mapping[str, int]:
        """Return the number of drawings of each set that is turned on."""
        return {name: int(self._metas[name]["drawings"]) for name in self._enabled}

    def subjects_of(self, name: str) -> list[str]:
        """Return the subjects that a set draws."""
        with self._lock:
            rows = self._set(name).execute("SELECT subject FROM drawing ORDER BY subject")
            return [row[0] for row in rows]

    def _ask(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        if self._catalog is None:
            return []
        with self._lock:
            return self._catalog.execute(query, arguments).fetchall()

    def _set(self, name: str) -> sqlite3.Connection:
        if name not in self._sets:
            self._sets[name] = connect(set_file(self._folder, name))
        return self._sets[name]

    def _drawings(self, name: str, subject: str) -> list[LibraryDrawing]:
        query = "SELECT head, sha256, shapes, colours, outline FROM drawing WHERE subject = ?"
        with self._lock:
            rows = self._set(name).execute(query, (subject,)).fetchall()
        meta = self._metas[name]
        return [
            LibraryDrawing(
                name=f"{name}:{subject}@{meta['version']}",
                subject=subject,
                set=name,
                style=meta["style"],  # type: ignore[arg-type]
                licence=meta["licence"],
                author=meta["author"],
                head=bool(head),
                content=shapes.encode(),
                sha256=sha256,
                shapes=tuple((slot, data) for slot, data in json.loads(shapes)),
                colours=tuple(
                    LibraryColour(hex=code, role=role, share=share)
                    for code, role, share in json.loads(colours)
                ),
                outline=tuple((x / UNITS, y / UNITS) for x, y in json.loads(outline)),
            )
            for head, sha256, shapes, colours, outline in rows
        ]
