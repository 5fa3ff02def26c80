"""Reads the palette of a request: from an uploaded file, or from its JSON."""

import base64
import binascii
import io
import json
from typing import BinaryIO

from flask import request

from shared.errors import FieldError, InvalidRequest
from web.http.i18n import translate as _
from web.schemas.batches import BatchRequest
from web.schemas.jobs import DesignRequest
from web.schemas.palettes import PaletteColour, PaletteGiven, PaletteRead
from web.uploads.palette_files import FileColour
from web.uploads.palettes import FIELD, distinct, read_palette

__all__ = [
    "EARLIER",
    "SAVED",
    "earlier_palette",
    "requested_colours",
    "requested_palette",
    "uploaded_palette",
]

EARLIER = "palette_earlier"
"""Field of the page's form: the palette of an earlier job, as JSON."""
SAVED = "palette_saved"
"""Field of the page's form: the id of a saved palette."""
_MAX_EARLIER_CHARS = 8192


def uploaded_palette() -> BinaryIO | None:
    """Return the file of the form's field `palette`; None if no file was chosen.

    Raises:
        InvalidRequest: the field is no file.
    """
    upload = request.files.get(FIELD)
    if upload is not None and upload.filename:
        return io.BytesIO(upload.stream.read())
    if request.form.get(FIELD):
        message = _("Send the palette as a file.")
        raise InvalidRequest(FieldError(field=FIELD, message=message))
    return None


def earlier_palette(text: str) -> object:
    """Return the value of the field `palette_earlier`, to be validated.

    Raises:
        InvalidRequest: it is too long or not JSON.
    """
    try:
        if len(text) > _MAX_EARLIER_CHARS:
            raise ValueError(text[:9])
        return {"colours": json.loads(text)}
    except (ValueError, RecursionError) as error:
        message = _("This is not valid JSON.")
        raise InvalidRequest(FieldError(field=FIELD, message=message)) from error


def requested_palette(
    validated: DesignRequest | BatchRequest | None, upload: BinaryIO | None
) -> PaletteRead | None:
    """Return the palette of a request with each colour once; None if it has none.

    Args:
        validated: None: the request is not valid, and only the file is.
        upload: the file, which takes precedence.

    Raises:
        CodesignerError: as `web.uploads.palettes.read_palette`.
        InvalidRequest: the base64 is malformed, or there are too few colours for `palette_only`.
    """
    given = None if validated is None else validated.palette
    colours, converted = requested_colours(given, upload)
    if validated is not None and validated.palette_only and len(colours) < 2:
        message = _("This needs a palette of at least two colours.")
        raise InvalidRequest(FieldError(field="palette_only", message=message))
    return PaletteRead(base64=None, colours=colours, converted=converted) if colours else None


def requested_colours(
    given: PaletteGiven | None, upload: BinaryIO | None
) -> tuple[list[PaletteColour], bool]:
    """Return the colours of a palette, each once, and whether some were CMYK or Lab.

    Raises:
        CodesignerError: as `requested_palette`.
    """
    source = upload or _decoded(given)
    listed = () if given is None else given.colours or ()
    found = (
        distinct(FileColour(hex=each.hex.upper(), name=each.name) for each in listed)
        if source is None
        else read_palette(source)
    )
    colours = [PaletteColour(hex=each.hex, name=each.name) for each in found]
    return colours, any(each.converted for each in found)


def _decoded(given: PaletteGiven | None) -> BinaryIO | None:
    if given is None or given.base64 is None:
        return None
    try:
        return io.BytesIO(base64.b64decode(given.base64, validate=True))
    except (binascii.Error, ValueError) as error:
        message = _("This is not valid base64.")
        raise InvalidRequest(FieldError(field="palette.base64", message=message)) from error
