"""Validation of palette files: the colours that a design is to be drawn in."""

import os
from collections.abc import Iterable
from typing import BinaryIO, NoReturn

from shared.designs.record import MAX_PALETTE
from shared.errors import CodesignerError, FieldError
from web.http.i18n import translate as _
from web.uploads.palette_files import (
    FileColour,
    UnknownFormat,
    UnreadablePalette,
    palette_colours,
)

__all__ = ["FIELD", "MAX_PALETTE_BYTES", "distinct", "read_palette"]

FIELD = "palette"
MAX_PALETTE_BYTES = 256 * 1024


def read_palette(source: BinaryIO) -> tuple[FileColour, ...]:
    """Read the distinct colours of a palette file, 1 to 24, in its order.

    Args:
        source: seekable; the file name and media type sent by the client are ignored.

    Raises:
        CodesignerError: payload_too_large, unsupported_media_type or palette_invalid, with the
            field `palette`.
    """
    length = source.seek(0, os.SEEK_END)
    source.seek(0)
    if length > MAX_PALETTE_BYTES:
        most = MAX_PALETTE_BYTES // 1024
        _refuse("payload_too_large", _("At most %(most)d KiB are accepted.", most=most))
    try:
        found = distinct(palette_colours(source.read()))
    except UnknownFormat:
        _refuse(
            "unsupported_media_type",
            _("This is no palette; send ASE, ACO, GPL, CSS or JSON."),
        )
    except UnreadablePalette as error:
        _refuse("palette_invalid", _("The palette cannot be read (%(reason)s).", reason=error))
    if not found:
        _refuse("palette_invalid", _("There are no colours in the file."))
    return found


def distinct(colours: Iterable[FileColour]) -> tuple[FileColour, ...]:
    """Return each colour once, the first of those with the same value.

    Raises:
        CodesignerError: palette_invalid: there are more than 24.
    """
    found: dict[str, FileColour] = {}
    for colour in colours:
        found.setdefault(colour.hex, colour)
        if len(found) > MAX_PALETTE:
            message = _("The palette has more than %(most)d colours.", most=MAX_PALETTE)
            _refuse("palette_invalid", message)
    return tuple(found.values())


def _refuse(code: str, message: str) -> NoReturn:
    raise CodesignerError(code, message, fields=(FieldError(field=FIELD, message=message),))
