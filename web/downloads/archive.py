"""The bytes of a zip, streamed one entry at a time.

Pictures are compressed already, so entries are stored: the size is known before the first byte,
and equal entries give equal bytes. Each entry is spooled and verified before its header is sent,
so that the header has the checksum and every unpacker can read it.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import IO, BinaryIO, cast
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from shared.errors import ArtifactCorrupt
from shared.storage.artifacts import ArtifactStore

__all__ = ["Entry", "zip_chunks", "zip_digest", "zip_size"]

_CHUNK_BYTES = 256 * 1024
_MEMORY_BYTES = 1024 * 1024
"""Part of an entry that is kept in memory; a larger one is spooled on disk."""
_LOCAL_HEADER, _CENTRAL_HEADER, _END_RECORD = 30, 46, 22
_UNIX = 3
_MODE = 0o100644 << 16


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file of a zip: stored bytes, or a content that was made for it."""

    name: str
    at: datetime
    """Its time of change, UTC."""
    stored: str | None = None
    """sha256 of an artifact."""
    stored_bytes: int = 0
    content: bytes = b""
    """Where it is no artifact."""

    @property
    def size(self) -> int:
        """Return the number of its bytes."""
        return self.stored_bytes if self.stored is not None else len(self.content)

    @cached_property
    def sha256(self) -> str:
        """Return the hash of its bytes."""
        return self.stored or hashlib.sha256(self.content).hexdigest()


def zip_size(entries: Sequence[Entry]) -> int:
    """Return the number of bytes of the zip, which is smaller than what needs ZIP64."""
    headers = _LOCAL_HEADER + _CENTRAL_HEADER
    return _END_RECORD + sum(
        headers + 2 * len(entry.name.encode()) + entry.size for entry in entries
    )


def zip_digest(entries: Sequence[Entry]) -> str:
    """Return a hash that is equal for equal zips."""
    rows = [f"{entry.name}\0{entry.at:%Y%m%d%H%M%S}\0{entry.sha256}\n" for entry in entries]
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def zip_chunks(store: ArtifactStore, entries: Sequence[Entry]) -> Iterator[bytes]:
    """Yield the bytes of the zip; of all entries, only one is held at a time.

    Raises:
        ArtifactNotFound, ArtifactCorrupt: a stored file is gone or damaged; the zip ends early.
    """
    with tempfile.SpooledTemporaryFile(_MEMORY_BYTES) as spool:
        window = _Window(cast(IO[bytes], spool))
        with ZipFile(cast(IO[bytes], window), "w", ZIP_STORED) as archive:
            for entry in entries:
                with archive.open(_info(entry), "w") as target:
                    _copy(store, entry, cast(BinaryIO, target))
                yield from window.drain()
        yield from window.drain()


def _info(entry: Entry) -> ZipInfo:
    info = ZipInfo(entry.name, entry.at.timetuple()[:6])
    info.create_system = _UNIX
    info.external_attr = _MODE
    info.file_size = entry.size
    return info


def _copy(store: ArtifactStore, entry: Entry, target: BinaryIO) -> None:
    if entry.stored is None:
        target.write(entry.content)
        return
    digest, size = hashlib.sha256(), 0
    with store.open(entry.stored) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    if digest.hexdigest() != entry.stored or size != entry.stored_bytes:
        raise ArtifactCorrupt(entry.stored)


class _Window:
    """Seekable end of a stream: what `drain` yielded is gone, and positions go on behind it.

    `ZipFile` seeks back only to the header of the entry that it writes.
    """

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._drained = 0

    def write(self, data: bytes) -> int:
        return self._spool.write(data)

    def tell(self) -> int:
        return self._drained + self._spool.tell()

    def seek(self, position: int) -> int:
        self._spool.seek(position - self._drained)
        return position

    def flush(self) -> None:
        """Do nothing: nobody reads the spool but `drain`."""

    def drain(self) -> Iterator[bytes]:
        """Yield what was written since the last call, and forget it."""
        self._spool.seek(0)
        while chunk := self._spool.read(_CHUNK_BYTES):
            self._drained += len(chunk)
            yield chunk
        self._spool.seek(0)
        self._spool.truncate()
