"""Files of the motif library: where they are, what they were built from, and how they are read."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from shared.motifs.curation import curation_sha256

__all__ = [
    "CATALOG",
    "CONVERSION",
    "LANGUAGES",
    "UNITS",
    "connect",
    "default_folder",
    "fingerprint",
    "read_meta",
    "set_file",
]

LANGUAGES = ("en", "zh", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru")
"""Languages of names and keywords."""
CONVERSION = 1
"""Version of the conversion; part of a drawing's version from 2 on."""
UNITS = 20_000
"""Units of a stored path in a drawing's larger side."""
CATALOG = "catalog.sqlite"


def default_folder(configured: Path | None) -> Path:
    """Return the folder of the library: the configured one, or one in the virtual environment."""
    return configured or Path(sys.prefix) / "share" / "codesigner" / "motifs"


def set_file(folder: Path, name: str) -> Path:
    """Return the file of a set."""
    return folder / f"{name}.sqlite"


def fingerprint(package_integrity: str) -> str:
    """Return what a set's file was built from."""
    return f"{CONVERSION} {curation_sha256()} {package_integrity}"


def connect(path: Path) -> sqlite3.Connection:
    """Open a file for reading, from any thread."""
    return sqlite3.connect(
        f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )


def read_meta(path: Path) -> dict[str, str] | None:
    """Return what a file says about itself; None: it is missing or damaged."""
    if not path.is_file():
        return None
    try:
        connection = connect(path)
        try:
            return dict(connection.execute("SELECT key, value FROM meta"))
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return None
