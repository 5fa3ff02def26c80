"""Buffer for one incoming HTTP/1.1 request; finds the end of its head and body.

Chunked bodies are decoded here, once. Otherwise it does not validate: gunicorn's parser reads the
same bytes afterwards and rejects malformed requests. If the two disagree, the parser reaches the
end of the bytes and the connection closes.
"""

import tempfile
from collections.abc import Callable, Iterator

from shared.errors import CodesignerError
from web.server.deadlines import Limits, Room
from web.server.framing import HEAD_END, Framing, Head, encode_chunk, parse_head

__all__ = ["Incoming"]

_MAX_HEAD_BYTES = 64 * 1024
_MEMORY_BYTES = 64 * 1024
"""Part of a body kept in memory; the rest goes to disk."""
_READ_BYTES = 64 * 1024
_CLOSE = b"Connection: close\r\n"


class Incoming:
    """Request that is being received; used by one thread at a time.

    Args:
        limits: of the client.
        room: disk budget of all bodies.
        max_bytes: returns the maximum size of a request's body by its head; None: unlimited.
    """

    def __init__(
        self, limits: Limits, room: Room, max_bytes: Callable[[Head], int] | None = None
    ) -> None:
        self._limits = limits
        self._spool_budget = room
        self._max_bytes_of = max_bytes
        self._max_bytes: int | None = None
        self._head_buffer = bytearray()
        self._framing: Framing
        self._spool: tempfile.SpooledTemporaryFile[bytes] | None = None
        self._size = 0
        self._reserved = 0
        self.head: Head | None = None
        self.too_large = False
        """Whether a thread has to read the rest of the body, see `Limits.body_bytes`."""
        self.refused = False
        """Whether the body is larger than allowed: the application gets the head alone."""
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

    @property
    def ready(self) -> bool:
        """Whether a thread can handle the request."""
        return self.complete or self.too_large or self.refused

    @property
    def expects(self) -> bool:
        """Whether the client waits for `100 Continue` before sending the body."""
        return self.head is not None and self.head.expects

    def feed(self, data: bytes) -> None:
        """Buffer received bytes.

        Raises:
            CodesignerError: malformed_request, the head is too large or the framing is invalid;
                unavailable, the disk budget is used up.
            OSError: the body cannot be written to disk.
        """
        if self.head is None:
            data = self._feed_head(data)
        if self.head is not None and not self.refused:
            self._store(self._decode(data))

    def chunks(self) -> Iterator[bytes]:
        """Yield the received bytes for gunicorn's parser, with a Content-Length if it is known.

        `Expect: 100-continue` is left out where it was answered already.
        """
        assert self.head is not None
        yield self._head_for_parser(self.head)
        if self._spool is not None and not self.refused:
            self._spool.seek(0)
            while data := self._spool.read(_READ_BYTES):
                yield self._encode(data) if self.too_large else data

    def passed_on(self, data: bytes) -> bytes:
        """Return the bytes that belong to the body, without buffering them; may be empty.

        Raises:
            CodesignerError: malformed_request, the framing is invalid.
        """
        return self._encode(self._decode(data))

    def close(self) -> None:
        """Discard the body and release its share of the disk budget."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        self._spool_budget.give_back(self._reserved)
        self._reserved = 0

    def _head_for_parser(self, head: Head) -> bytes:
        first = b"" if self.complete else _CLOSE
        last = b""
        if head.length is None:
            size = self._size + self._framing.left
            chunked = self.too_large and not self.refused
            last = (
                b"Transfer-Encoding: chunked\r\n" if chunked else b"Content-Length: %d\r\n" % size
            )
        elif head.expects and self.too_large and not self.refused:
            last = b"Expect: 100-continue\r\n"  # the thread that reads the body answers it
        return head.with_fields(first=first, last=last)

    def _encode(self, body: bytes) -> bytes:
        """Return decoded bytes as gunicorn's parser expects those of a body that is too large."""
        chunked = self.head is not None and self.head.length is None
        return encode_chunk(body, last=self.complete) if chunked else body

    def _decode(self, data: bytes) -> bytes:
        """Return the bytes of the body; store those that follow it as surplus."""
        body, taken = self._framing.feed(data)
        if self._framing.ended:
            self.surplus = data[taken:]
        return body

    def _feed_head(self, data: bytes) -> bytes:
        """Buffer bytes of the head; return those that follow it."""
        start = max(0, len(self._head_buffer) - 3)
        self._head_buffer += data
        end = HEAD_END.search(self._head_buffer, start)
        if (end.end() if end else len(self._head_buffer)) > _MAX_HEAD_BYTES:
            raise CodesignerError("malformed_request", "The request head is larger than 64 KiB.")
        if end is None:
            return b""
        rest = bytes(self._head_buffer[end.end() :])
        head = parse_head(bytes(self._head_buffer[: end.end()]))
        self._head_buffer.clear()
        self._begin_body(head)
        return rest

    def _begin_body(self, head: Head) -> None:
        self._framing = head.framing()
        self.head = head
        if head.length != 0 and self._max_bytes_of is not None:
            self._max_bytes = self._max_bytes_of(head)
        self._check_size()
        self.too_large = (head.length or 0) > self._limits.body_bytes

    def _check_size(self) -> None:
        """Refuse a body that is, or says that it will be, larger than allowed."""
        if self._max_bytes is not None:
            self.refused = self._size + self._framing.left > self._max_bytes

    def _store(self, data: bytes) -> None:
        self._size += len(data)
        self._check_size()
        if self.refused or not data:
            return
        if self._spool is None:
            self._spool = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115
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
