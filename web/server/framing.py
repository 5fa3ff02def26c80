"""Framing of HTTP/1.1 requests: where a head ends, and how long its body is (RFC 9112, 6 and 7)."""

import re
from dataclasses import dataclass
from typing import Protocol

from shared.errors import CodesignerError, FieldError

__all__ = ["HEAD_END", "Framing", "Head", "encode_chunk", "parse_head"]

_MAX_LINE_BYTES = 1024
"""Of a chunk's size with its extensions, and of a trailer field."""
_MAX_TRAILERS = 100
_FREE_CHUNKS = 1000
_BYTES_PER_CHUNK = 1024
"""Least average size of the chunks beyond `_FREE_CHUNKS`: it bounds the work per received byte."""

_HTTP_1_0 = b"HTTP/1.0"
HEAD_END = re.compile(rb"\r\n\r\n|(?<!\r)\n")
"""A bare line feed also ends it: the parser rejects such a head without its rest."""
_VERSION = re.compile(rb"HTTP/1\.[0-9]")
_HOST = re.compile(rb"\r\nhost:", re.IGNORECASE)
_CONTENT_TYPE = re.compile(rb"\r\ncontent-type:([^\r\n;]*)", re.IGNORECASE)
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:([^\r\n]*)", re.IGNORECASE)
_TRANSFER_ENCODING = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CHUNK_SIZE = re.compile(rb"[0-9a-f]{1,15}", re.IGNORECASE)
_EXTENSIONS = re.compile(rb"[\t -~\x80-\xff]*")


class Framing(Protocol):
    """How the end of a body is found."""

    ended: bool
    left: int
    """Bytes of the body, or of its current chunk, that were announced and not received."""

    def feed(self, data: bytes) -> tuple[bytes, int]:
        """Return the decoded body bytes, and how many received bytes belong to the request.

        Raises:
            CodesignerError: malformed_request.
        """


class _FixedLength:
    """Body with a Content-Length."""

    def __init__(self, length: int) -> None:
        self.left = length
        self.ended = not length

    def feed(self, data: bytes) -> tuple[bytes, int]:
        body = data[: self.left]
        self.left -= len(body)
        self.ended = not self.left
        return body, len(body)


class _Chunked:
    """Body in chunked transfer coding; extensions and trailers are discarded."""

    def __init__(self) -> None:
        self.left = 0
        self.ended = False
        self._line = bytearray()
        self._after_data = False
        self._in_trailers = False
        self._chunks = 0
        self._trailers = 0
        self._size = 0

    def feed(self, data: bytes) -> tuple[bytes, int]:
        body = bytearray()
        position = 0
        while position < len(data) and not self.ended:
            if self.left:
                part = data[position : position + self.left]
                body += part
                self.left -= len(part)
                self._size += len(part)
                position += len(part)
                continue
            end = data.find(b"\n", position) + 1 or len(data)
            self._line += data[position:end]
            position = end
            if len(self._line) > _MAX_LINE_BYTES:
                raise _malformed_chunks(f"a line has more than {_MAX_LINE_BYTES} bytes")
            if self._line.endswith(b"\n"):
                self._end_line(bytes(self._line))
                self._line.clear()
        return bytes(body), position

    def _end_line(self, line: bytes) -> None:
        if not line.endswith(b"\r\n"):
            raise _malformed_chunks("a line does not end with CRLF")
        if self._in_trailers:
            self._end_trailer(line)
        elif self._after_data:
            if line != b"\r\n":
                raise _malformed_chunks("a chunk is longer than its size")
            self._after_data = False
        else:
            self._begin_chunk(line)

    def _begin_chunk(self, line: bytes) -> None:
        size, _, extensions = line.removesuffix(b"\r\n").partition(b";")
        size = size.rstrip(b" \t")
        if not _CHUNK_SIZE.fullmatch(size) or not _EXTENSIONS.fullmatch(extensions):
            raise _malformed_chunks("a chunk size is not a hexadecimal number")
        self.left = int(size, 16)
        self._after_data = bool(self.left)
        self._in_trailers = not self.left
        self._chunks += 1
        if self._chunks > _FREE_CHUNKS + self._size // _BYTES_PER_CHUNK and self.left:
            raise _malformed_chunks(
                f"beyond {_FREE_CHUNKS} chunks, they need {_BYTES_PER_CHUNK} bytes on average"
            )

    def _end_trailer(self, line: bytes) -> None:
        self.ended = line == b"\r\n"
        self._trailers += 1
        if self._trailers > _MAX_TRAILERS:
            raise _malformed_chunks(f"it has more than {_MAX_TRAILERS} trailers")


