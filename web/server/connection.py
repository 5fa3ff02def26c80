"""Client connection of the worker, and error responses sent without the application."""

import json
import logging
import select
from collections.abc import Iterator
from typing import Any

from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    ParseException,
)
from gunicorn.workers.gthread import TConn

from shared.errors import CodesignerError
from shared.networks import network_of
from web.server.deadlines import Pace
from web.server.request_buffer import Incoming
from web.server.response_buffer import OutgoingSocket

__all__ = ["Connection", "error_of", "refuse"]

_log = logging.getLogger("gunicorn.error")

_READ_BYTES = 64 * 1024
_MAX_REASON_CHARS = 200
_SERVER_ERRORS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)
"""Of gunicorn's exceptions about parsing, those that are not the client's fault."""


class Connection(TConn):  # type: ignore[misc]
    """Client connection that receives a request or sends a response."""

    sock: OutgoingSocket

    def __init__(self, cfg: Any, sock: OutgoingSocket, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        self.initialized = True  # the loop does what gunicorn would do in the thread
        self.client_key = network_of(client[0]) if isinstance(client, tuple) else ""
        """What connections are counted by; empty for a Unix socket."""
        self.keep_alive = False
        """Whether another request may follow the response."""
        self.is_streaming = False
        """Whether an event stream is open that needs neither a thread nor the loop."""
        self.deadline = 0.0
        """Monotonic time at which the loop stops waiting."""
        self.waits_since = 0.0
        """Monotonic time since which it waits for the first byte of a request."""
        self.incoming: Incoming
        self.pace: Pace | None = None
        """Deadline of the body that is being received."""

    def request_bytes(self) -> Iterator[bytes]:
        """Yield the buffered bytes of the request, then the rest if it is too large to buffer."""
        yield from self.incoming.chunks()
        if self.incoming.too_large and not self.incoming.refused:
            yield from self._unbuffered_bytes()

    def _unbuffered_bytes(self) -> Iterator[bytes]:
        pace = self.sock.pace = Pace(self.sock.limits)
        while not self.incoming.complete and self.sock.wait(select.POLLIN):
            if not (data := self.sock.recv(_READ_BYTES)):
                return
            pace.add(len(data))
            if body := self.incoming.passed_on(data):  # an empty one would be the end
                yield body


def refuse(sock: OutgoingSocket, error: CodesignerError) -> bool:
    """Send a problem document without the application; return False: the connection closes."""
    document = {
        "type": f"/api/docs#error-{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "fields": [{"field": field.field, "message": field.message} for field in error.fields],
    }
    body = json.dumps(document).encode()
    lines = [
        f"HTTP/1.1 {error.status} {error.title}",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    if error.retry_after_s is not None:
        lines.append(f"Retry-After: {error.retry_after_s}")
    sock.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return False


def error_of(exc: Exception, client: Any) -> CodesignerError:
    """Log an exception that gunicorn caught outside of the application; return its error."""
    if isinstance(exc, ParseException) and not isinstance(exc, _SERVER_ERRORS):
        reason = str(exc)[:_MAX_REASON_CHARS]
        _log.warning("invalid request from %s: %s", client[0] if client else "", reason)
        return CodesignerError("malformed_request", reason)
    _log.error("error while handling a request", exc_info=exc)
    return CodesignerError("internal", "Something went wrong; it has been logged.")
