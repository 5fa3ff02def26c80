"""Backends of the artifact store: files of a folder, or objects of a bucket."""

import fcntl
import os
import stat
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


class _Map(Protocol):
    """Concurrent `map` over sequences."""

    def __call__(self, function: Callable[..., _T], *iterables: Sequence[Any]) -> list[_T]: ...


class Backend(Protocol):
    """Interface of a backend: `Folder` for a local folder, `Bucket` for everything else.

    `unreachable_errors` lists the exceptions it raises if it cannot be reached.
    """

    @property
    def unreachable_errors(self) -> tuple[type[Exception], ...]: ...
    def put_many(self, contents: Mapping[str, Path], concurrent_map: _Map) -> None: ...
    def open(self, sha256: str) -> BinaryIO: ...
    def link(self, sha256: str, good_s: int, answer: Mapping[str, str]) -> str | None: ...
    def size(self, sha256: str) -> int | None: ...
    def delete(self, sha256: str, *, older_than_s: float) -> bool: ...
    def older_than(self, older_than_s: float) -> Iterator[str]: ...
    def temporary_folder(self) -> AbstractContextManager[Path]: ...
    def delete_partial_files(self, older_than_s: float) -> None: ...


class Folder:
    """Files below a folder in two levels, ab/abcdef..., through fsspec's local file system.

    Whoever may read the folder may read the files, whatever the umask of their writer.
    Writers hold a shared lock, deletions an exclusive one. Storing existing bytes renews their
    modification time before they can be garbage-collected.
    """

    unreachable_errors: tuple[type[Exception], ...] = ()  # OSError of a disk is not translated

    def __init__(self, root: Path) -> None:
        self._files = fsspec.filesystem("file", auto_mkdir=True)
        self._root = root

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256

    @contextmanager
    def temporary_folder(self) -> Iterator[Path]:
        """Yield a folder for new files on the same file system, so that they can be renamed."""
        folder = self._root / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        yield folder

    def delete_partial_files(self, older_than_s: float) -> None:
        cutoff = time.time() - older_than_s
        for path in (self._root / "tmp").glob("*"):
            if path.stat().st_mtime <= cutoff:
                path.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, operation: int) -> Iterator[None]:
        self._root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._root / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, operation)
            yield
        finally:
            os.close(descriptor)

    def put_many(self, contents: Mapping[str, Path], concurrent_map: _Map) -> None:
        with self._locked(fcntl.LOCK_SH):
            changed = [folder for item in contents.items() for folder in self._put(*item)]
            if changed:
                concurrent_map(_sync_folder, sorted(set(changed)))

    def _put(self, sha256: str, content: Path) -> Iterator[Path]:
        """Move a file to its path; yield the folders changed by it."""
        target = self._path(sha256)
        if target.exists() and target.stat().st_size == content.stat().st_size:
            os.utime(target)
            return
        mode = stat.S_IMODE(self._root.stat().st_mode)
        if not target.parent.exists() and _make_folder(target.parent, mode):
            yield self._root
        content.chmod(0o600 | mode & 0o644)
        content.replace(target)
        yield target.parent

    def open(self, sha256: str) -> BinaryIO:
        return cast(BinaryIO, self._files.open(str(self._path(sha256)), "rb"))

    def link(self, _sha256: str, _good_s: int, _answer: Mapping[str, str]) -> None:
        """Return None: a folder has no URLs."""

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

    def older_than(self, older_than_s: float) -> Iterator[str]:
        cutoff = time.time() - older_than_s
        for folder in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                if path.stat().st_mtime <= cutoff:
                    yield path.name


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folder(path: Path, mode: int) -> bool:
    """Create a folder with this mode; return False if another process was faster."""
    try:
        path.mkdir()
    except FileExistsError:
        return False
    path.chmod(mode)
    return True


class Bucket:
    """Objects below a prefix of any fsspec file system with atomic writes."""

    def __init__(self, url: str) -> None:
        # Other processes write too, so listings are not cached.
        options: dict[str, Any] = {"use_listings_cache": False}
        if _is_s3(url):
            # The default is signature version 2, which newer regions refuse.
            options["config_kwargs"] = {"signature_version": "s3v4"}
        self._files, self._root = fsspec.core.url_to_fs(url, **options)
        self.unreachable_errors: tuple[type[Exception], ...] = (OSError, *_botocore_errors(url))

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"

    @contextmanager
    def temporary_folder(self) -> Iterator[Path]:
        """Yield a temporary folder for the files to upload."""
        with tempfile.TemporaryDirectory(prefix="codesigner-") as folder:
            yield Path(folder)

    def delete_partial_files(self, older_than_s: float) -> None:
        """Do nothing: partial uploads do not become objects."""

    def put_many(self, contents: Mapping[str, Path], concurrent_map: _Map) -> None:
        targets = [self._path(sha256) for sha256 in contents]
        concurrent_map(self._files.put_file, [str(path) for path in contents.values()], targets)

    def open(self, sha256: str) -> BinaryIO:
        return cast(BinaryIO, self._files.open(self._path(sha256), "rb"))

    def link(self, sha256: str, good_s: int, answer: Mapping[str, str]) -> str:
        headers = {f"Response{name}": value for name, value in answer.items()}
        return str(self._files.url(self._path(sha256), expires=good_s, **headers))

    def size(self, sha256: str) -> int | None:
        try:
            return int(self._files.info(self._path(sha256))["size"])
        except FileNotFoundError:
            return None

    def delete(self, sha256: str, *, older_than_s: float) -> bool:
        try:
            if _age_s(self._files.modified(self._path(sha256))) < older_than_s:
                return False
            self._files.rm_file(self._path(sha256))
        except FileNotFoundError:
            return False
        return True

    def older_than(self, older_than_s: float) -> Iterator[str]:
        """Yield the names of old objects, in one request for each 1,000 objects."""
        for path, info in sorted(self._files.find(self._root, detail=True).items()):
            if _age_s(info.get("LastModified") or self._files.modified(path)) >= older_than_s:
                yield path.rsplit("/", 1)[-1]


def _age_s(modified: datetime) -> float:
    return time.time() - modified.timestamp()


def _is_s3(url: str) -> bool:
    return urlsplit(url).scheme == "s3"


def _botocore_errors(url: str) -> tuple[type[Exception], ...]:
    """Return the exceptions of botocore that s3fs does not translate."""
    if not _is_s3(url):
        return ()
    from botocore.exceptions import BotoCoreError

    return (BotoCoreError,)
