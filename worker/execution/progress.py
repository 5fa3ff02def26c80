"""Progress callbacks of stage functions; reported progress renews the leases."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["OnProgress", "ignore_progress", "portion"]

OnProgress = Callable[[float], None]
"""Called with the finished share of the work, 0 to 1, at least twice a second where possible. An
exception of it ends the computation: the result is no longer needed."""


def ignore_progress(_share: float) -> None:
    """Ignore the reported share."""


def portion(on_progress: OnProgress, index: int, count: int) -> OnProgress:
    """Return the callback of one of `count` equal parts: its 0 to 1 is that part of the whole."""
    return lambda share: on_progress((index + share) / count)
