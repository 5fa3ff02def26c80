"""Concurrency limits: per visitor for SSE and long polling, with a bounded queue for writes."""

import threading
from collections import Counter

__all__ = ["ConcurrencyLimiter", "VisitorLimiter"]


class VisitorLimiter:
    """Concurrency limit in total and per visitor; never blocks.

    Args:
        total: slots of all visitors.
        per_visitor: slots that one visitor may hold at once.
    """

    def __init__(self, total: int, per_visitor: int) -> None:
        self._free = total
        self._per_visitor = per_visitor
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def is_below_limit(self, visitor: str) -> bool:
        """Return whether the visitor is below its own limit, whether or not a slot is free."""
        with self._lock:
            return self._held.get(visitor, 0) < self._per_visitor

    def take(self, visitor: str) -> bool:
        """Acquire a slot; return False if none is free or the visitor is at its limit."""
        with self._lock:
            if not self._free or self._held.get(visitor, 0) >= self._per_visitor:
                return False
            self._free -= 1
            self._held[visitor] += 1
            return True

    def give_back(self, visitor: str) -> None:
        """Release a slot that the visitor acquired."""
        with self._lock:
            self._free += 1
            self._held[visitor] -= 1
            if not self._held[visitor]:
                del self._held[visitor]


class ConcurrencyLimiter:
    """Concurrency limit for short work, with a bounded number of waiters and a timeout."""

    def __init__(self, limit: int, *, waiting: int, wait_s: float) -> None:
        """Create the slots.

        Args:
            limit: number of slots.
            waiting: maximum number of waiters at once; each holds a thread.
            wait_s: how long each waits, in seconds.
        """
        self._slots = threading.BoundedSemaphore(limit)
        self._waiters = threading.BoundedSemaphore(waiting)
        self._wait_s = wait_s

    def take(self) -> bool:
        """Acquire a slot; return False if none became free in time or too many wait already."""
        if self._slots.acquire(blocking=False):
            return True
        if not self._waiters.acquire(blocking=False):
            return False
        try:
            return self._slots.acquire(timeout=self._wait_s)
        finally:
            self._waiters.release()

    def give_back(self) -> None:
        """Release a slot."""
        self._slots.release()
