"""Progress of a computation: how stages report it, so that leases are renewed while it advances."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["OnProgress", "ignore_progress", "portion"]

OnProgress = Callable[[float], None]
"""Called with the share of the work that is done, 0 to 1, at least twice a second where that is
possible. What it raises ends the computation: nobody waits for the result any more."""


def ignore_progress(_share: float) -> None:
    """Do nothing with the reported share."""


def portion(on_progress: OnProgress, index: int, count: int) -> OnProgress:
    """Return the callback of one of `count` equal parts: its 0 to 1 is that part of the whole."""
    return lambda share: on_progress((index + share) / count)
