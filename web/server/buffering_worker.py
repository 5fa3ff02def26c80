"""Threaded gunicorn worker that buffers requests and responses against slow clients.

The event loop receives each request completely before a thread handles it, and sends the unsent
rest of a response after the thread is free again, so that no slow client can hold a thread. See
docs/decisions/0012-web-server.md.
"""

import errno
import logging
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from shared.errors import CodesignerError
from web.http.concurrency import ConcurrencyLimiter
from web.http.request_limits import max_body_bytes
from web.server.connection import Connection, error_of, refuse
from web.server.deadlines import Limits, Pace, Room
from web.server.framing import Head
from web.server.open_streams import OpenStream, is_stream_request, mark, watched_of
from web.server.request_buffer import Incoming
from web.server.response_buffer import OutgoingSocket
from web.server.thread_pools import ThreadPools

__all__ = ["BufferingWorker"]

_log = logging.getLogger("gunicorn.error")
_READ_BYTES = 64 * 1024
_FLUSH_BYTES = 1024 * 1024
"""Maximum sent to one client before others have their turn."""
_MAX_LARGE_BODIES = 4
"""Concurrent bodies above `Limits.body_bytes`; each holds a thread."""
_CHECK_INTERVAL_S = 0.25
_RETRY_AFTER_S = 10
_IDLE_AFTER_S = 1.0
"""A connection without a request for so long may be closed for another one of its address."""


