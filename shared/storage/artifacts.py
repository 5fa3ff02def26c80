"""The artifact store: immutable bytes named by their sha256, on a folder or an S3 bucket.

Bytes first, rows second: what is put here stays for the grace period, by which time a row
refers to it, or it is collected.
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
_WRITERS = 8
_Content = bytes | Path | BinaryIO
_T = TypeVar("_T")


class ArtifactStore:
    """Content-addressed bytes; safe for many processes at once.

    Args:
        url: file:///folder, or s3://bucket/prefix (credentials as botocore finds them).
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self._backend: Backend = Folder(Path(parts.path)) if parts.scheme == "file" else Bucket(url)
        self._writers = ThreadPoolExecutor(_WRITERS, "artifacts")

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Tell of a store that does not answer as unavailable."""
        try:
            yield
        except self._backend.away as error:
            message = f"The artifact store does not answer: {error}."
            raise CodesignerError("unavailable", message) from error

    def put(self, content: _Content) -> str:
        """Store bytes and give their sha256; they are on disk when this returns.

        Raises:
            CodesignerError: storage_full, or unavailable where the store does not answer.
        """
        return self.put_many([content])[0]

    def put_many(self, contents: Sequence[_Content]) -> list[str]:
        """Store several at once, in less time than one after another; errors as of `put`."""
        try:
            with self._backend.room() as room, self._answering():
                paths = [room / new_id() for _ in contents]
                try:
                    names = self._each(_written, paths, contents)
                    self._backend.put_many(dict(zip(names, paths, strict=True)), self._each)
                finally:
                    for path in paths:
                        path.unlink(missing_ok=True)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            code = "storage_full" if full else "unavailable"
            raise CodesignerError(code, f"Storing failed: {error.strerror or error}.") from error
        return names

    def _each(self, work: Callable[..., _T], *given: Sequence[Any]) -> list[_T]:
        """Call for each of the given, several at a time: disks and buckets are waited for."""
        if len(given[0]) == 1:
            return [work(*(each[0] for each in given))]
        return list(self._writers.map(work, *given))

    def get(self, sha256: str) -> bytes:
        """Give the bytes, verified.

        Raises:
            ArtifactNotFound: they are not here.
            ArtifactCorrupt: they have changed.
            CodesignerError: unavailable, as by all that follows where a bucket does not answer.
        """
        with self.open(sha256) as stream, self._answering():
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ArtifactCorrupt(sha256)
        return content

    def open(self, sha256: str) -> BinaryIO:
        """Open the bytes for reading, unverified; ArtifactNotFound where they are not here."""
        _check(sha256)
        with self._answering():
            try:
                return self._backend.open(sha256)
            except FileNotFoundError:
                raise ArtifactNotFound(sha256) from None

    def link(self, sha256: str, good_s: int, answer: Mapping[str, str]) -> str | None:
        """Sign an address where a bucket itself gives the bytes; None where files are in a folder.

        Args:
            good_s: seconds for which it does.
            answer: what it answers with: ContentType, ContentDisposition, CacheControl.
        """
        _check(sha256)
        with self._answering():
            return self._backend.link(sha256, good_s, answer)

    @cached_property
    def links_origin(self) -> str | None:
        """Scheme and host that links lead to; None where files are in a folder."""
        link = self.link("0" * 64, 1, {})
        return None if link is None else "{0.scheme}://{0.netloc}".format(urlsplit(link))

    def exists(self, sha256: str) -> bool:
        """Tell whether the bytes are here."""
        return self.size(sha256) is not None

    def size(self, sha256: str) -> int | None:
        """Give the number of bytes; None where they are not here."""
        _check(sha256)
        with self._answering():
            return self._backend.size(sha256)

    def delete(self, sha256: str, *, older_than_s: float = 0.0) -> bool:
        """Delete bytes put longer ago than that; tells whether it did."""
        _check(sha256)
        with self._answering():
            return self._backend.delete(sha256, older_than_s=older_than_s)

    def aged(self, older_than_s: float) -> Iterator[str]:
        """List the sha256 of all bytes put longer ago than that."""
        with self._answering():
            yield from self._backend.aged(older_than_s)

    def forget_unfinished(self, older_than_s: float) -> None:
        """Delete what a killed process left half written, longer ago than that."""
        self._backend.forget_unfinished(older_than_s)


def _check(sha256: str) -> None:
    if _SHA256.fullmatch(sha256) is None:
        raise ArtifactNotFound(sha256)


def _written(path: Path, content: _Content) -> str:
    """Write to a new file, down to the disk; gives the sha256."""
    digest = hashlib.sha256()
    with path.open("xb") as written:
        for chunk in _chunks(content):
            digest.update(chunk)
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
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
