"""Buffer for one incoming HTTP/1.1 request; finds the end of its head and body.

It does not validate: gunicorn's parser reads the same bytes afterwards and rejects malformed
requests. If the two disagree, the parser reaches the end of the bytes and the connection closes.
"""

import re
import tempfile
from collections.abc import Iterator
from typing import Protocol

from shared.errors import CodesignerError
from web.server.deadlines import Limits, Room

__all__ = ["Incoming"]

_MAX_HEAD_BYTES = 64 * 1024
_MEMORY_BYTES = 64 * 1024
"""Part of a body kept in memory; the rest goes to disk."""
_MAX_LINE_BYTES = 8190
_READ_BYTES = 64 * 1024

_HEAD_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")
"""A bare line feed also ends it: the parser rejects such a head without its rest."""
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_TRANSFER_ENCODING = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[0-9a-f]{1,15}", re.IGNORECASE)


class _Framing(Protocol):
    ended: bool

    def feed(self, data: bytes) -> int:
        """Return how many of the bytes belong to the body."""


class _FixedLength:
    """Body with a Content-Length."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.ended = not length

    def feed(self, data: bytes) -> int:
        taken = min(self._left, len(data))
        self._left -= taken
        self.ended = not self._left
        return taken


class _Chunked:
    """Body in chunked transfer coding (RFC 9112, 7.1)."""

    def __init__(self) -> None:
        self._left = 0
        self._line = bytearray()
        self._in_trailers = False
        self.ended = False

    def feed(self, data: bytes) -> int:
        position = 0
        while position < len(data) and not self.ended:
            if self._left:
                step = min(self._left, len(data) - position)
                self._left -= step
                position += step
                continue
            end = data.find(b"\n", position) + 1 or len(data)
            self._line += data[position:end]
            position = end
            if self._line.endswith(b"\n") or len(self._line) > _MAX_LINE_BYTES:
                self._end_line(bytes(self._line).strip())
                self._line.clear()
        return position

    def _end_line(self, line: bytes) -> None:
        if self._in_trailers:
            self.ended = not line
            return
        size = _CHUNK_SIZE.fullmatch(line.partition(b";")[0].strip())
        if size is None:
            self.ended = True  # the parser rejects it
        elif int(size[0], 16):
            self._left = int(size[0], 16) + 2
        else:
            self._in_trailers = True


class Incoming:
    """Request that is being received; used by one thread at a time."""

    def __init__(self, limits: Limits, room: Room) -> None:
        self._limits = limits
        self._spool_budget = room
        self._head_buffer = bytearray()
        self._framing: _Framing = _FixedLength(0)
        self._spool: tempfile.SpooledTemporaryFile[bytes] | None = None
        self._size = 0
        self._reserved = 0
        self.head: bytes | None = None
        self.expects = False
        """Whether the client waits for `100 Continue` before sending the body."""
        self.too_large = False
        """Whether a thread has to read the rest of the body, see `Limits.body_bytes`."""
        self.surplus = b""
        """Bytes after the end: the beginning of the next request."""

    @property
    def begun(self) -> bool:
        """Whether any bytes were received."""
        return bool(self._head_buffer) or self.head is not None

    @property
    def complete(self) -> bool:
        """Whether the request was received completely."""
        return self.head is not None and self._framing.ended

    def feed(self, data: bytes) -> None:
        """Buffer received bytes.

        Raises:
            CodesignerError: malformed_request, the head is too large; unavailable, the disk
                budget is used up.
            OSError: the body cannot be written to disk.
        """
        if self.head is None:
            data = self._feed_head(data)
        if self.head is not None:
            self._store(self._body_part(data))

    def chunks(self) -> Iterator[bytes]:
        """Yield the received bytes without `Expect: 100-continue`, which was answered already."""
        yield self.head or b""
        if self._spool is not None:
            self._spool.seek(0)
            yield from iter(lambda: self._spool.read(_READ_BYTES), b"")  # type: ignore[union-attr]

    def passed_on(self, data: bytes) -> bytes:
        """Return the bytes that belong to the body, without buffering them."""
        return self._body_part(data)

    def close(self) -> None:
        """Discard the body and release its share of the disk budget."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        self._spool_budget.give_back(self._reserved)
        self._reserved = 0

    def _body_part(self, data: bytes) -> bytes:
        """Return the bytes that belong to the body; store the others as surplus."""
        taken = self._framing.feed(data)
        if self._framing.ended:
            self.surplus = data[taken:]
        return data[:taken]

    def _feed_head(self, data: bytes) -> bytes:
        """Buffer bytes of the head; return those that follow it."""
        start = max(0, len(self._head_buffer) - 3)
        self._head_buffer += data
        end = _HEAD_END.search(self._head_buffer, start)
        if (end.end() if end else len(self._head_buffer)) > _MAX_HEAD_BYTES:
            raise CodesignerError("malformed_request", "The request head is larger than 64 KiB.")
        if end is None:
            return b""
        rest = bytes(self._head_buffer[end.end() :])
        self.head = self._parse_framing(bytes(self._head_buffer[: end.end()]))
        self._head_buffer.clear()
        return rest

    def _parse_framing(self, head: bytes) -> bytes:
        """Determine how the body ends; return the head for gunicorn's parser."""
        length = _CONTENT_LENGTH.search(head)
        if _TRANSFER_ENCODING.search(head):
            self._framing = _Chunked()
        elif length is not None:
            self._framing = _FixedLength(int(length[1]))
            if int(length[1]) > self._limits.body_bytes:
                self.too_large = True
                return head  # the thread that reads it sends 100 Continue
        without_expect = _EXPECT.sub(b"", head)
        self.expects = without_expect != head and not self._framing.ended
        return without_expect

    def _store(self, data: bytes) -> None:
        if not data:
            return
        if self._spool is None:
            self._spool = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115
        self._size += len(data)
        if self._size > _MEMORY_BYTES:
            if not self._spool_budget.take(len(data)):
                raise CodesignerError(
                    "unavailable",
                    "Too many uploads are under way; try again soon.",
                    retry_after_s=10,
                )
            self._reserved += len(data)
        self._spool.write(data)
        if self._size > self._limits.body_bytes and not self._framing.ended:
            self.too_large = True
