"""Time, rate and disk limits of client connections."""

import threading
import time
from dataclasses import dataclass

__all__ = ["Limits", "Pace", "Room"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of one client and of all clients. Times in seconds."""

    per_address: int = 512
    """Concurrent connections of one address; 0: unlimited."""
    connections: int = 2500
    """Concurrent connections; above it, the one with the earliest deadline is closed."""
    head_s: float = 10.0
    """From the connection, or the first byte of a further request, to the end of its head."""
    idle_s: float = 15.0
    """Keep-alive: from a response to the first byte of the next request."""
    grace_s: float = 10.0
    """Allowance of a body or response on top of the minimum rate."""
    bytes_per_s: float = 10_000.0
    """Minimum average rate of a body or response: 20 MiB in 35 minutes."""
    ahead_s: float = 30.0
    """Longest pause of a client that was faster than the minimum before."""
    linger_s: float = 2.0
    """For a client to close its side after the last response."""
    drain_s: float = 10.0
    """For a client that is answered before its request was received completely to stop sending."""
    queued_s: float = 30.0
    """For a complete request to get a thread."""
    body_bytes: int = 28 * 1024 * 1024
    """Larger bodies are not buffered: a thread reads them."""
    spool_bytes: int = 512 * 1024 * 1024
    """Total size of bodies and responses buffered on disk."""


class Pace:
    """Deadline that moves with the bytes transferred, to enforce a minimum average rate."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.until = time.monotonic() + limits.grace_s

    def add(self, count: int) -> None:
        """Extend the deadline by the time that so many bytes may take."""
        latest = time.monotonic() + max(self._limits.ahead_s, self._limits.grace_s)
        self.until = min(self.until + count / self._limits.bytes_per_s, latest)

    def left_s(self) -> float:
        """Return the seconds left, at least 0.0."""
        return max(0.0, self.until - time.monotonic())


class Room:
    """Byte budget shared by all buffers on disk."""

    def __init__(self, total: int) -> None:
        self._free = total
        self._lock = threading.Lock()

    def take(self, count: int) -> bool:
        """Reserve bytes; return False if too few are free."""
        with self._lock:
            if count > self._free:
                return False
            self._free -= count
            return True

    def give_back(self, count: int) -> None:
        """Release reserved bytes."""
        with self._lock:
            self._free += count
