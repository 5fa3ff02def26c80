"""Parses and validates request bodies; errors name every invalid field."""

import base64
import binascii
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, cast

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import CodesignerError, FieldError, InvalidRequest, PaletteNotFound
from shared.motifs.curation import parse_optional_sets
from shared.webhooks.url_policy import parse_networks
from web.db.palettes import owned_palette
from web.db.queries import checked_artifact
from web.extensions import Services
from web.http.i18n import translate as _
from web.http.identity import palette_owner
from web.http.palettes import (
    EARLIER,
    SAVED,
    earlier_palette,
    requested_palette,
    uploaded_palette,
)
from web.http.request_limits import check_json
from web.schemas.batches import BatchRequest
from web.schemas.jobs import DesignRequest, ReferenceGiven
from web.schemas.palettes import PaletteRead
from web.uploads.images import FIELD, Reference, read_reference

__all__ = [
    "BATCH_LIST_FIELDS",
    "ParsedBatch",
    "ParsedDesign",
    "body_as_json",
    "check_length",
    "checked",
    "field_errors",
    "form_values",
    "page_limit",
    "read_batch",
    "read_design",
    "read_page_batch",
    "read_page_design",
    "uploaded",
]

ModelT = TypeVar("ModelT", bound=BaseModel)
RequestT = TypeVar("RequestT", DesignRequest, BatchRequest)
ParsedDesign = tuple[DesignRequest, Reference | None]
ParsedBatch = tuple[BatchRequest, Reference | None]
BATCH_LIST_FIELDS = ("briefs", "seeds", "strengths")
"""Fields of a batch that are lists."""
_NAME_CHARS = 100
_JSON_CHARS = 16_384
_JSON_FIELDS = ("webhook", "colour_changes")
"""Fields of a form that are encoded as JSON."""
_BATCH_FORM_FIELDS = ("seeds", "strengths", "lines")
"""Fields of the page's form that make it a batch."""


def read_design(services: Services) -> ParsedDesign:
    """Read a design request and its reference image from JSON or a multipart form.

    Raises:
        CodesignerError: invalid_request with all invalid fields; if only the reference image is
            invalid, its own code.
    """
    if request.mimetype == "multipart/form-data":
        return _validate(services, DesignRequest, _form_fields(), _uploads(), strict=False)
    return _validate(services, DesignRequest, _json_body(), _Uploads(), strict=True)


@dataclass(frozen=True, kw_only=True)
class _Uploads:
    """The files of a request."""

    reference: BinaryIO | None = None
    palette: BinaryIO | None = None


def _uploads() -> _Uploads:
    return _Uploads(reference=_uploaded_reference(), palette=uploaded_palette())


def _uploaded_reference() -> BinaryIO | None:
    source = uploaded(FIELD)
    if FIELD in request.form and not source:
        message = _("Send the reference as a file.")
        raise InvalidRequest(FieldError(field=FIELD, message=message))
    return source


def _form_fields() -> dict[str, object]:
    """Return the form's fields, those that are encoded as JSON decoded."""
    return _decoded({**form_values(request.form), **_motifs()})


def _decoded(values: dict[str, object]) -> dict[str, object]:
    for name in _JSON_FIELDS:
        if not isinstance(text := values.get(name), str):
            continue
        check_length(name, text, _JSON_CHARS)
        try:
            values[name] = json.loads(text)
        except (ValueError, RecursionError) as error:
            message = _("This is not valid JSON.")
            raise InvalidRequest(FieldError(field=name, message=message)) from error
    return values


def _json_body() -> object:
    if request.mimetype == "application/x-www-form-urlencoded":
        raise CodesignerError("unsupported_media_type", _("Send JSON or a multipart form."))
    return body_as_json()


def read_batch(services: Services) -> ParsedBatch:
    """Read a batch request from JSON or a multipart form with repeated fields.

    Raises:
        CodesignerError: as `read_design`.
    """
    if request.mimetype != "multipart/form-data":
        return _validate(services, BatchRequest, _json_body(), _Uploads(), strict=True)
    values = _form_fields()
    for name in BATCH_LIST_FIELDS:
        if name in values:
            values[name] = request.form.getlist(name)
    return _validate(services, BatchRequest, values, _uploads(), strict=False)


def read_page_batch(services: Services, values: dict[str, object]) -> ParsedBatch:
    """Validate a batch of the page's form; the reference is read as in `read_page_design`.

    Raises:
        CodesignerError: as `read_design`.
    """
    values = _decoded({**values, **_motifs()})
    return _validate(services, BatchRequest, values, _page_uploads(services, values), strict=False)


