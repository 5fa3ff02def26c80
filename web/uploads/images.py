"""Validation and decoding of uploaded reference images."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from PIL import Image, UnidentifiedImageError

from shared.errors import CodesignerError, FieldError
from web.http.concurrency import ConcurrencyLimiter
from web.http.i18n import translate as _
from web.uploads.decoding import (
    MAX_SIDE_PX,
    UNREADABLE,
    Decoded,
    DecodingLimitExceeded,
    TooManyPixels,
    Transparent,
    Unreadable,
    decode_in_process,
    decode_in_subprocess,
)
from web.uploads.signatures import HEADER_BYTES, detect_format, size_in_header, unsupported_message
from web.uploads.structure import ExcessiveStructure, Structure, check_structure

__all__ = ["FIELD", "PICTURE_FIELD", "Reference", "UploadLimits", "read_reference"]

PICTURE_FIELD = "picture"
"""Name of the file field of a search by picture."""
FIELD = "reference"
_ANIMATION_NOTICE = "animation_first_frame"
_PICTURES_NOTICE = "first_picture"
_CHILD_FORMATS = frozenset({"AVIF", "HEIF", "TIFF"})
"""Formats that the web process does not even open: a subprocess parses and decodes them."""
_PAGED_FORMATS = frozenset({"HEIF", "TIFF"})
"""Formats whose further pictures are no animation."""
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
    """RGB, or RGBA if a pixel is transparent; sRGB, upright, at most 1024 px on the longer side."""
    notices: tuple[str, ...]
    """Codes of notices for the designer, such as `animation_first_frame`."""


def read_reference(source: BinaryIO, limits: UploadLimits) -> Reference:
    """Validate an upload, its header first, and decode it.

    Args:
        source: seekable; the file name and media type sent by the client are ignored.
    Raises:
        CodesignerError: payload_too_large, unsupported_media_type, image_too_large or
            image_unreadable or image_transparent, with the field `reference`; unavailable if too
            many images are being decoded.
    """
    _check_bytes(source, limits)
    header = source.read(HEADER_BYTES)
    source.seek(0)
    format_name = detect_format(header)
    if format_name is None:
        _refuse("unsupported_media_type", unsupported_message(header))
    size = size_in_header(format_name, header)
    if size is not None:
        _check_pixels(size, limits)
    with _decoding_slot(_IN_PROCESS):
        upload = _Upload(format_name=format_name, content=source.read(), limits=limits)
        structure, in_subprocess = _inspect(upload)
        if not in_subprocess:
            return _reference(upload, structure, _decode(decode_in_process, upload))
    with _decoding_slot(_SUBPROCESS):
        return _reference(upload, structure, _decode(decode_in_subprocess, upload))


@dataclass(frozen=True, kw_only=True)
class _Upload:
    format_name: str
    content: bytes
    limits: UploadLimits


def _reference(upload: _Upload, structure: Structure, decoded: Decoded) -> Reference:
    paged = upload.format_name in _PAGED_FORMATS
    notices = (_PICTURES_NOTICE if paged else _ANIMATION_NOTICE,)
    return Reference(
        png=decoded.png, notices=notices if structure.several or decoded.frames > 1 else ()
    )


def _inspect(upload: _Upload) -> tuple[Structure, bool]:
    """Return the structure, which is checked first, and whether a subprocess is to decode."""
    try:
        structure = check_structure(upload.format_name, upload.content)
        if upload.format_name in _CHILD_FORMATS:
            return structure, True
        with Image.open(io.BytesIO(upload.content), formats=(upload.format_name,)) as image:
            _check_pixels(image.size, upload.limits)
            return structure, _needs_subprocess(image, structure)
    except ExcessiveStructure as error:
        _refuse("image_unreadable", str(error))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse_pixels(upload.limits)
    except UnidentifiedImageError:
        _refuse_unreadable(f"its content is not {upload.format_name}")
    except (Unreadable, *UNREADABLE) as error:
        _refuse_unreadable(str(error))


def _needs_subprocess(image: Image.Image, structure: Structure) -> bool:
    """Return whether decoding may take much memory; libjpeg keeps an image of several scans."""
    if structure.scans == 1 and not image.info.get("progressive"):
        image.draft(None, (MAX_SIDE_PX, MAX_SIDE_PX))  # as `decode_in_process` does; JPEG only
    return structure.lossless_webp or image.width * image.height > _SUBPROCESS_PIXELS


def _decode(decode: Callable[[BinaryIO, str, int], Decoded], upload: _Upload) -> Decoded:
    try:
        return decode(io.BytesIO(upload.content), upload.format_name, upload.limits.max_pixels)
    except TooManyPixels as error:
        _refuse_pixels(upload.limits, error.args or None)
    except Transparent:
        _refuse(
            "image_transparent",
            _("All of the image is transparent; send one in which something is seen."),
        )
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


def _check_pixels(size: tuple[int, int], limits: UploadLimits) -> None:
    if size[0] * size[1] > limits.max_pixels:
        _refuse_pixels(limits, size)


def _refuse_pixels(limits: UploadLimits, size: tuple[int, ...] | None = None) -> NoReturn:
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
