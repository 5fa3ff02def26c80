"""SHA-256 checksums of files and folders: computed, cached, and stored beside converted copies."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

__all__ = [
    "BLOCK_BYTES",
    "cached_sha256",
    "combined_sha256",
    "has_valid_checksum",
    "sha256_of",
    "write_with_checksum",
]

BLOCK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, or of a folder's sorted relative paths and checksums."""
    if path.is_dir():
        return combined_sha256(
            {
                entry.relative_to(path).as_posix(): sha256_of(entry)
                for entry in path.rglob("*")
                if entry.is_file()
            }
        )
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def combined_sha256(sums: Mapping[str, str]) -> str:
    """Return one sha256 of several named checksums, independent of their order."""
    lines = "".join(f"{key}\0{sums[key]}\n" for key in sorted(sums))
    return sha256(lines.encode()).hexdigest()


def cached_sha256(path: Path, cache: Path) -> str:
    """Return `sha256_of(path)`, cached while file sizes and modification times are unchanged.

    Side effects: writes `<cache>/sha256/<name>.json`; a write error is ignored.
    """
    stats = _file_stats(path)
    cache_file = cache / "sha256" / f"{sha256(str(path.resolve()).encode()).hexdigest()}.json"
    try:
        entry = json.loads(cache_file.read_text(encoding="utf-8"))
        if entry["stamp"] == stats:
            return str(entry["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not cached, or unreadable: compute it
    actual = sha256_of(path)
    document = {"path": str(path), "stamp": stats, "sha256": actual}
    partial = cache_file.with_suffix(f".{os.getpid()}")
    try:
        cache_file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(document), encoding="utf-8")
        partial.replace(cache_file)
    except OSError:
        pass  # with a full or read-only disk the checksum is computed again at the next start
    return actual


def write_with_checksum(path: Path, write: Callable[[Path], object]) -> None:
    """Write a converted copy and its checksum file atomically.

    Args:
        path: the copy's path.
        write: writes the copy to the path passed to it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    write(partial)
    checksum_file = partial.with_name(f"{partial.name}.sha256")
    checksum_file.write_text(sha256_of(partial), encoding="ascii")
    checksum_file.replace(path.with_name(f"{path.name}.sha256"))
    partial.replace(path)


def has_valid_checksum(path: Path, cache: Path) -> bool:
    """Return whether a copy exists and matches the checksum that `write_with_checksum` wrote."""
    try:
        expected = path.with_name(f"{path.name}.sha256").read_text(encoding="ascii")
        return cached_sha256(path, cache) == expected
    except (OSError, ValueError):
        return False


def _file_stats(path: Path) -> list[list[str | int]]:
    files = (
        [path] if path.is_file() else sorted(entry for entry in path.rglob("*") if entry.is_file())
    )
    stats = [(entry, entry.stat()) for entry in files]
    return [
        [entry.relative_to(path).as_posix(), stat.st_size, stat.st_mtime_ns]
        for entry, stat in stats
    ]
