"""Places for what lasts or is costly, shared out so that nobody takes them all."""

import threading
from collections import Counter

__all__ = ["Desks", "Places"]


class Places:
    """So many places, and of them so many at most for one visitor."""

    def __init__(self, total: int, each: int) -> None:
        self._free = total
        self._each = each
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def has_share_left(self, visitor: str) -> bool:
        """Tell whether the visitor may take a further place, if one is free."""
        with self._lock:
            return self._held.get(visitor, 0) < self._each

    def take(self, visitor: str) -> bool:
        """Take a place until it is given back; False where none is free for this visitor."""
        with self._lock:
            if not self._free or self._held.get(visitor, 0) >= self._each:
                return False
            self._free -= 1
            self._held[visitor] += 1
            return True

    def give_back(self, visitor: str) -> None:
        """Give back a place that the visitor took."""
        with self._lock:
            self._free += 1
            self._held[visitor] -= 1
            if not self._held[visitor]:
                del self._held[visitor]


class Desks:
    """So many places for short work, for which some may wait, but not for long."""

    def __init__(self, number: int, *, waiting: int, wait_s: float) -> None:
        """Keep the places.

        Args:
            number: of places.
            waiting: how many may wait at once; each holds a thread.
            wait_s: how long each waits, in seconds.
        """
        self._free = threading.BoundedSemaphore(number)
        self._line = threading.BoundedSemaphore(waiting)
        self._wait_s = wait_s

    def take(self) -> bool:
        """Take a place until it is given back; False where none came free in time."""
        if self._free.acquire(blocking=False):
            return True
        if not self._line.acquire(blocking=False):
            return False
        try:
            return self._free.acquire(timeout=self._wait_s)
        finally:
            self._line.release()

    def give_back(self) -> None:
        """Give back a place that was taken."""
        self._free.release()