def read_page_design(services: Services) -> ParsedDesign:
    """Read a design request from the page's own form.

    An earlier reference is named by `reference_sha256`, unless a new file is uploaded.

    Raises:
        CodesignerError: as `read_design`.
    """
    values: dict[str, object] = {**form_values(request.form), **_motifs()}
    for name in _BATCH_FORM_FIELDS:  # empty, as this is not a batch
        values.pop(name, None)
    values = _decoded(values)
    return _validate(services, DesignRequest, values, _page_uploads(services, values), strict=False)


def _motifs() -> dict[str, list[str]]:
    """Return the form's field `motifs`, if it was sent; one empty value is an empty list."""
    if "motifs" not in request.form:
        return {}
    return {"motifs": [motif_id for motif_id in request.form.getlist("motifs") if motif_id]}


def _page_uploads(services: Services, values: dict[str, object]) -> _Uploads:
    """Return the uploaded files; without one, set what an earlier job had in `values`."""
    earlier, colours = values.pop("reference_sha256", None), values.pop(EARLIER, None)
    saved = values.pop(SAVED, None)
    uploads = _Uploads(reference=uploaded(FIELD), palette=uploaded_palette())
    if uploads.reference is None and earlier is not None:
        values["reference"] = {"sha256": earlier}
    if uploads.palette is None and saved is not None:
        values["palette"] = _saved_palette(services, str(saved))
    elif uploads.palette is None and colours is not None:
        values["palette"] = earlier_palette(str(colours))
    return uploads


def _saved_palette(services: Services, palette_id: str) -> object:
    owner = palette_owner()
    try:
        with services.sessions() as session:
            palette = owned_palette(session, owner, palette_id)
            return {"colours": [{"hex": each, "name": ""} for each in palette.colours]}
    except PaletteNotFound as error:
        message = _("This palette was removed; choose another one.")
        raise InvalidRequest(FieldError(field=SAVED, message=message)) from error


def _validate(
    services: Services,
    model: type[RequestT],
    values: object,
    uploads: _Uploads,
    *,
    strict: bool,
) -> tuple[RequestT, Reference | None]:
    """Validate the values, the palette and the reference image, and report all invalid fields."""
    faults: list[CodesignerError] = []
    validated: RequestT | None = None
    palette: PaletteRead | None = None
    reference: Reference | None = None
    try:
        validated = checked(model, values, services, strict=strict)
    except InvalidRequest as error:
        faults.append(error)
    try:
        palette = requested_palette(validated, uploads.palette)
    except CodesignerError as error:
        faults.append(error)
    try:
        given = None if validated is None else validated.reference
        source = uploads.reference or _source(services, given)
        reference = None if source is None else read_reference(source, services.limits)
    except CodesignerError as error:
        faults.append(error)
    if validated is None or len(faults) > 1:
        raise InvalidRequest(*(field for fault in faults for field in fault.fields))
    if faults:
        raise faults[0]
    return validated.model_copy(update={"palette": palette}), reference


def _source(services: Services, reference: ReferenceGiven | None) -> BinaryIO | None:
    """Return the bytes of a reference given as an artifact or as base64."""
    if reference is None:
        return None
    if reference.sha256 is not None:
        try:
            with services.sessions() as session:
                checked_artifact(session, reference.sha256)
            with services.store.open(reference.sha256) as stream:
                return io.BytesIO(stream.read(services.limits.max_bytes + 1))
        except CodesignerError as error:
            message = _("There is no artifact with this sha256.")
            raise InvalidRequest(FieldError(field="reference.sha256", message=message)) from error
    try:
        return io.BytesIO(base64.b64decode(reference.base64 or "", validate=True))
    except (binascii.Error, ValueError) as error:
        message = _("This is not valid base64.")
        raise InvalidRequest(FieldError(field="reference.base64", message=message)) from error


def uploaded(field: str) -> BinaryIO | None:
    """Return the file uploaded in a form field; None if no file was chosen.

    Raises:
        InvalidRequest: there are several.
    """
    uploads = [upload for upload in request.files.getlist(field) if upload.filename]
    if len(uploads) > 1:
        raise InvalidRequest(FieldError(field=field, message=_("Send one file only.")))
    return cast(BinaryIO, uploads[0].stream) if uploads else None


def form_values(form: Mapping[str, str]) -> dict[str, str]:
    """Return a form's fields; an empty optional field counts as not sent."""
    return {name: value for name, value in form.items() if value != "" or name == "brief"}


