"""The sums of files: taken, remembered, and written beside what was converted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

__all__ = ["BLOCK_BYTES", "intact", "remembered_sha256", "seal", "sha256_of", "sum_of_sums"]

BLOCK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Give a file's sha256; a folder's is that of its sorted relative paths and sums."""
    if path.is_dir():
        return sum_of_sums(
            {
                each.relative_to(path).as_posix(): sha256_of(each)
                for each in path.rglob("*")
                if each.is_file()
            }
        )
    digest = sha256()
    with path.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def sum_of_sums(sums: Mapping[str, str]) -> str:
    lines = "".join(f"{key}\0{sums[key]}\n" for key in sorted(sums))
    return sha256(lines.encode()).hexdigest()


def remembered_sha256(path: Path, cache: Path) -> str:
    """Give `sha256_of(path)`, remembered as long as sizes and times of change stay the same.

    Side effects: keeps `<cache>/sha256/<name>.json`; does without where that cannot be written.
    """
    stamp = _stamp(path)
    memory = cache / "sha256" / f"{sha256(str(path.resolve()).encode()).hexdigest()}.json"
    try:
        kept = json.loads(memory.read_text(encoding="utf-8"))
        if kept["stamp"] == stamp:
            return str(kept["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # nothing remembered, or not readable: look at the bytes
    actual = sha256_of(path)
    document = {"path": str(path), "stamp": stamp, "sha256": actual}
    partial = memory.with_suffix(f".{os.getpid()}")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(document), encoding="utf-8")
        partial.replace(memory)
    except OSError:
        pass  # a full or read-only disk costs time at the next start, nothing else
    return actual


def seal(path: Path, write: Callable[[Path], object]) -> None:
    """Write a converted copy and its sum beside it; it is there whole, or not at all.

    Args:
        path: of the copy.
        write: writes it to the path that it is given.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    write(partial)
    told = partial.with_name(f"{partial.name}.sha256")
    told.write_text(sha256_of(partial), encoding="ascii")
    told.replace(path.with_name(f"{path.name}.sha256"))
    partial.replace(path)


def intact(path: Path, cache: Path) -> bool:
    """Tell whether a copy is there with the sum that `seal` wrote; see `remembered_sha256`."""
    try:
        told = path.with_name(f"{path.name}.sha256").read_text(encoding="ascii")
        return remembered_sha256(path, cache) == told
    except (OSError, ValueError):
        return False


def _stamp(path: Path) -> list[list[str | int]]:
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    stats = [(each, each.stat()) for each in files]
    return [
        [each.relative_to(path).as_posix(), stat.st_size, stat.st_mtime_ns] for each, stat in stats
    ]
