"""Where the artifact store keeps bytes: the files of a folder, or the objects of a bucket."""

import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar, cast
from urllib.parse import urlsplit

import fsspec

__all__ = ["Backend", "Bucket", "Folder"]

_T = TypeVar("_T")


class _Each(Protocol):
    """Calls for each of the given, several at a time."""

    def __call__(self, work: Callable[..., _T], *given: Sequence[Any]) -> list[_T]: ...


class Backend(Protocol):
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


class Folder:
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


class Bucket:
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
