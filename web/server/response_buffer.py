"""Buffered, non-blocking socket for responses: writers do not wait for slow clients."""

import errno
import os
import select
import socket
import tempfile
from collections import deque
from dataclasses import dataclass
from typing import IO, Any

from web.server.deadlines import Limits, Pace, Room

__all__ = ["OutgoingSocket"]

_READ_BYTES = 64 * 1024
_MEMORY_BYTES = 64 * 1024
_MAX_BUFFERED_BYTES = 32 * 1024 * 1024
"""Of one response; a writer of more waits for the client."""


@dataclass(kw_only=True)
class _Part:
    """Byte range of a file to send."""

    file: IO[bytes]
    start: int
    end: int
    appendable: bool
    """Whether the file is a buffer of this response, to which more can be appended."""


class OutgoingSocket(socket.socket):
    """Non-blocking socket that buffers unsent bytes on disk; files are sent from where they lie.

    A thread writes the response; the event loop sends the unsent rest afterwards.
    """

    def __init__(self, accepted: socket.socket, limits: Limits, room: Room) -> None:
        super().__init__(fileno=accepted.detach())
        super().setblocking(False)
        self.limits = limits
        self._spool_budget = room
        self._parts: deque[_Part] = deque()
        self._reserved = 0
        self.unsent = 0
        """Number of bytes that are not sent yet."""
        self.pace = Pace(limits)
        """Deadline of the unsent bytes."""
        self.rest_s = 0.0
        """How long the client is not listened to after this response, which told it to wait."""

    def setblocking(self, flag: bool, /) -> None:
        """Do nothing: gunicorn would switch the mode between its threads and its loop."""

    def settimeout(self, value: float | None, /) -> None:
        """Do nothing."""

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send bytes; buffer those that the client does not accept at once.

        Raises:
            OSError: the client is gone or does not read; the disk budget is used up.
        """
        rest = memoryview(data)
        if not self.unsent:
            rest = rest[self._send_now(rest, flags) :]
        if rest:
            self._buffer(rest)
        self._flush_to_limit()

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a part of a file, now or later; the caller may close the file meanwhile."""
        copy = open(os.dup(file.fileno()), "rb", buffering=0)  # noqa: SIM115
        end = os.fstat(copy.fileno()).st_size if count is None else offset + count
        self._append(_Part(file=copy, start=offset, end=end, appendable=False))
        self.flush()
        return end - offset

    def flush(self, max_bytes: int | None = None) -> None:
        """Send what the client accepts now, up to about `max_bytes`.

        Raises:
            OSError: the client is gone or does not read.
        """
        unsent_before = self.unsent
        while self._parts:
            part = self._parts[0]
            if part.start < part.end:
                part.file.seek(part.start)
                data = part.file.read(min(_READ_BYTES, part.end - part.start))
                if not data:
                    raise OSError(errno.EPIPE, "file was truncated while being sent")
                sent = self._send_now(memoryview(data))
                part.start += sent
                self.unsent -= sent
                self.pace.add(sent)
                if sent < len(data) or (
                    max_bytes is not None and unsent_before - self.unsent >= max_bytes
                ):
                    break
            else:
                self._parts.popleft().file.close()
        if not self._parts:
            self._spool_budget.give_back(self._reserved)
            self._reserved = 0
        elif not self.pace.left_s():
            raise OSError(errno.EPIPE, "client does not read")

    def close(self) -> None:
        """Close the socket and discard unsent bytes."""
        while self._parts:
            self._parts.popleft().file.close()
        self._spool_budget.give_back(self._reserved)
        self._reserved = self.unsent = 0
        super().close()

    def wait(self, event: int) -> bool:
        """Wait for a `select.poll` event of the socket; return False if the deadline passed."""
        poll = select.poll()
        poll.register(self, event)
        return bool(poll.poll(self.pace.left_s() * 1000))

    def _send_now(self, data: memoryview, flags: int = 0) -> int:
        """Send without blocking; return the number of bytes sent."""
        total = 0
        try:
            while total < len(data):
                total += self.send(data[total:], flags)
        except BlockingIOError:
            pass
        return total

    def _append(self, part: _Part) -> None:
        if not self.unsent:
            self.pace = Pace(self.limits)
        self._parts.append(part)
        self.unsent += part.end - part.start

    def _buffer(self, data: memoryview) -> None:
        if not (self._parts and self._parts[-1].appendable):
            file = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115
            self._append(_Part(file=file, start=0, end=0, appendable=True))
        part = self._parts[-1]
        if part.end + len(data) > _MEMORY_BYTES:
            if not self._spool_budget.take(len(data)):
                raise OSError(errno.EPIPE, "no disk budget left for unsent responses")
            self._reserved += len(data)
        part.file.seek(part.end)
        part.file.write(data)
        part.end += len(data)
        self.unsent += len(data)

    def _flush_to_limit(self) -> None:
        """Send what the client accepts; wait for it while too much is buffered."""
        self.flush()
        while self.unsent > _MAX_BUFFERED_BYTES and self.wait(select.POLLOUT):
            self.flush()
