"""A client's connection, and what is sent on it without asking the application."""

import ipaddress
import json
import select
from collections.abc import Iterator
from typing import Any

from gunicorn.workers.gthread import TConn

from shared.errors import CodesignerError
from web.server.deadlines import Pace
from web.server.request_buffer import Incoming
from web.server.response_buffer import OutgoingSocket

__all__ = ["Connection", "refuse"]

_STEP_BYTES = 64 * 1024


class Connection(TConn):  # type: ignore[misc]
    """A client's connection: a request that comes in, or an answer that goes out."""

    sock: OutgoingSocket

    def __init__(self, cfg: Any, sock: OutgoingSocket, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        self.initialized = True  # what gunicorn would do in the thread is done by the loop
        self.source = _source(client)
        self.keep = False
        """Whether a further request may follow the answer."""
        self.until = 0.0
        """When the loop gives up what it waits for, by the monotonic clock."""
        self.incoming: Incoming
        self.pace: Pace | None = None
        """Of the body that is being received."""

    def request_bytes(self) -> Iterator[bytes]:
        """Return the request's bytes; what was too large to be received ahead is received now."""
        yield from self.incoming.chunks()
        if self.incoming.too_large:
            yield from self._rest()

    def _rest(self) -> Iterator[bytes]:
        pace = self.sock.pace = Pace(self.sock.limits)
        while not self.incoming.complete and self.sock.wait(select.POLLIN):
            if not (data := self.sock.recv(_STEP_BYTES)):
                return
            pace.add(len(data))
            yield self.incoming.passed_on(data)


def refuse(conn: Connection, error: CodesignerError) -> bool:
    """Send a problem document without asking the application; returns False: nothing is kept."""
    document = {
        "type": f"/api/docs#error-{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "fields": [],
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
    conn.sock.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return False


def _source(client: Any) -> str:
    """Return what connections are counted by: an IPv4 address, or the /64 of an IPv6 address."""
    if not isinstance(client, tuple):
        return ""  # a Unix socket's
    address = ipaddress.ip_address(client[0].partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or address.packed[:8].hex())
