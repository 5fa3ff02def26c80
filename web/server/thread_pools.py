"""Thread pools of the worker: API writes are separate from all other requests."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from web.server.connection import Connection

__all__ = ["OTHER_THREADS", "RECORDING_THREADS", "THREADS", "ThreadPools"]

RECORDING_THREADS = 32
"""Threads for API requests that write."""
OTHER_THREADS = 64
"""Threads for reads and pages, and for requests that wait for something."""
THREADS = RECORDING_THREADS + OTHER_THREADS

_WRITE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}


class ThreadPools:
    """Separate pools for API writes and other requests, so that writes cannot delay the others."""

    def __init__(self) -> None:
        self._write_pool = ThreadPoolExecutor(RECORDING_THREADS, "recording")
        self._other_pool = ThreadPoolExecutor(OTHER_THREADS, "other")

    def submit(self, handle: Callable[[Connection], Any], conn: Connection) -> "Future[Any]":
        head = conn.incoming.head
        is_write = (
            head is not None and head.method in _WRITE_METHODS and head.target.startswith("/api/")
        )
        return (self._write_pool if is_write else self._other_pool).submit(handle, conn)

    def shutdown(self, wait: bool = True) -> None:
        for pool in (self._write_pool, self._other_pool):
            pool.shutdown(wait=wait)
