"""Disks that can be filled: a small file system of its own where root may mount one.

Elsewhere a limit on the size of files stands in for it (RLIMIT_FSIZE): writing fails with "file
too large" in place of "no space left", for all processes that write there.
"""

import os
import resource
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

__all__ = ["Disk"]

_MIB = 1024 * 1024


@dataclass(kw_only=True)
class Disk:
    """The disk under one folder."""

    folder: Path
    size_mib: int
    writers: Callable[[], Iterable[int]]
    """Gives the ids of the processes that write there; their children are found."""
    mounted: bool = False
    _limited: list[tuple[psutil.Process, tuple[int, int]]] = field(default_factory=list)

    def mount(self) -> None:
        """Put a file system under the folder, where that is allowed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            return
        options = f"size={self.size_mib}m,mode=0755"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "codesigner-soak", str(self.folder)],
            check=False,
            capture_output=True,
        )
        self.mounted = done.returncode == 0

    def unmount(self) -> None:
        """Take it away with all that is on it."""
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @property
    def _balloon(self) -> Path:
        return self.folder / "balloon"

    def fill(self) -> None:
        """Leave no room."""
        if not self.mounted:
            self._limit()
            return
        # Not even the file can be made where others have filled the disk already.
        with suppress(OSError), self._balloon.open("wb", buffering=0) as balloon:
            while balloon.write(bytes(_MIB)):
                pass

    def free(self) -> None:
        """Give the room back."""
        self._balloon.unlink(missing_ok=True)
        for process, before in self._limited:
            try:
                process.rlimit(resource.RLIMIT_FSIZE, before)
            except psutil.NoSuchProcess:
                continue
        self._limited.clear()

    def _limit(self) -> None:
        for pid in self.writers():
            try:
                leader = psutil.Process(pid)
                for process in (leader, *leader.children(recursive=True)):
                    if process.uids().real != os.getuid():
                        continue  # which even root may not limit everywhere
                    before = process.rlimit(resource.RLIMIT_FSIZE)
                    process.rlimit(resource.RLIMIT_FSIZE, (0, before[1]))
                    self._limited.append((process, before))
            except psutil.NoSuchProcess:
                continue
