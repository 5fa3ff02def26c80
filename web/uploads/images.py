"""Taking in reference images: what is refused and why, what is stored."""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from PIL import Image

from shared.errors import CodesignerError, FieldError
from web.http.concurrency import ConcurrencyLimiter
from web.http.i18n import translate as _
from web.uploads.decoding import (
    FORMATS,
    UNREADABLE,
    NeedsTooMuchMemory,
    Unreadable,
    decode_apart,
    decode_here,
    is_animation,
)

__all__ = ["ANIMATION_NOTICE", "FIELD", "Reference", "UploadLimits", "read_reference"]

FIELD = "reference"
ANIMATION_NOTICE = "animation_first_frame"

_HEAD_BYTES = 32
_APART_PIXELS = 8_000_000
"""Above this a child process decodes; a baseline JPEG needs none, it shrinks on the way."""
HERE = 4
"""Pictures that are decoded in this process at once: each takes some 100 MB for a moment."""
WAITING = 8
APART = 1
"""Child processes that decode at once, see `CHILD_BYTES`."""
WAITING_APART = 2
_HERE = ConcurrencyLimiter(HERE, waiting=WAITING, wait_s=5.0)
_APART = ConcurrencyLimiter(APART, waiting=WAITING_APART, wait_s=2.0)
_AGAIN_S = 5


@dataclass(frozen=True, kw_only=True)
class UploadLimits:
    """What one upload may cost."""

    max_bytes: int
    max_pixels: int


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A reference image as it is stored."""

    png: bytes
    """RGB in sRGB, upright, at most 1024 px a side, without metadata."""
    notices: tuple[str, ...]
    """Codes of what the designer should know of, such as `animation_first_frame`."""


def read_reference(source: BinaryIO, limits: UploadLimits) -> Reference:
    """Check an upload, its head first, and decode it.

    Args:
        source: seekable; the name and type that the client claimed play no part.
    Raises:
        CodesignerError: of the field `reference`, with the code payload_too_large,
            unsupported_media_type, image_too_large or image_unreadable; unavailable, too many
            pictures are being decoded.
    """
    _check_bytes(source, limits)
    kind = _kind_of(source.read(_HEAD_BYTES))
    source.seek(0)
    size = _size_in_head(kind, source.read(_HEAD_BYTES))
    source.seek(0)
    if size is not None:
        _check_pixels(size, limits)
    try:
        image = Image.open(source, formats=FORMATS)
        _check_pixels(image.size, limits)
        notices = (ANIMATION_NOTICE,) if is_animation(image) else ()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse_pixels(limits)
    except UNREADABLE as error:
        _refuse_unreadable(str(error))
    source.seek(0)
    return Reference(png=_decoded(source, heavy=_is_heavy(image)), notices=notices)


def _is_heavy(image: Image.Image) -> bool:
    shrinks = image.format in {"JPEG", "MPO"} and not image.info.get("progressive")
    return image.width * image.height > _APART_PIXELS and not shrinks


def _decoded(source: BinaryIO, *, heavy: bool) -> bytes:
    try:
        with _held(_APART if heavy else _HERE):
            return decode_apart(source) if heavy else decode_here(source)
    except Unreadable as error:
        _refuse_unreadable(str(error))
    except NeedsTooMuchMemory:
        _refuse(
            "image_too_large",
            _("Decoding this image takes too much memory; send a smaller one."),
        )


@contextmanager
def _held(desks: ConcurrencyLimiter) -> Iterator[None]:
    if not desks.take():
        message = _("Too many uploads are under way; try again soon.")
        raise CodesignerError("unavailable", message, retry_after_s=_AGAIN_S)
    try:
        yield
    finally:
        desks.give_back()


def _check_bytes(source: BinaryIO, limits: UploadLimits) -> None:
    length = source.seek(0, os.SEEK_END)
    source.seek(0)
    if length > limits.max_bytes:
        _refuse(
            "payload_too_large",
            _(
                "The file has %(got)s MiB; at most %(most)s MiB are taken.",
                got=_mebibytes(length),
                most=_mebibytes(limits.max_bytes),
            ),
        )
    if length == 0:
        _refuse("image_unreadable", _("The file is empty."))


def _kind_of(head: bytes) -> str:
    """Tell the format by its signature."""
    if (kind := _signature(head)) is not None:
        return kind
    return _refuse("unsupported_media_type", _what_it_is(head))


def _signature(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    return None


def _what_it_is(head: bytes) -> str:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<svg", b"<?xml", b"<!doctype")):
        return _("This is an SVG or XML document; send a PNG, JPEG or WebP image.")
    if all(byte in b"\r\n\t" or byte >= 32 for byte in head):
        return _("This looks like text, not an image; send a PNG, JPEG or WebP image.")
    return _("Only PNG, JPEG and WebP images are taken.")


def _size_in_head(kind: str, head: bytes) -> tuple[int, int] | None:
    """Read width and height from the first bytes, where the format has them there."""
    if kind == "PNG" and len(head) >= 24 and head[12:16] == b"IHDR":
        width, height = struct.unpack(">II", head[16:24])
        return width, height
    if kind == "WEBP" and len(head) >= 30:
        chunk = head[12:16]
        if chunk == b"VP8X":
            return (
                int.from_bytes(head[24:27], "little") + 1,
                int.from_bytes(head[27:30], "little") + 1,
            )
        if chunk == b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if chunk == b"VP8 ":
            width, height = struct.unpack("<HH", head[26:30])
            return width & 0x3FFF, height & 0x3FFF
    return None


def _check_pixels(size: tuple[int, int], limits: UploadLimits) -> None:
    if size[0] * size[1] > limits.max_pixels:
        _refuse_pixels(limits, size)


def _refuse_pixels(limits: UploadLimits, size: tuple[int, int] | None = None) -> NoReturn:
    most = f"{limits.max_pixels / 1e6:.3g}"
    if size is None:
        _refuse("image_too_large", _("At most %(most)s megapixels are taken.", most=most))
    _refuse(
        "image_too_large",
        _(
            "The image has %(width)d by %(height)d pixels; at most %(most)s megapixels are taken.",
            width=size[0],
            height=size[1],
            most=most,
        ),
    )


def _refuse_unreadable(reason: str) -> NoReturn:
    _refuse(
        "image_unreadable",
        _("The image is damaged or cut short and cannot be decoded (%(reason)s).", reason=reason),
    )


def _refuse(code: str, message: str) -> NoReturn:
    raise CodesignerError(code, message, fields=(FieldError(field=FIELD, message=message),))


def _mebibytes(count: int) -> str:
    return f"{count / (1024 * 1024):.3g}"
