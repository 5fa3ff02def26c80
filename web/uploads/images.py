"""Validation and decoding of uploaded reference images."""

import io
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from PIL import Image

from shared.errors import CodesignerError, FieldError
from web.http.concurrency import ConcurrencyLimiter
from web.http.i18n import translate as _
from web.uploads.decoding import (
    FORMATS,
    MAX_SIDE_PX,
    UNREADABLE,
    DecodingLimitExceeded,
    Unreadable,
    decode_in_process,
    decode_in_subprocess,
    is_animation,
)
from web.uploads.structure import ExcessiveStructure, Structure, check_structure

__all__ = ["ANIMATION_NOTICE", "FIELD", "Reference", "UploadLimits", "read_reference"]

FIELD = "reference"
ANIMATION_NOTICE = "animation_first_frame"

_HEADER_BYTES = 32
_SUBPROCESS_PIXELS = 8_000_000
"""Above this a subprocess decodes; a baseline JPEG counts as downscaled on decoding."""
HERE = 4
"""Images decoded at once in this process; each needs about 100 MB while it is decoded."""
WAITING = 8
APART = 1
"""Decoding subprocesses at once, see `MAX_SUBPROCESS_BYTES`."""
MAX_WAITING_FOR_SUBPROCESS = 2
_IN_PROCESS = ConcurrencyLimiter(HERE, waiting=WAITING, wait_s=5.0)
_SUBPROCESS = ConcurrencyLimiter(APART, waiting=MAX_WAITING_FOR_SUBPROCESS, wait_s=2.0)
_RETRY_AFTER_S = 5