class BufferingWorker(ThreadWorker):  # type: ignore[misc]
    """Receives and sends in the event loop, handles requests in threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits: Limits = self.app.limits
        self._spool_budget = Room(self.limits.spool_bytes)
        self._large_body_slots = ConcurrencyLimiter(_MAX_LARGE_BODIES, waiting=0, wait_s=0.0)
        self._connections: Counter[str] = Counter()
        """Number of connections by client address."""
        self._callbacks: dict[Connection, Callable[[Connection], None]] = {}
        """Next callback of each connection that is in the loop and not in a thread."""
        self._next_check = 0.0

    def get_thread_pool(self) -> "ThreadPools":
        """Return the pools of threads that handle requests."""
        return ThreadPools()

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; close or refuse one if there are too many."""
        try:
            accepted, client_address = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._evict_connection()
            elif error.errno not in {errno.EAGAIN, errno.ECONNABORTED}:
                _log.warning("cannot accept a connection: %s", error)
            return
        sock = OutgoingSocket(accepted, self.limits, self._spool_budget)
        conn = Connection(self.cfg, sock, client_address, listener.getsockname())
        conn.incoming = self._new_incoming()
        self.nr_conns += 1
        self._connections[conn.client_key] += 1
        if self.nr_conns >= self.worker_connections:
            self._evict_connection()
        self._run(conn, self._start)

    def _new_incoming(self) -> Incoming:
        return Incoming(self.limits, self._spool_budget, self._max_body_bytes)

    def _max_body_bytes(self, head: Head) -> int:
        """Return the maximum size of a request's body, in bytes."""
        return max_body_bytes(self.wsgi, head.method, head.target, head.mimetype)

    def enqueue_req(self, conn: Connection) -> None:
        """Queue a complete request for a thread."""
        conn.deadline = time.monotonic() + self.limits.queued_s
        super().enqueue_req(conn)

    def handle(self, conn: Connection) -> bool:
        """Handle one request in a thread; return whether the connection is kept alive."""
        incoming = conn.incoming
        if time.monotonic() > conn.deadline:
            return refuse(conn.sock, _unavailable("Too many requests are waiting; try again soon."))
        holds_slot = incoming.too_large and not incoming.refused
        if holds_slot and not self._large_body_slots.take():
            return refuse(
                conn.sock, _unavailable("Too many uploads are under way; try again soon.")
            )
        try:
            conn.parser = RequestParser(self.cfg, conn.request_bytes(), conn.client)
            keep_alive = bool(super().handle(conn))
        finally:
            incoming.close()
            if holds_slot:
                self._large_body_slots.give_back()
        return keep_alive and incoming.complete

    def handle_request(self, req: Any, conn: Connection) -> bool:
        """Let the application handle a request; return whether the connection is kept alive."""
        if is_stream_request(conn.incoming.head):
            return self._open_stream(req, conn)
        return bool(super().handle_request(req, conn))

    def _open_stream(self, req: Any, conn: Connection) -> bool:
        """Send what an event stream begins with; it is then stepped without a thread of its own.

        The connection belongs to the stream until its end, after which the loop closes it.
        Responses that are no stream end at once, as any other.
        """
        began = time.monotonic()
        response, environ = create(req, conn.sock, conn.client, conn.server, self.cfg)
        environ["wsgi.multithread"] = True
        mark(environ)

        def on_end() -> None:
            duration = timedelta(seconds=time.monotonic() - began)
            self.log.access(response, req, environ, duration)
            if conn.is_streaming:
                with suppress(OSError):  # the server has ended
                    self.method_queue.defer(self._run, conn, self._send)

        body = self.wsgi(environ, response.start_response)
        watched = watched_of(environ)
        if watched is not None or not self.alive:
            response.force_close()
        stream = OpenStream(body, response, is_stopping=lambda: not self.alive, on_end=on_end)
        if not stream.step():
            return not response.should_close()
        assert watched is not None
        conn.is_streaming, conn.keep_alive = True, False
        watched.step = stream.step
        return False

    def handle_error(self, _req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer a request that gunicorn rejects, or that failed outside of the application."""
        with suppress(OSError):
            refuse(client, error_of(exc, addr))

    def finish_request(self, conn: Connection, handled: "Future[bool]") -> None:
        """Send the unsent rest of a response, in the loop; an open stream sends it itself."""
        if conn.is_streaming:
            return
        failed = handled.cancelled() or handled.exception() is not None
        conn.keep_alive = not failed and bool(handled.result())
        self._run(conn, self._send)

    def murder_keepalived(self, force: bool = False) -> None:
        """Close the connections whose deadline has passed; all of them with `force`."""
        now = time.monotonic()
        if now < self._next_check and not force:
            return
        self._next_check = now + _CHECK_INTERVAL_S
        closing = [conn for conn in self._callbacks if force or conn.deadline < now]
        for conn in closing:
            receiving = self._callbacks[conn] == self._receive and conn.incoming.begun
            self._unregister(conn)
            if receiving and not force:
                self._run(conn, self._time_out)
            else:
                self._close(conn)

    def murder_pending(self) -> None:
        """Do nothing: `murder_keepalived` checks all connections."""

    def _cap_keepalive(self, deadline: float) -> None:
        """Bound the deadlines of receiving connections, as the worker stops."""
        for conn, callback in self._callbacks.items():
            if callback == self._receive:
                conn.deadline = min(conn.deadline, deadline)

    def _run(self, conn: Connection, callback: Callable[[Connection], None]) -> None:
        """Run a callback of a connection; an error closes only this connection."""
        try:
            callback(conn)
        except CodesignerError as error:
            self._unregister(conn)
            self._run(conn, partial(self._reject, error=error))
        except Exception as error:  # noqa: BLE001 (boundary: an error of one client affects no other)
            if not isinstance(error, OSError):
                _log.exception("connection failed with an unexpected error")
            elif error.errno == errno.ENOSPC:
                _log.error("cannot spool a request: %s", error)
            self._unregister(conn)
            self._close(conn)

    def _wait(
        self, conn: Connection, event: int, deadline: float, callback: Callable[[Connection], None]
    ) -> None:
        """Register a callback that the loop runs once the socket is ready."""
        conn.deadline = deadline
        if conn not in self._callbacks:
            self.poller.register(conn.sock, event, lambda _sock: self._on_ready(conn, callback))
        elif self._callbacks[conn] != callback:
            self.poller.modify(conn.sock, event, lambda _sock: self._on_ready(conn, callback))
        self._callbacks[conn] = callback

    def _on_ready(self, conn: Connection, callback: Callable[[Connection], None]) -> None:
        if conn in self._callbacks:  # it may have been closed earlier in the same iteration
            self._run(conn, callback)

    def _unregister(self, conn: Connection) -> None:
        if self._callbacks.pop(conn, None) is not None:
            self.poller.unregister(conn.sock)

    def _start(self, conn: Connection) -> None:
        """Wait for the first request; make room if the address has too many connections.

        An idle one of the same address is closed, so that idle ones keep nobody out; without one
        the new connection is refused.
        """
        is_above = 0 < self.limits.per_address < self._connections[conn.client_key]
        if is_above and not self._evict_connection(conn.client_key):
            message = "Too many connections from this address."
            raise CodesignerError("rate_limited", message, retry_after_s=_RETRY_AFTER_S)
        conn.waits_since = time.monotonic()
        deadline = conn.waits_since + self.limits.head_s
        self._wait(conn, selectors.EVENT_READ, deadline, self._receive)

    def _receive_next(self, conn: Connection) -> None:
        """Start receiving the next request; its first bytes may be buffered already."""
        buffered = conn.incoming.surplus
        conn.incoming = self._new_incoming()
        conn.pace = None
        wait_s = self.limits.head_s if buffered else self.limits.idle_s
        if not self.alive:
            wait_s = min(wait_s, STOP_KEEPALIVE_LINGER)
        conn.waits_since = time.monotonic()
        conn.deadline = conn.waits_since + wait_s
        self._feed(conn, buffered)

    def _receive(self, conn: Connection) -> None:
        try:
            data = conn.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._unregister(conn)
            self._close(conn)
            return
        if conn.keep_alive and not conn.incoming.begun:
            conn.deadline = time.monotonic() + self.limits.head_s
        self._feed(conn, data)

    def _feed(self, conn: Connection, data: bytes) -> None:
        """Buffer received bytes; queue the request once complete, else wait for more."""
        incoming = conn.incoming
        incoming.feed(data)
        if incoming.ready:
            self._unregister(conn)
            self.enqueue_req(conn)
            return
        deadline = conn.deadline
        if incoming.head is not None:
            if conn.pace is None:
                conn.pace = Pace(self.limits)
                if incoming.expects:
                    conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            conn.pace.add(len(data))
            deadline = conn.pace.until
        self._wait(conn, selectors.EVENT_READ, deadline, self._receive)

    def _send(self, conn: Connection) -> None:
        """Send as much of the response as the client accepts; once sent, keep alive or close."""
        conn.sock.flush(_FLUSH_BYTES)
        if conn.sock.unsent:
            self._wait(conn, selectors.EVENT_WRITE, conn.sock.pace.until, self._send)
            return
        self._unregister(conn)
        if conn.keep_alive:
            self._receive_next(conn)
        else:
            conn.sock.shutdown(socket.SHUT_WR)
            received = conn.incoming.head is None or conn.incoming.complete
            linger_s = self.limits.linger_s if received else self.limits.drain_s
            deadline = time.monotonic() + linger_s
            self._wait(conn, selectors.EVENT_READ, deadline, self._linger)

    def _linger(self, conn: Connection) -> None:
        """Read and discard until the client closes, or it may miss the end of the response."""
        if not conn.sock.recv(_READ_BYTES):
            self._unregister(conn)
            self._close(conn)

    def _time_out(self, conn: Connection) -> None:
        self._reject(
            conn, CodesignerError("request_timeout", "The request was not received in time.")
        )

    def _reject(self, conn: Connection, error: CodesignerError) -> None:
        """Send an error for a request that was not received completely."""
        conn.incoming.close()
        conn.keep_alive = False
        refuse(conn.sock, error)
        self._send(conn)

    def _evict_connection(self, client_key: str | None = None) -> bool:
        """Close the connection with the earliest deadline of those not in a thread.

        Args:
            client_key: None: any connection; otherwise an idle one of this client.

        Returns:
            Whether there was one.
        """
        found = [
            conn
            for conn in self._callbacks
            if client_key is None or (conn.client_key == client_key and self._is_idle(conn))
        ]
        if found:
            conn = min(found, key=lambda conn: conn.deadline)
            self._unregister(conn)
            self._close(conn)
        return bool(found)

    def _is_idle(self, conn: Connection) -> bool:
        """Return whether the connection has waited for the first byte of a request for long."""
        waits = self._callbacks[conn] == self._receive and not conn.incoming.begun
        return waits and time.monotonic() - conn.waits_since > _IDLE_AFTER_S

    def _close(self, conn: Connection) -> None:
        conn.incoming.close()
        conn.close()
        self.nr_conns -= 1
        self._connections[conn.client_key] -= 1
        if not self._connections[conn.client_key]:
            del self._connections[conn.client_key]


def _unavailable(message: str) -> CodesignerError:
    return CodesignerError("unavailable", message, retry_after_s=_RETRY_AFTER_S)
