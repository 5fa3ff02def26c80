"""Stores uploads so that those of a refused request are deleted within minutes."""

import hashlib
from typing import BinaryIO

from shared.deletions.disposal import FRESH_S, hold_bytes
from web.extensions import Services

__all__ = ["store_file", "store_held"]

_CHUNK_BYTES = 1024 * 1024
_LARGE_FILE_S = 3600.0
"""Seconds in which a large file is stored and submitted."""


def store_held(services: Services, content: bytes) -> str:
    """Store bytes and return their sha256; a submission that refers to them must follow soon.

    Raises:
        CodesignerError: as `ArtifactStore.put`.
    """
    _hold(services, hashlib.sha256(content).hexdigest(), FRESH_S)
    return services.store.put(content)


def store_file(services: Services, file: BinaryIO) -> str:
    """Store a seekable file, which may be large; see `store_held`."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    file.seek(0)
    _hold(services, digest.hexdigest(), _LARGE_FILE_S)
    return services.store.put(file)


def _hold(services: Services, sha256: str, hold_s: float) -> None:
    with services.sessions.begin() as session:
        hold_bytes(session, [sha256], hold_s)
