"""Content-addressed artifact store: immutable bytes named by sha256, in a folder or an S3 bucket.

Bytes are stored before the row that refers to them. Unreferenced bytes are garbage-collected
after the grace period.
"""

import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

from shared.db.ids import new_id
from shared.errors import ArtifactCorrupt, ArtifactNotFound, CodesignerError
from shared.storage.backends import Backend, Bucket, Folder

__all__ = ["ArtifactStore"]

_CHUNK_BYTES = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAX_WORKERS = 8
_Content = bytes | Path | BinaryIO
_T = TypeVar("_T")


class ArtifactStore:
    """Content-addressed store; safe for concurrent processes.

    Args:
        url: file:///folder, or s3://bucket/prefix (botocore looks up the credentials).
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self._backend: Backend = Folder(Path(parts.path)) if parts.scheme == "file" else Bucket(url)
        self._executor = ThreadPoolExecutor(_MAX_WORKERS, "artifacts")

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Raise `unavailable` for connection errors of the backend."""
        try:
            yield
        except self._backend.unreachable_errors as error:
            message = f"The artifact store is unavailable: {error}."
            raise CodesignerError("unavailable", message) from error

    def put(self, content: _Content) -> str:
        """Store bytes durably and return their sha256.

        Raises:
            CodesignerError: storage_full, or unavailable if the store cannot be reached.
        """
        return self.put_many([content])[0]

    def put_many(self, contents: Sequence[_Content]) -> list[str]:
        """Store several contents concurrently and return their sha256; errors as of `put`."""
        try:
            with self._backend.temporary_folder() as folder, self._translated_errors():
                paths = [folder / new_id() for _ in contents]
                try:
                    names = self._map(_write, paths, contents)
                    self._backend.put_many(dict(zip(names, paths, strict=True)), self._map)
                finally:
                    for path in paths:
                        path.unlink(missing_ok=True)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            code = "storage_full" if full else "unavailable"
            raise CodesignerError(code, f"Storing failed: {error.strerror or error}.") from error
        return names

    def _map(self, function: Callable[..., _T], *iterables: Sequence[Any]) -> list[_T]:
        """Map a function over sequences in threads; disks and buckets block."""
        if len(iterables[0]) == 1:
            return [function(*(items[0] for items in iterables))]
        return list(self._executor.map(function, *iterables))

    def get(self, sha256: str) -> bytes:
        """Return the bytes after checksum verification.

        Raises:
            ArtifactNotFound: there are no such bytes.
            ArtifactCorrupt: checksum verification failed.
            CodesignerError: unavailable, as all methods raise if a bucket cannot be reached.
        """
        with self.open(sha256) as stream, self._translated_errors():
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ArtifactCorrupt(sha256)
        return content

    def open(self, sha256: str) -> BinaryIO:
        """Open the bytes for reading without verification; ArtifactNotFound if there are none."""
        _check(sha256)
        with self._translated_errors():
            try:
                return self._backend.open(sha256)
            except FileNotFoundError:
                raise ArtifactNotFound(sha256) from None

    def link(self, sha256: str, good_s: int, answer: Mapping[str, str]) -> str | None:
        """Return a presigned URL of the bucket; None for a store in a folder.

        Args:
            good_s: validity in seconds.
            answer: response headers: ContentType, ContentDisposition, CacheControl.
        """
        _check(sha256)
        with self._translated_errors():
            return self._backend.link(sha256, good_s, answer)

    @cached_property
    def links_origin(self) -> str | None:
        """Return the origin of presigned URLs; None for a store in a folder."""
        link = self.link("0" * 64, 1, {})
        return None if link is None else "{0.scheme}://{0.netloc}".format(urlsplit(link))

    def exists(self, sha256: str) -> bool:
        """Return whether the bytes are stored."""
        return self.size(sha256) is not None

    def size(self, sha256: str) -> int | None:
        """Return the number of bytes; None if they are not stored."""
        _check(sha256)
        with self._translated_errors():
            return self._backend.size(sha256)

    def delete(self, sha256: str, *, older_than_s: float = 0.0) -> bool:
        """Delete bytes stored more than `older_than_s` seconds ago; return whether it did."""
        _check(sha256)
        with self._translated_errors():
            return self._backend.delete(sha256, older_than_s=older_than_s)

    def aged(self, older_than_s: float) -> Iterator[str]:
        """Yield the sha256 of all bytes stored more than `older_than_s` seconds ago."""
        with self._translated_errors():
            yield from self._backend.older_than(older_than_s)

    def delete_partial_files(self, older_than_s: float) -> None:
        """Delete partial files of killed processes older than `older_than_s` seconds."""
        self._backend.delete_partial_files(older_than_s)


def _check(sha256: str) -> None:
    if _SHA256.fullmatch(sha256) is None:
        raise ArtifactNotFound(sha256)


def _write(path: Path, content: _Content) -> str:
    """Write to a new file, fsync it and return the sha256."""
    digest = hashlib.sha256()
    with path.open("xb") as file:
        for chunk in _chunks(content):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _chunks(content: _Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    if isinstance(content, Path):
        with content.open("rb") as stream:
            yield from _chunks(cast(BinaryIO, stream))
        return
    while chunk := content.read(_CHUNK_BYTES):
        yield chunk
