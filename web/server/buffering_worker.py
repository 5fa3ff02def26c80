"""Gunicorn's worker of threads, made to withstand slow clients (docs/decisions/0012-web-server.md).

The worker's loop receives requests whole before a thread gets them, and sends what clients did not
take at once after the thread has gone on. No client holds a thread for as long as it likes.
"""

import errno
import logging
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from shared.errors import CodesignerError
from web.http.concurrency import VisitorLimiter
from web.server.connection import Connection, refuse
from web.server.deadlines import Limits, Pace, Room
from web.server.request_buffer import Incoming
from web.server.response_buffer import OutgoingSocket

__all__ = ["RECORDING_THREADS", "BufferingWorker"]

RECORDING_THREADS = 32
"""Of the threads, for what programs send; the others are for what is read and for pages."""

_log = logging.getLogger("gunicorn.error")
_RECORDING = (b"POST /api/", b"PUT /api/", b"PATCH /api/", b"DELETE /api/")
_STEP_BYTES = 64 * 1024
_FLUSH_BYTES = 1024 * 1024
"""Sent to one client before others have their turn."""
_LARGE_BODIES = 4
"""Bodies above `Limits.body_bytes` at once; each holds a thread."""
_LOOK_EVERY_S = 0.25
_AGAIN_S = 10


