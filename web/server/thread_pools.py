"""Thread pools of the worker: API writes and event streams are separate from other requests."""

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from web.extensions import MAX_STREAMS
from web.server.connection import Connection
from web.server.framing import Head

__all__ = ["OTHER_THREADS", "RECORDING_THREADS", "STREAM_THREADS", "THREADS", "ThreadPools"]

RECORDING_THREADS = 32
"""Threads for API requests that write."""
STREAM_THREADS = MAX_STREAMS + 8
"""One for each event stream, and some that refuse further ones at once."""
OTHER_THREADS = 64
"""Threads for reads and pages, and for the requests that wait for something."""
THREADS = RECORDING_THREADS + STREAM_THREADS + OTHER_THREADS

_WRITE_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
_STREAM = re.compile(r"/api/v1/jobs/[^/?]+/events(?:\?|$)")


class ThreadPools:
    """Separate pools, so that neither API writes nor streams can delay the other requests.

    Threads are started as they are needed.
    """

    def __init__(self) -> None:
        self._write_pool = ThreadPoolExecutor(RECORDING_THREADS, "recording")
        self._stream_pool = ThreadPoolExecutor(STREAM_THREADS, "stream")
        self._other_pool = ThreadPoolExecutor(OTHER_THREADS, "other")

    def submit(self, handle: Callable[[Connection], Any], conn: Connection) -> "Future[Any]":
        return self._pool_of(conn.incoming.head).submit(handle, conn)

    def _pool_of(self, head: Head | None) -> ThreadPoolExecutor:
        if head is None:
            return self._other_pool
        if head.method in _WRITE_METHODS and head.target.startswith("/api/"):
            return self._write_pool
        is_stream = head.method == "GET" and _STREAM.match(head.target)
        return self._stream_pool if is_stream else self._other_pool

    def shutdown(self, wait: bool = True) -> None:
        for pool in (self._write_pool, self._stream_pool, self._other_pool):
            pool.shutdown(wait=wait)