def body_as_json(*, optional: bool = False) -> object:
    """Return the request's parsed JSON body; with `optional`, an empty body is `{}`.

    Raises:
        CodesignerError: unsupported_media_type, payload_too_large or malformed_request.
    """
    if optional and not request.get_data(cache=True):
        return {}
    if not request.is_json:
        raise CodesignerError("unsupported_media_type", _("Send application/json."))
    try:
        body = request.get_data(cache=True)
        check_json(body)
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CodesignerError("malformed_request", _("The body is not valid JSON.")) from error


def check_length(field: str, text: str, most: int) -> None:
    """Check the length of a field's text before it is parsed.

    Raises:
        InvalidRequest: the text has more than `most` characters.
    """
    if len(text) > most:
        message = _("At most %(most)d characters.", most=most)
        raise InvalidRequest(FieldError(field=field, message=message))


def page_limit() -> int:
    """Return the request's `limit`, 1 to 100; raise InvalidRequest if it is malformed."""
    text = request.args.get("limit", "20")
    if not (text.isascii() and text.isdecimal()) or len(text) > 3 or not 1 <= int(text) <= 100:
        message = _("Must be a whole number from 1 to 100.")
        raise InvalidRequest(FieldError(field="limit", message=message))
    return int(text)


def checked(
    model: type[ModelT], values: object, services: Services, *, strict: bool = True
) -> ModelT:
    """Validate values against a pydantic model.

    Args:
        strict: require JSON types; otherwise strings of a form are converted.

    Raises:
        InvalidRequest: names each invalid field.
    """
    context = {
        "max_brief_chars": services.settings.max_brief_chars,
        "webhook_allow": parse_networks(services.settings.webhook_allow),
        "motifs_dir": services.settings.motifs_dir,
        "motif_sets": parse_optional_sets(services.settings.motif_sets),
    }
    try:
        return model.model_validate(values, strict=strict, context=context)
    except ValidationError as error:
        raise InvalidRequest(*field_errors(error)) from error


def field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    """Return pydantic's errors as field errors with messages in the request's language."""
    return tuple(
        FieldError(field=_field_name(details), message=_message(details))
        for details in error.errors(include_url=False, include_input=False)
    )


def _field_name(details: ErrorDetails) -> str:
    """Return the field's path; a name invented by the client is truncated and made encodable."""
    name = ".".join(str(part) for part in details["loc"]) or "body"
    return name.encode("utf-8", "replace").decode()[:_NAME_CHARS]


def _message(details: ErrorDetails) -> str:
    limits: dict[str, Any] = details.get("ctx", {})
    kind = details["type"]
    messages = {
        "missing": lambda: _("This field is required."),
        "brief_empty": lambda: _("Describe what to design."),
        "control_characters": lambda: _("Control characters are not allowed."),
        "one_of_two": lambda: _("Give either base64 or sha256."),
        "from_or_to": lambda: _("Give from, to or both."),
        "base64_or_colours": lambda: _("Give either base64 or colours."),
        "say_or_set": lambda: _("Give either say or set."),
        "ids_or_all": lambda: _("Give either ids or all."),
        "too_short": lambda: _(
            "Must contain at least %(least)d item(s).", least=limits["min_length"]
        ),
        "too_long": lambda: _("Must contain at most %(most)d items.", most=limits["max_length"]),
        "extra_forbidden": lambda: _("Unknown field."),
        "string_too_long": lambda: _("At most %(most)d characters.", most=limits["max_length"]),
        "string_pattern_mismatch": lambda: _("This is not written as it should be."),
        "greater_than": lambda: _("Must be more than %(least)s.", least=limits["gt"]),
        "greater_than_equal": lambda: _("Must be at least %(least)s.", least=limits["ge"]),
        "less_than_equal": lambda: _("Must be at most %(most)s.", most=limits["le"]),
        "literal_error": lambda: _("Must be one of: %(choices)s.", choices=limits["expected"]),
        "motif_unknown": lambda: _("There is no such motif."),
        "url_private": lambda: _("Only public addresses are allowed."),
        "url_malformed": lambda: _(
            "Must be an https:// or http:// address in ASCII, without a user name or fragment."
        ),
        "secret_malformed": lambda: _("Must be whsec_ and the base64 of 24 to 64 bytes."),
        "finite_number": lambda: _("Must be a number."),
    }
    if kind in messages:
        return messages[kind]()
    if kind.startswith("int"):
        return _("Must be a whole number.")
    if kind.startswith("float"):
        return _("Must be a number.")
    if kind.startswith("bool"):
        return _("Must be true or false.")
    if kind.startswith("list"):
        return _("Must be a list.")
    if kind in {"model_type", "dict_type"}:
        return _("Must be an object.")
    if kind.startswith("string"):
        return _("Must be a string.")
    return _("This is not written as it should be.")
