"""One HTTP/1.1 request as its bytes come in: where its head and its body end.

Nothing is checked here: gunicorn's parser reads the same bytes afterwards and refuses what is
malformed. Where the two disagree, the parser meets the end of the bytes and the connection closes.
"""

import re
import tempfile
from collections.abc import Iterator
from typing import Protocol

from shared.errors import CodesignerError
from web.server.deadlines import Limits, Room

__all__ = ["Incoming"]

_HEAD_BYTES = 64 * 1024
_MEMORY_BYTES = 64 * 1024
"""Of one body; what is above goes to disk."""
_LINE_BYTES = 8190
_STEP_BYTES = 64 * 1024

_HEAD_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")
"""A bare line feed ends it, too: the parser refuses such a head, and need not wait for its end."""
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_ENCODED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[0-9a-f]{1,15}", re.IGNORECASE)


class _Framing(Protocol):
    ended: bool

    def feed(self, data: bytes) -> int:
        """Return how many of the bytes belong to the body."""


class _Length:
    """A body of so many bytes."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.ended = not length

    def feed(self, data: bytes) -> int:
        taken = min(self._left, len(data))
        self._left -= taken
        self.ended = not self._left
        return taken


class _Chunks:
    """A body in chunks (RFC 9112, 7.1)."""

    def __init__(self) -> None:
        self._left = 0
        self._line = bytearray()
        self._in_trailers = False
        self.ended = False

    def feed(self, data: bytes) -> int:
        at = 0
        while at < len(data) and not self.ended:
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
                at += step
                continue
            end = data.find(b"\n", at) + 1 or len(data)
            self._line += data[at:end]
            at = end
            if self._line.endswith(b"\n") or len(self._line) > _LINE_BYTES:
                self._take(bytes(self._line).strip())
                self._line.clear()
        return at

    def _take(self, line: bytes) -> None:
        if self._in_trailers:
            self.ended = not line
            return
        size = _CHUNK_SIZE.fullmatch(line.partition(b";")[0].strip())
        if size is None:
            self.ended = True  # the parser refuses it
        elif int(size[0], 16):
            self._left = int(size[0], 16) + 2
        else:
            self._in_trailers = True


class Incoming:
    """A request that is being received; used by one thread at a time."""

    def __init__(self, limits: Limits, room: Room) -> None:
        self._limits = limits
        self._room = room
        self._early = bytearray()
        self._framing: _Framing = _Length(0)
        self._spool: tempfile.SpooledTemporaryFile[bytes] | None = None
        self._size = 0
        self._roomed = 0
        self.head: bytes | None = None
        self.expects = False
        """Whether the client waits for `100 Continue` before it sends the body."""
        self.too_large = False
        """Whether the rest of the body is not to be received here, see `Limits.body_bytes`."""
        self.surplus = b""
        """What came after the end: the beginning of the next request."""

    @property
    def begun(self) -> bool:
        """Whether anything was received."""
        return bool(self._early) or self.head is not None

    @property
    def complete(self) -> bool:
        """Whether the whole request was received."""
        return self.head is not None and self._framing.ended

    def feed(self, data: bytes) -> None:
        """Take in bytes.

        Raises:
            CodesignerError: malformed_request, the head is too large; unavailable, no room.
            OSError: the body cannot be written to disk.
        """
        if self.head is None:
            data = self._feed_head(data)
        if self.head is not None:
            self._keep(self._own(data))

    def chunks(self) -> Iterator[bytes]:
        """Return what was received, without `Expect: 100-continue`, which was answered."""
        yield self.head or b""
        if self._spool is not None:
            self._spool.seek(0)
            yield from iter(lambda: self._spool.read(_STEP_BYTES), b"")  # type: ignore[union-attr]

    def passed_on(self, data: bytes) -> bytes:
        """Return what of further bytes belongs to a body that is too large, and keep none of it."""
        return self._own(data)

    def close(self) -> None:
        """Forget the body."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        self._room.give_back(self._roomed)
        self._roomed = 0

    def _own(self, data: bytes) -> bytes:
        taken = self._framing.feed(data)
        if self._framing.ended:
            self.surplus = data[taken:]
        return data[:taken]

    def _feed_head(self, data: bytes) -> bytes:
        """Look for the head's end; returns what follows it."""
        start = max(0, len(self._early) - 3)
        self._early += data
        found = _HEAD_END.search(self._early, start)
        if (found.end() if found else len(self._early)) > _HEAD_BYTES:
            raise CodesignerError("malformed_request", "The request's head is larger than 64 KiB.")
        if found is None:
            return b""
        rest = bytes(self._early[found.end() :])
        self.head = self._framed(bytes(self._early[: found.end()]))
        self._early.clear()
        return rest

    def _framed(self, head: bytes) -> bytes:
        """Find out how the body ends; returns the head that the parser is to see."""
        length = _LENGTH.search(head)
        if _ENCODED.search(head):
            self._framing = _Chunks()
        elif length is not None:
            self._framing = _Length(int(length[1]))
            if int(length[1]) > self._limits.body_bytes:
                self.too_large = True
                return head  # who reads it sends 100 Continue
        bare = _EXPECT.sub(b"", head)
        self.expects = bare != head and not self._framing.ended
        return bare

    def _keep(self, data: bytes) -> None:
        if not data:
            return
        if self._spool is None:
            self._spool = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115
        self._size += len(data)
        if self._size > _MEMORY_BYTES:
            if not self._room.take(len(data)):
                raise CodesignerError(
                    "unavailable",
                    "Too many uploads are under way; try again soon.",
                    retry_after_s=10,
                )
            self._roomed += len(data)
        self._spool.write(data)
        if self._size > self._limits.body_bytes and not self._framing.ended:
            self.too_large = True