@dataclass(frozen=True, kw_only=True)
class Head:
    """Request line and header fields, without those that the buffer answers or rewrites."""

    raw: bytes
    """Without `Expect: 100-continue` and `Transfer-Encoding: chunked`."""
    method: str = ""
    """Empty, as `target`, if the request line cannot be read."""
    target: str = ""
    mimetype: str = ""
    """Media type of the body in lower case, without parameters."""
    length: int | None = 0
    """Declared length of the body in bytes; None: chunked."""
    expects: bool = False
    """Whether the client waits for `100 Continue` before sending the body."""

    def framing(self) -> Framing:
        """Return the state that finds the end of the body."""
        return _Chunked() if self.length is None else _FixedLength(self.length)

    def with_fields(self, *, first: bytes = b"", last: bytes = b"") -> bytes:
        """Return the head with header fields, each with its CRLF, before or after the others."""
        line, end, rest = self.raw.partition(b"\r\n")
        return line + end + first + rest[:-2] + last + rest[-2:] if first or last else self.raw


def parse_head(raw: bytes) -> Head:
    """Return the head of a request.

    What says nothing about framing is left to gunicorn's parser.

    Raises:
        CodesignerError: malformed_request, the framing is invalid or ambiguous, or HTTP/1.1
            without Host.
    """
    raw = raw.removeprefix(b"\r\n") or raw  # RFC 9112, 2.2: one empty line before the others
    method, _, rest = raw.partition(b"\r\n")[0].partition(b" ")
    target, _, version = rest.partition(b" ")
    if not _VERSION.fullmatch(version) or not raw.endswith(b"\r\n\r\n"):
        return Head(raw=raw)  # the parser rejects it
    if version != _HTTP_1_0 and _HOST.search(raw) is None:
        raise _malformed("Host", "The header is missing.")
    mimetype = _CONTENT_TYPE.search(raw)
    length = _body_length(raw, chunking=version != _HTTP_1_0)
    without_expect = _EXPECT.sub(b"", raw)
    return Head(
        raw=without_expect if length is not None else _TRANSFER_ENCODING.sub(b"", without_expect),
        method=method.decode("latin-1"),
        target=target.decode("latin-1"),
        mimetype=mimetype[1].strip(b" \t").decode("latin-1").lower() if mimetype else "",
        length=length,
        expects=without_expect != raw and length != 0,
    )


def _body_length(raw: bytes, *, chunking: bool) -> int | None:
    """Return the declared length of the body; None: chunked."""
    lengths = [value.strip(b" \t") for value in _CONTENT_LENGTH.findall(raw)]
    codings = [value.strip(b" \t").lower() for value in _TRANSFER_ENCODING.findall(raw)]
    if codings:
        if not chunking or lengths or codings != [b"chunked"]:
            message = "Must be chunked, in HTTP/1.1 and without Content-Length."
            raise _malformed("Transfer-Encoding", message)
        return None
    if not lengths:
        return 0
    if len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0]):
        raise _malformed("Content-Length", "Must be one whole number.")
    return int(lengths[0])


def encode_chunk(body: bytes, *, last: bool) -> bytes:
    """Return bytes as one chunk, or none if empty, and the end of the body after the last."""
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return chunk + b"0\r\n\r\n" if last else chunk


def _malformed(field: str, message: str) -> CodesignerError:
    fields = (FieldError(field=field, message=message),)
    return CodesignerError("malformed_request", f"{field}: {message}", fields=fields)


def _malformed_chunks(reason: str) -> CodesignerError:
    return CodesignerError("malformed_request", f"The chunked body cannot be read: {reason}.")