@dataclass(frozen=True, kw_only=True)
class UploadLimits:
    """Limits on one upload."""

    max_bytes: int
    max_pixels: int


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A validated reference image, ready to be stored."""

    png: bytes
    """RGB in sRGB, upright, at most 1024 px on the longer side, without metadata."""
    notices: tuple[str, ...]
    """Codes of notices for the designer, such as `animation_first_frame`."""


def read_reference(source: BinaryIO, limits: UploadLimits) -> Reference:
    """Validate an upload, its header first, and decode it.

    Args:
        source: seekable; the file name and media type sent by the client are ignored.
    Raises:
        CodesignerError: payload_too_large, unsupported_media_type, image_too_large or
            image_unreadable, with the field `reference`; unavailable if too many images are
            being decoded.
    """
    _check_bytes(source, limits)
    header = source.read(_HEADER_BYTES)
    source.seek(0)
    format_name = _format_of(header)
    size = _size_in_header(format_name, header)
    if size is not None:
        _check_pixels(size, limits)
    with _decoding_slot(_IN_PROCESS):
        content = source.read()
        notices, in_subprocess = _inspect(format_name, content, limits)
        if not in_subprocess:
            return Reference(png=_decode(decode_in_process, content), notices=notices)
    with _decoding_slot(_SUBPROCESS):
        return Reference(png=_decode(decode_in_subprocess, content), notices=notices)


def _inspect(
    format_name: str, content: bytes, limits: UploadLimits
) -> tuple[tuple[str, ...], bool]:
    """Return the notices, and whether a subprocess is to decode; the structure is checked first."""
    try:
        structure = check_structure(format_name, content)
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_pixels(image.size, limits)
            notices = (ANIMATION_NOTICE,) if is_animation(image) else ()
            return notices, _needs_subprocess(image, structure)
    except ExcessiveStructure as error:
        _refuse("image_unreadable", str(error))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse_pixels(limits)
    except (Unreadable, *UNREADABLE) as error:
        _refuse_unreadable(str(error))


def _needs_subprocess(image: Image.Image, structure: Structure) -> bool:
    """Return whether decoding may take much memory; libjpeg keeps an image of several scans."""
    if structure.scans == 1 and not image.info.get("progressive"):
        image.draft(None, (MAX_SIDE_PX, MAX_SIDE_PX))  # as `decode_in_process` does; JPEG only
    return structure.lossless_webp or image.width * image.height > _SUBPROCESS_PIXELS


def _decode(decode: Callable[[BinaryIO], bytes], content: bytes) -> bytes:
    try:
        return decode(io.BytesIO(content))
    except Unreadable as error:
        _refuse_unreadable(str(error))
    except DecodingLimitExceeded:
        _refuse(
            "image_too_large",
            _("Decoding this image takes too much memory; send a smaller one."),
        )


@contextmanager
def _decoding_slot(slots: ConcurrencyLimiter) -> Iterator[None]:
    if not slots.take():
        message = _("Too many uploads are under way; try again soon.")
        raise CodesignerError("unavailable", message, retry_after_s=_RETRY_AFTER_S)
    try:
        yield
    finally:
        slots.give_back()


def _check_bytes(source: BinaryIO, limits: UploadLimits) -> None:
    length = source.seek(0, os.SEEK_END)
    source.seek(0)
    if length > limits.max_bytes:
        _refuse(
            "payload_too_large",
            _(
                "The file has %(got)s MiB; at most %(most)s MiB are accepted.",
                got=_mebibytes(length),
                most=_mebibytes(limits.max_bytes),
            ),
        )
    if length == 0:
        _refuse("image_unreadable", _("The file is empty."))


def _format_of(header: bytes) -> str:
    """Return the format detected from the signature; refuse other formats."""
    if (format_name := _format_by_signature(header)) is not None:
        return format_name
    return _refuse("unsupported_media_type", _unsupported_message(header))


def _format_by_signature(header: bytes) -> str | None:
    if header.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if header.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if header.startswith(b"RIFF") and header[8:12] == b"WEBP":
        return "WEBP"
    return None


def _unsupported_message(header: bytes) -> str:
    if header.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<svg", b"<?xml", b"<!doctype")):
        return _("This is an SVG or XML document; send a PNG, JPEG or WebP image.")
    if all(byte in b"\r\n\t" or byte >= 32 for byte in header):
        return _("This looks like text, not an image; send a PNG, JPEG or WebP image.")
    return _("Only PNG, JPEG and WebP images are accepted.")


def _size_in_header(format_name: str, header: bytes) -> tuple[int, int] | None:
    """Return width and height from the header; None if the header does not contain them."""
    if format_name == "PNG" and len(header) >= 24 and header[12:16] == b"IHDR":
        width, height = struct.unpack(">II", header[16:24])
        return width, height
    if format_name == "WEBP" and len(header) >= 30:
        chunk = header[12:16]
        if chunk == b"VP8X":
            return (
                int.from_bytes(header[24:27], "little") + 1,
                int.from_bytes(header[27:30], "little") + 1,
            )
        if chunk == b"VP8L":
            bits = int.from_bytes(header[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if chunk == b"VP8 ":
            width, height = struct.unpack("<HH", header[26:30])
            return width & 0x3FFF, height & 0x3FFF
    return None


def _check_pixels(size: tuple[int, int], limits: UploadLimits) -> None:
    if size[0] * size[1] > limits.max_pixels:
        _refuse_pixels(limits, size)


def _refuse_pixels(limits: UploadLimits, size: tuple[int, int] | None = None) -> NoReturn:
    most = f"{limits.max_pixels / 1e6:.3g}"
    if size is None:
        _refuse("image_too_large", _("At most %(most)s megapixels are accepted.", most=most))
    _refuse(
        "image_too_large",
        _(
            "The image has %(width)d by %(height)d pixels; "
            "at most %(most)s megapixels are accepted.",
            width=size[0],
            height=size[1],
            most=most,
        ),
    )


def _refuse_unreadable(reason: str) -> NoReturn:
    _refuse(
        "image_unreadable",
        _("The image is damaged or truncated and cannot be decoded (%(reason)s).", reason=reason),
    )


def _refuse(code: str, message: str) -> NoReturn:
    raise CodesignerError(code, message, fields=(FieldError(field=FIELD, message=message),))


def _mebibytes(count: int) -> str:
    return f"{count / (1024 * 1024):.3g}"
