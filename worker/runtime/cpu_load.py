"""How many cores of this machine are idle, by the kernel's count of runnable threads."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["idle_cores", "usable_cores"]

_LOAD = Path("/proc/loadavg")


def usable_cores() -> tuple[int, ...]:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def idle_cores(load: Path = _LOAD) -> int:
    """Return how many threads may compute now, each on a core of its own; at least 1.

    That is the calling thread and one for each core of this process that no other thread needs.
    Half the cores where the system does not tell.

    Args:
        load: the kernel's file, whose fourth field is "runnable/all threads"; see proc(5).
    """
    usable = len(usable_cores())
    try:
        runnable = int(load.read_text(encoding="ascii").split()[3].partition("/")[0])
    except OSError:
        return max(1, usable // 2)
    others = max(0, runnable - 1)
    return max(1, min(usable, (os.cpu_count() or 1) - others))
