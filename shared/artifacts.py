"""The artifact store: immutable bytes named by their sha256, on a folder or an S3 bucket.

Bytes first, rows second: what is put here stays for the grace period, by which time a row
refers to it, or it is collected.
"""

import errno
import fcntl
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar, cast
from urllib.parse import urlsplit

import fsspec

from shared.errors import ArtifactCorrupt, ArtifactNotFound, CodesignerError
from shared.ids import new_id

__all__ = ["ArtifactStore"]

_CHUNK_BYTES = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


_WRITERS = 8
_Content = bytes | Path | BinaryIO
_T = TypeVar("_T")


class _Each(Protocol):
    """Calls for each of the given, several at a time."""

    def __call__(self, work: Callable[..., _T], *given: Sequence[Any]) -> list[_T]: ...


class _Backend(Protocol):
    """Where the bytes are: one class for a folder, one for everything else.

    `away` lists what it raises where it does not answer.
    """

    @property
    def away(self) -> tuple[type[Exception], ...]: ...
    def put_many(self, contents: Mapping[str, Path], each: _Each) -> None: ...
    def open(self, sha256: str) -> BinaryIO: ...
    def link(self, sha256: str, good_s: int, answer: Mapping[str, str]) -> str | None: ...
    def size(self, sha256: str) -> int | None: ...
    def delete(self, sha256: str, *, older_than_s: float) -> bool: ...
    def aged(self, older_than_s: float) -> Iterator[str]: ...
    def room(self) -> AbstractContextManager[Path]: ...
    def forget_unfinished(self, older_than_s: float) -> None: ...


class ArtifactStore:
    """Content-addressed bytes; safe for many processes at once.

    Args:
        url: file:///folder, or s3://bucket/prefix (credentials as botocore finds them).
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url
        self._backend: _Backend = (
            _Folder(Path(parts.path)) if parts.scheme == "file" else _Bucket(url)
        )
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


class _Folder:
    """Files below a folder, two levels: ab/abcdef..., through fsspec's local file system.

    A shared lock while bytes are put, an exclusive one while old ones are deleted: whoever
    puts bytes that are there already makes them young again before they can be collected.
    """

    away: tuple[type[Exception], ...] = ()  # a disk's errors come as they are

    def __init__(self, root: Path) -> None:
        self._files = fsspec.filesystem("file", auto_mkdir=True)
        self._root = root

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256

    @contextmanager
    def room(self) -> Iterator[Path]:
        """Give the folder to write in: on the same file system, so that a rename suffices."""
        room = self._root / "tmp"
        room.mkdir(parents=True, exist_ok=True)
        yield room

    def forget_unfinished(self, older_than_s: float) -> None:
        before = time.time() - older_than_s
        for path in (self._root / "tmp").glob("*"):
            if path.stat().st_mtime <= before:
                path.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._root / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def put_many(self, contents: Mapping[str, Path], each: _Each) -> None:
        with self._locked(fcntl.LOCK_SH):
            changed = [folder for pair in contents.items() for folder in self._put(*pair)]
            if changed:
                each(_sync_folder, sorted(set(changed)))

    def _put(self, sha256: str, content: Path) -> Iterator[Path]:
        """Move a file to its place; gives the folders that are changed by it."""
        target = self._path(sha256)
        if target.exists() and target.stat().st_size == content.stat().st_size:
            os.utime(target)
            return
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            yield self._root
        content.chmod(0o644)
        content.replace(target)
        yield target.parent

    def open(self, sha256: str) -> BinaryIO:
        return cast(BinaryIO, self._files.open(str(self._path(sha256)), "rb"))

    def link(self, _sha256: str, _good_s: int, _answer: Mapping[str, str]) -> None:
        """Nothing but this machine reads the folder."""

    def size(self, sha256: str) -> int | None:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, sha256: str, *, older_than_s: float) -> bool:
        target = self._path(sha256)
        with self._locked(fcntl.LOCK_EX):
            try:
                if time.time() - target.stat().st_mtime < older_than_s:
                    return False
                target.unlink()
            except FileNotFoundError:
                return False
        return True

    def aged(self, older_than_s: float) -> Iterator[str]:
        before = time.time() - older_than_s
        for folder in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                if path.stat().st_mtime <= before:
                    yield path.name


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Bucket:
    """Objects below a prefix of any fsspec file system whose writes are whole or nothing."""

    def __init__(self, url: str) -> None:
        # Links are signed by the older version otherwise, which newer regions refuse.
        further = {"config_kwargs": {"signature_version": "s3v4"}} if _is_s3(url) else {}
        self._files, self._root = fsspec.core.url_to_fs(url, **further)
        self.away: tuple[type[Exception], ...] = (OSError, *_errors_of_botocore(url))

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"

    @contextmanager
    def room(self) -> Iterator[Path]:
        """Give a folder that goes away with this upload."""
        with tempfile.TemporaryDirectory(prefix="codesigner-") as room:
            yield Path(room)

    def forget_unfinished(self, older_than_s: float) -> None:
        """Nothing to do: an object that was not sent whole is not there."""

    def put_many(self, contents: Mapping[str, Path], each: _Each) -> None:
        to = [self._path(sha256) for sha256 in contents]
        each(self._files.put_file, [str(path) for path in contents.values()], to)

    def open(self, sha256: str) -> BinaryIO:
        return cast(BinaryIO, self._files.open(self._path(sha256), "rb"))

    def link(self, sha256: str, good_s: int, answer: Mapping[str, str]) -> str:
        named = {f"Response{name}": value for name, value in answer.items()}
        return str(self._files.url(self._path(sha256), expires=good_s, **named))

    def size(self, sha256: str) -> int | None:
        try:
            return int(self._files.info(self._path(sha256))["size"])
        except FileNotFoundError:
            return None

    def _age_s(self, path: str) -> float:
        self._files.invalidate_cache(path)
        modified: datetime = self._files.modified(path)
        return time.time() - modified.timestamp()

    def delete(self, sha256: str, *, older_than_s: float) -> bool:
        try:
            if self._age_s(self._path(sha256)) < older_than_s:
                return False
            self._files.rm_file(self._path(sha256))
        except FileNotFoundError:
            return False
        return True

    def aged(self, older_than_s: float) -> Iterator[str]:
        self._files.invalidate_cache()
        for path in sorted(self._files.find(self._root)):
            if self._age_s(path) >= older_than_s:
                yield path.rsplit("/", 1)[-1]


def _is_s3(url: str) -> bool:
    return urlsplit(url).scheme == "s3"


def _errors_of_botocore(url: str) -> tuple[type[Exception], ...]:
    """Give what s3fs lets through as it is."""
    if not _is_s3(url):
        return ()
    from botocore.exceptions import BotoCoreError

    return (BotoCoreError,)