class BufferingWorker(ThreadWorker):  # type: ignore[misc]
    """Receives and sends in its loop, answers in threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits: Limits = self.app.limits
        self._room = Room(self.limits.spool_bytes)
        self._large = VisitorLimiter(_LARGE_BODIES, _LARGE_BODIES)
        self._held: Counter[str] = Counter()
        """Connections by the address that they come from."""
        self._waiting: dict[Connection, Callable[[Connection], None]] = {}
        """What the loop does next with connections that no thread has."""
        self._look_at = 0.0

    def get_thread_pool(self) -> "_Threads":
        """Return the threads that answer."""
        return _Threads(self.cfg.threads)

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection, unless its address has enough of them."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._make_way()
            elif error.errno not in {errno.EAGAIN, errno.ECONNABORTED}:
                _log.warning("accepting a connection: %s", error)
            return
        sock = OutgoingSocket(accepted, self.limits, self._room)
        conn = Connection(self.cfg, sock, client, listener.getsockname())
        conn.incoming = Incoming(self.limits, self._room)
        self.nr_conns += 1
        self._held[conn.source] += 1
        if self.nr_conns >= self.worker_connections:
            self._make_way()
        self._act(conn, self._begin)

    def enqueue_req(self, conn: Connection) -> None:
        """Have a thread answer."""
        conn.until = time.monotonic() + self.limits.queued_s
        super().enqueue_req(conn)

    def handle(self, conn: Connection) -> bool:
        """Answer one request; returns whether the connection is kept. Runs in a thread."""
        incoming = conn.incoming
        if time.monotonic() > conn.until:
            return refuse(conn, _unavailable("Too many requests wait; try again soon."))
        large = incoming.too_large
        if large and not self._large.take(""):
            return refuse(conn, _unavailable("Too many uploads are under way; try again soon."))
        try:
            conn.parser = RequestParser(self.cfg, conn.request_bytes(), conn.client)
            kept = bool(super().handle(conn))
        finally:
            incoming.close()
            if large:
                self._large.give_back("")
        return kept and incoming.complete

    def finish_request(self, conn: Connection, answered: "Future[bool]") -> None:
        """Send what is left of an answer; in the loop."""
        failed = answered.cancelled() or answered.exception() is not None
        conn.keep = not failed and bool(answered.result())
        self._act(conn, self._send)

    def murder_keepalived(self, force: bool = False) -> None:
        """End what has waited for too long, or everything."""
        now = time.monotonic()
        if now < self._look_at and not force:
            return
        self._look_at = now + _LOOK_EVERY_S
        for conn in [each for each in self._waiting if force or each.until < now]:
            begun = self._waiting[conn] == self._receive and conn.incoming.begun
            self._forget(conn)
            if begun and not force:
                self._act(conn, self._tell_late)
            else:
                self._close(conn)

    def murder_pending(self) -> None:
        """Do nothing: `murder_keepalived` sees to all."""

    def _cap_keepalive(self, deadline: float) -> None:
        """Stop receiving by then at the latest: the worker stops."""
        for conn, act in self._waiting.items():
            if act == self._receive:
                conn.until = min(conn.until, deadline)

    def _act(self, conn: Connection, act: Callable[[Connection], None]) -> None:
        """Do something with a connection; whatever goes wrong ends this connection alone."""
        try:
            act(conn)
        except CodesignerError as error:
            self._forget(conn)
            self._act(conn, partial(self._end, error=error))
        except Exception as error:  # noqa: BLE001 (the boundary: one client ends no other)
            if not isinstance(error, OSError):
                _log.exception("a connection failed")
            elif error.errno == errno.ENOSPC:
                _log.error("receiving a request: %s", error)
            self._forget(conn)
            self._close(conn)

    def _wait(
        self, conn: Connection, event: int, until: float, act: Callable[[Connection], None]
    ) -> None:
        """Have the loop act once the socket is ready."""
        conn.until = until
        if conn not in self._waiting:
            self.poller.register(conn.sock, event, lambda _sock: self._on_ready(conn, act))
        elif self._waiting[conn] != act:
            self.poller.modify(conn.sock, event, lambda _sock: self._on_ready(conn, act))
        self._waiting[conn] = act

    def _on_ready(self, conn: Connection, act: Callable[[Connection], None]) -> None:
        if conn in self._waiting:  # else what was ready before it in the same turn closed it
            self._act(conn, act)

    def _forget(self, conn: Connection) -> None:
        if self._waiting.pop(conn, None) is not None:
            self.poller.unregister(conn.sock)

    def _begin(self, conn: Connection) -> None:
        """Wait for the first request, unless the address has enough connections."""
        if 0 < self.limits.per_address < self._held[conn.source]:
            message = "Too many connections come from this address."
            raise CodesignerError("rate_limited", message, retry_after_s=_AGAIN_S)
        until = time.monotonic() + self.limits.head_s
        self._wait(conn, selectors.EVENT_READ, until, self._receive)

    def _receive_next(self, conn: Connection) -> None:
        """Begin with a further request, of which some bytes may have come already."""
        early = conn.incoming.surplus
        conn.incoming = Incoming(self.limits, self._room)
        conn.pace = None
        wait_s = self.limits.head_s if early else self.limits.idle_s
        if not self.alive:
            wait_s = min(wait_s, STOP_KEEPALIVE_LINGER)
        conn.until = time.monotonic() + wait_s
        self._take_in(conn, early)

    def _receive(self, conn: Connection) -> None:
        try:
            data = conn.sock.recv(_STEP_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._forget(conn)
            self._close(conn)
            return
        if conn.keep and not conn.incoming.begun:
            conn.until = time.monotonic() + self.limits.head_s
        self._take_in(conn, data)

    def _take_in(self, conn: Connection, data: bytes) -> None:
        """Take in bytes; a whole request goes to a thread, for another one the loop waits."""
        incoming = conn.incoming
        incoming.feed(data)
        if incoming.complete or incoming.too_large:
            self._forget(conn)
            self.enqueue_req(conn)
            return
        until = conn.until
        if incoming.head is not None:
            if conn.pace is None:
                conn.pace = Pace(self.limits)
                if incoming.expects:
                    conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            conn.pace.add(len(data))
            until = conn.pace.until
        self._wait(conn, selectors.EVENT_READ, until, self._receive)

    def _send(self, conn: Connection) -> None:
        """Send what the client takes of an answer, then go on with what follows it."""
        conn.sock.flush(_FLUSH_BYTES)
        if conn.sock.unsent:
            self._wait(conn, selectors.EVENT_WRITE, conn.sock.pace.until, self._send)
            return
        self._forget(conn)
        if conn.keep:
            self._receive_next(conn)
        else:
            conn.sock.shutdown(socket.SHUT_WR)
            until = time.monotonic() + self.limits.linger_s
            self._wait(conn, selectors.EVENT_READ, until, self._linger)

    def _linger(self, conn: Connection) -> None:
        """Read on and drop until the client closes, or it might not see the answer's end."""
        if not conn.sock.recv(_STEP_BYTES):
            self._forget(conn)
            self._close(conn)

    def _tell_late(self, conn: Connection) -> None:
        self._end(conn, CodesignerError("request_timeout", "The request did not come in time."))

    def _end(self, conn: Connection, error: CodesignerError) -> None:
        """Refuse a request that was not received whole."""
        conn.incoming.close()
        conn.keep = False
        refuse(conn, error)
        self._send(conn)

    def _make_way(self) -> None:
        """Close the connection that would end first of those that no thread has."""
        if self._waiting:
            conn = min(self._waiting, key=lambda conn: conn.until)
            self._forget(conn)
            self._close(conn)

    def _close(self, conn: Connection) -> None:
        conn.incoming.close()
        conn.close()
        self.nr_conns -= 1
        self._held[conn.source] -= 1
        if not self._held[conn.source]:
            del self._held[conn.source]


class _Threads:
    """Two pools: what programs send waits for threads of its own, and nobody else behind it."""

    def __init__(self, number: int) -> None:
        self._recording = ThreadPoolExecutor(RECORDING_THREADS, "recording")
        self._other = ThreadPoolExecutor(number - RECORDING_THREADS, "other")

    def submit(self, handle: Callable[[Connection], Any], conn: Connection) -> "Future[Any]":
        recording = (conn.incoming.head or b"").startswith(_RECORDING)
        return (self._recording if recording else self._other).submit(handle, conn)

    def shutdown(self, wait: bool = True) -> None:
        for pool in (self._recording, self._other):
            pool.shutdown(wait=wait)


def _unavailable(message: str) -> CodesignerError:
    return CodesignerError("unavailable", message, retry_after_s=_AGAIN_S)
