"""Writes the files of the motif library."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import numpy as np

from shared.motifs.curation import MotifSet, extra_subjects
from shared.motifs.files import CATALOG, CONVERSION, LANGUAGES, UNITS, fingerprint, set_file
from shared.motifs.library import folded
from worker.drawing.motifs.shapes import MotifShape
from worker.motif_sets.convert import Converted
from worker.motif_sets.emoji import Words
from worker.motif_sets.outline import outline
from worker.motif_sets.roles import guessed_roles
from worker.motif_sets.selection import Chosen, KnownSubject

__all__ = ["Row", "drawing_row", "write_catalog", "write_set"]

Row: TypeAlias = tuple[str, str, int, float, str, str, str, str]
"""Subject, source, head, difference to the original, sha256, shapes, colours, outline."""
_SET_TABLE = (
    "CREATE TABLE drawing (subject TEXT PRIMARY KEY, source TEXT, head INTEGER, "
    "difference REAL, sha256 TEXT, shapes TEXT, colours TEXT, outline TEXT) WITHOUT ROWID"
)
_CATALOG_TABLES = (
    "CREATE TABLE subject (id TEXT PRIMARY KEY, category TEXT, turns INTEGER) WITHOUT ROWID",
    """CREATE TABLE name (
        subject TEXT, language TEXT, text TEXT, folded TEXT, keyword INTEGER, place INTEGER
    )""",
    "CREATE INDEX name_folded ON name (folded)",
    "CREATE INDEX name_subject ON name (subject, language)",
)
_META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID"


def drawing_row(chosen: Chosen, converted: Converted) -> Row:
    """Return a drawing as a row of a set's file."""
    shapes = json.dumps(
        [[shape.slot, _data(shape)] for shape in converted.shapes], separators=(",", ":")
    )
    roles = guessed_roles(
        converted.colours, converted.areas, chosen.subject.category, chosen.subject.subgroup
    )
    colours = [
        [code, role, round(share, 4)]
        for code, role, share in zip(converted.colours, roles, converted.areas, strict=True)
    ]
    polygon = np.rint(outline(converted.shapes) * UNITS).astype(int).tolist()
    return (
        chosen.subject.id,
        chosen.source,
        int(chosen.head),
        round(converted.difference, 3),
        hashlib.sha256(shapes.encode()).hexdigest(),
        shapes,
        json.dumps(colours, separators=(",", ":")),
        json.dumps(polygon, separators=(",", ":")),
    )


def write_set(folder: Path, each: MotifSet, rows: Sequence[Row]) -> None:
    """Write the file of a set; it replaces an earlier one at once."""
    version = each.version if CONVERSION == 1 else f"{each.version}-{CONVERSION}"
    meta = {
        "title": each.title,
        "version": version,
        "package": each.package,
        "style": each.style,
        "licence": each.licence,
        "author": each.author,
        "drawings": str(len(rows)),
        "fingerprint": fingerprint(each.integrity),
    }
    path = set_file(folder, each.name)
    with closing(_new(path, meta, [_SET_TABLE])) as connection:
        connection.executemany("INSERT INTO drawing VALUES (?, ?, ?, ?, ?, ?, ?, ?)", sorted(rows))
        connection.commit()
    _unfinished(path).replace(path)


def write_catalog(
    folder: Path,
    subjects: Iterable[KnownSubject],
    words: Mapping[str, Mapping[str, Words]],
) -> None:
    """Write the catalogue of subjects that at least one set draws.

    Args:
        words: names and keywords by the key of an emoji and the language.
    """
    found = sorted(subjects, key=lambda each: each.id)
    meta = {"subjects": str(len(found)), "fingerprint": fingerprint("")}
    path = folder / CATALOG
    with closing(_new(path, meta, _CATALOG_TABLES)) as connection:
        for each in found:
            row = (each.id, each.category, int(each.turns))
            connection.execute("INSERT INTO subject VALUES (?, ?, ?)", row)
            connection.executemany(
                "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)", _names(each, words)
            )
        connection.commit()
    _unfinished(path).replace(path)


def _names(
    each: KnownSubject, words: Mapping[str, Mapping[str, Words]]
) -> list[tuple[str, str, str, str, int, int]]:
    own = words.get(each.emoji, {})
    extra = extra_subjects().get(each.id)
    further = {"en": extra.english, "zh": extra.chinese} if extra else {}
    rows = []
    for language in LANGUAGES:
        known = own.get(language, Words(names=(), keywords=()))
        names = dict.fromkeys([*known.names, *further.get(language, ())])
        keywords = [word for word in known.keywords if word not in names]
        for keyword, texts in enumerate((names, keywords)):
            rows += [
                (each.id, language, text, folded(text), keyword, place)
                for place, text in enumerate(texts)
            ]
    return rows


def _data(shape: MotifShape) -> str:
    numbers = np.rint(shape.path.points * UNITS).astype(int).tolist()
    parts, index = [], 0
    for code in shape.path.codes:
        count = {"M": 1, "L": 1, "C": 3, "Z": 0}[code]
        pairs = numbers[index : index + count]
        parts.append(code + " ".join(f"{x} {y}" for x, y in pairs))
        index += count
    return "".join(parts)


def _unfinished(path: Path) -> Path:
    return path.with_suffix(".new")


def _new(path: Path, meta: Mapping[str, str], tables: Iterable[str]) -> sqlite3.Connection:
    _unfinished(path).unlink(missing_ok=True)
    connection = sqlite3.connect(_unfinished(path))
    connection.execute(_META)
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    for table in tables:
        connection.execute(table)
    return connection
