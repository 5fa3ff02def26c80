"""Disks that can be filled: a small file system where root may mount one.

Otherwise a file size limit (RLIMIT_FSIZE) simulates a full disk: writes fail with "file too large"
instead of "no space left", in all processes that write there.
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
    """The file system under one folder."""

    folder: Path
    size_mib: int
    writers: Callable[[], Iterable[int]]
    """Gives the ids of the processes that write there; their children are found."""
    mounted: bool = False
    _limited: list[tuple[psutil.Process, tuple[int, int]]] = field(default_factory=list)

    def mount(self) -> None:
        """Mount a file system on the folder, where that is permitted."""
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
        """Unmount the file system and discard its content."""
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @property
    def _balloon(self) -> Path:
        return self.folder / "balloon"

    def fill(self) -> None:
        """Fill the file system completely."""
        if not self.mounted:
            self._limit()
            return
        # Creating the file fails too if the disk is already full.
        with suppress(OSError), self._balloon.open("wb", buffering=0) as balloon:
            while balloon.write(bytes(_MIB)):
                pass

    def free(self) -> None:
        """Free the filled space."""
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
                        continue  # not permitted everywhere, even to root
                    before = process.rlimit(resource.RLIMIT_FSIZE)
                    process.rlimit(resource.RLIMIT_FSIZE, (0, before[1]))
                    self._limited.append((process, before))
            except psutil.NoSuchProcess:
                continue
