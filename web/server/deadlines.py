"""How long and how much a client's connection may take of the server."""

import threading
import time
from dataclasses import dataclass

__all__ = ["Limits", "Pace", "Room"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one client and all clients may take. Times in seconds."""

    per_address: int = 256
    """Connections of one address at once; 0: any number."""
    connections: int = 1000
    """Of all addresses; beyond them the one that was to end first is closed for a new one."""
    head_s: float = 10.0
    """From the connection, or the first byte after an answer, to the end of a request's head."""
    idle_s: float = 15.0
    """From an answer to the next request's first byte."""
    grace_s: float = 10.0
    """What a body or an answer may take besides its bytes."""
    bytes_per_s: float = 10_000.0
    """Least average rate of a body or an answer: 20 MiB in 35 minutes."""
    ahead_s: float = 30.0
    """Longest pause of a client that was faster before."""
    linger_s: float = 2.0
    """For a client to close its side after the last answer."""
    queued_s: float = 30.0
    """For a whole request to get a thread."""
    body_bytes: int = 28 * 1024 * 1024
    """Larger bodies are not received ahead: a thread reads them."""
    spool_bytes: int = 512 * 1024 * 1024
    """Of all bodies and answers that wait on disk."""


class Pace:
    """A deadline that moves on as bytes come: they have to come at a least rate."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.until = time.monotonic() + limits.grace_s

    def add(self, count: int) -> None:
        """Count bytes that came or went."""
        ahead = time.monotonic() + max(self._limits.ahead_s, self._limits.grace_s)
        self.until = min(self.until + count / self._limits.bytes_per_s, ahead)

    def left_s(self) -> float:
        """Return the seconds that are left, 0.0 at least."""
        return max(0.0, self.until - time.monotonic())


class Room:
    """So many bytes, shared by all that wait on disk."""

    def __init__(self, total: int) -> None:
        self._free = total
        self._lock = threading.Lock()

    def take(self, count: int) -> bool:
        """Take room for so many bytes; False where there is not enough."""
        with self._lock:
            if count > self._free:
                return False
            self._free -= count
            return True

    def give_back(self, count: int) -> None:
        """Give back what was taken."""
        with self._lock:
            self._free += count
