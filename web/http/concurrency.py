"""Concurrency limits: per visitor for what takes long, with a bounded queue for writes."""

import threading
from collections import Counter
from dataclasses import dataclass

__all__ = ["ConcurrencyLimiter", "Visitor", "VisitorLimiter"]


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Whom slots are counted for. Nothing that a client may invent, such as a cookie, is in it."""

    network: str
    """Of the client's address, see `shared.networks`."""
    account: str | None = None
    """Name of the account or API client; None: a stranger."""


class VisitorLimiter:
    """Concurrency limit in total, per network and per account; never blocks.

    Args:
        total: slots of all visitors.
        per_network: slots of one network, with whatever accounts.
        per_account: slots of one account, from whatever networks.
    """

    def __init__(self, total: int, *, per_network: int, per_account: int) -> None:
        self.per_network = per_network
        self._per_account = per_account
        self._free = total
        self._networks: Counter[str] = Counter()
        self._accounts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def left(self, visitor: Visitor) -> int:
        """Return how many more slots the visitor may hold, whether or not they are free."""
        with self._lock:
            return self._left(visitor)

    def _left(self, visitor: Visitor) -> int:
        left = self.per_network - self._networks.get(visitor.network, 0)
        if visitor.account is not None:
            left = min(left, self._per_account - self._accounts.get(visitor.account, 0))
        return left

    def take(self, visitor: Visitor) -> bool:
        """Acquire a slot; return False if none is free or the visitor is at its limit."""
        with self._lock:
            if not self._free or self._left(visitor) <= 0:
                return False
            self._add(visitor, 1)
            return True

    def give_back(self, visitor: Visitor) -> None:
        """Release a slot that the visitor acquired."""
        with self._lock:
            self._add(visitor, -1)

    def _add(self, visitor: Visitor, number: int) -> None:
        self._free -= number
        held = [(self._networks, visitor.network)]
        if visitor.account is not None:
            held.append((self._accounts, visitor.account))
        for counter, key in held:
            counter[key] += number
            if not counter[key]:
                del counter[key]


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
