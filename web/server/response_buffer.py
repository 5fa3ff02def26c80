"""The socket that a client is answered on; who writes to it does not wait for the client."""

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

_STEP_BYTES = 64 * 1024
_MEMORY_BYTES = 64 * 1024
_MOST_BYTES = 32 * 1024 * 1024
"""Of one answer on disk; who writes more waits for the client."""


@dataclass(kw_only=True)
class _Part:
    """Bytes of a file that are to be sent."""

    file: IO[bytes]
    start: int
    end: int
    own: bool
    """Whether the file is the answer's own, where more can be written to."""


class OutgoingSocket(socket.socket):
    """Never blocks: what the client does not take at once waits on disk, files where they lie.

    A thread writes while the answer is made, the server's loop sends what is left afterwards.
    """

    def __init__(self, accepted: socket.socket, limits: Limits, room: Room) -> None:
        super().__init__(fileno=accepted.detach())
        super().setblocking(False)
        self.limits = limits
        self._room = room
        self._parts: deque[_Part] = deque()
        self._roomed = 0
        self.unsent = 0
        """Bytes that the client has not taken."""
        self.pace = Pace(limits)
        """Of what is unsent."""

    def setblocking(self, flag: bool, /) -> None:
        """Stay as it is; gunicorn sets it for its threads and its loop."""

    def settimeout(self, value: float | None, /) -> None:
        """Stay as it is."""

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send bytes, or have them wait to be sent.

        Raises:
            OSError: the client is gone or does not read; there is no room.
        """
        rest = memoryview(data)
        if not self.unsent:
            rest = rest[self._sent(rest, flags) :]
        if rest:
            self._keep(rest)
        self._catch_up()

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a part of a file, or have it wait to be sent; the file may be closed meanwhile."""
        copy = open(os.dup(file.fileno()), "rb", buffering=0)  # noqa: SIM115
        end = os.fstat(copy.fileno()).st_size if count is None else offset + count
        self._append(_Part(file=copy, start=offset, end=end, own=False))
        self.flush()
        return end - offset

    def flush(self, most: int | None = None) -> None:
        """Send what the client takes now, up to so many bytes.

        Raises:
            OSError: the client is gone or does not read.
        """
        before = self.unsent
        while self._parts:
            part = self._parts[0]
            if part.start < part.end:
                part.file.seek(part.start)
                data = part.file.read(min(_STEP_BYTES, part.end - part.start))
                if not data:
                    raise OSError(errno.EPIPE, "a file became shorter")
                sent = self._sent(memoryview(data))
                part.start += sent
                self.unsent -= sent
                self.pace.add(sent)
                if sent < len(data) or (most is not None and before - self.unsent >= most):
                    break
            else:
                self._parts.popleft().file.close()
        if not self._parts:
            self._room.give_back(self._roomed)
            self._roomed = 0
        elif not self.pace.left_s():
            raise OSError(errno.EPIPE, "the client does not read")

    def close(self) -> None:
        """Close, and forget what is unsent."""
        while self._parts:
            self._parts.popleft().file.close()
        self._room.give_back(self._roomed)
        self._roomed = self.unsent = 0
        super().close()

    def wait(self, event: int) -> bool:
        """Wait until the socket is ready for a `select.poll` event, as long as its pace allows."""
        poll = select.poll()
        poll.register(self, event)
        return bool(poll.poll(self.pace.left_s() * 1000))

    def _sent(self, data: memoryview, flags: int = 0) -> int:
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

    def _keep(self, data: memoryview) -> None:
        if not (self._parts and self._parts[-1].own):
            file = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115
            self._append(_Part(file=file, start=0, end=0, own=True))
        part = self._parts[-1]
        if part.end + len(data) > _MEMORY_BYTES:
            if not self._room.take(len(data)):
                raise OSError(errno.EPIPE, "no room for what clients do not read")
            self._roomed += len(data)
        part.file.seek(part.end)
        part.file.write(data)
        part.end += len(data)
        self.unsent += len(data)

    def _catch_up(self) -> None:
        """Send what can be sent; wait for the client where too much is unsent."""
        self.flush()
        while self.unsent > _MOST_BYTES and self.wait(select.POLLOUT):
            self.flush()
