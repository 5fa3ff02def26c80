"""From a request's body to a validated record, with every field at fault named."""

import base64
import binascii
import io
import json
from collections.abc import Mapping
from typing import Any, BinaryIO, TypeVar, cast

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import CodesignerError, FieldError, InvalidRequest
from shared.webhooks.url_policy import networks_in
from web.db.queries import checked_artifact
from web.extensions import Services
from web.http.i18n import translate as _
from web.http.request_limits import check_json
from web.schemas.batches import BatchRequest
from web.schemas.jobs import DesignRequest, ReferenceGiven
from web.uploads.images import FIELD, Reference, read_reference

__all__ = [
    "SWEPT",
    "BatchGiven",
    "DesignGiven",
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
DesignGiven = tuple[DesignRequest, Reference | None]
BatchGiven = tuple[BatchRequest, Reference | None]
SWEPT = ("briefs", "seeds", "strengths")
"""Fields of a batch that are lists."""
_NAME_CHARS = 100
_WEBHOOK_CHARS = 16_384
_ONLY_OF_BATCHES = ("seeds", "strengths", "lines")
"""Fields of the page's form that ask for several jobs."""


def read_design(services: Services) -> DesignGiven:
    """Read a design request from JSON or a multipart form, reference included.

    Raises:
        CodesignerError: invalid_request with all fields at fault; where the reference alone is
            at fault, its own code.
    """
    if request.mimetype == "multipart/form-data":
        source = _uploaded_reference()
        return _both(services, DesignRequest, _form_fields(), source, strict=False)
    return _both(services, DesignRequest, _json_body(), None, strict=True)


def _uploaded_reference() -> BinaryIO | None:
    source = uploaded(FIELD)
    if FIELD in request.form and not source:
        message = _("Send the reference as a file.")
        raise InvalidRequest(FieldError(field=FIELD, message=message))
    return source


def _form_fields() -> dict[str, object]:
    """Give a form's fields; the webhook is an object, written as JSON."""
    values: dict[str, object] = dict(form_values(request.form))
    if isinstance(text := values.get("webhook"), str):
        check_length("webhook", text, _WEBHOOK_CHARS)
        try:
            values["webhook"] = json.loads(text)
        except (ValueError, RecursionError) as error:
            message = _("This is not JSON.")
            raise InvalidRequest(FieldError(field="webhook", message=message)) from error
    return values


def _json_body() -> object:
    if request.mimetype == "application/x-www-form-urlencoded":
        raise CodesignerError("unsupported_media_type", _("Send JSON or a multipart form."))
    return body_as_json()


def read_batch(services: Services) -> BatchGiven:
    """Read a batch's request from JSON or a multipart form with repeated fields.

    Raises:
        CodesignerError: as `read_design`.
    """
    if request.mimetype != "multipart/form-data":
        return _both(services, BatchRequest, _json_body(), None, strict=True)
    values = _form_fields()
    for name in SWEPT:
        if name in values:
            values[name] = request.form.getlist(name)
    return _both(services, BatchRequest, values, _uploaded_reference(), strict=False)


def read_page_batch(services: Services, values: dict[str, object]) -> BatchGiven:
    """Check a batch that the page's form asks for; its reference comes as for one design.

    Raises:
        CodesignerError: as `read_design`.
    """
    source = _kept_reference(values)
    return _both(services, BatchRequest, values, source, strict=False)


def read_page_design(services: Services) -> DesignGiven:
    """Read a design request from the page's own form.

    An earlier reference comes by name (`reference_sha256`) unless a new file is sent.

    Raises:
        CodesignerError: as `read_design`.
    """
    values: dict[str, object] = dict(form_values(request.form))
    for name in _ONLY_OF_BATCHES:  # empty, or this would be a batch
        values.pop(name, None)
    source = _kept_reference(values)
    return _both(services, DesignRequest, values, source, strict=False)


def _kept_reference(values: dict[str, object]) -> BinaryIO | None:
    """Give the new file; without one, put the earlier one among the values."""
    kept = values.pop("reference_sha256", None)
    source = uploaded(FIELD)
    if source is None and kept is not None:
        values["reference"] = {"sha256": kept}
    return source


def _both(
    services: Services,
    model: type[RequestT],
    values: object,
    upload: BinaryIO | None,
    *,
    strict: bool,
) -> tuple[RequestT, Reference | None]:
    given: RequestT | None = None
    wrong: tuple[FieldError, ...] = ()
    try:
        given = checked(model, values, services, strict=strict)
    except InvalidRequest as error:
        wrong = error.fields
    try:
        source = upload or _source(services, given.reference if given is not None else None)
        reference = None if source is None else read_reference(source, services.limits)
    except CodesignerError as error:
        if wrong:
            raise InvalidRequest(*wrong, *error.fields) from error
        raise
    if given is None:
        raise InvalidRequest(*wrong)
    return given, reference


def _source(services: Services, given: ReferenceGiven | None) -> BinaryIO | None:
    if given is None:
        return None
    if given.sha256 is not None:
        try:
            with services.sessions() as session:
                checked_artifact(session, given.sha256)
            with services.store.open(given.sha256) as stream:
                return io.BytesIO(stream.read(services.limits.max_bytes + 1))
        except CodesignerError as error:
            message = _("There is no artifact of this sha256.")
            raise InvalidRequest(FieldError(field="reference.sha256", message=message)) from error
    try:
        return io.BytesIO(base64.b64decode(given.base64 or "", validate=True))
    except (binascii.Error, ValueError) as error:
        message = _("This is not base64.")
        raise InvalidRequest(FieldError(field="reference.base64", message=message)) from error


def uploaded(field: str) -> BinaryIO | None:
    """Give the file that was sent in a form's field, if one was chosen."""
    upload = request.files.get(field)
    return cast(BinaryIO, upload.stream) if upload is not None and upload.filename else None


def form_values(form: Mapping[str, str]) -> dict[str, str]:
    """Give a form's fields; an optional field left empty counts as not sent."""
    return {name: value for name, value in form.items() if value != "" or name == "brief"}


def body_as_json(*, optional: bool = False) -> object:
    """Give the request's JSON body.

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
        raise CodesignerError("malformed_request", _("The body is not JSON.")) from error


def check_length(field: str, text: str, most: int) -> None:
    """Refuse a field's text, before it is parsed, where it has more characters than that.

    Raises:
        InvalidRequest: of the field.
    """
    if len(text) > most:
        message = _("At most %(most)d characters.", most=most)
        raise InvalidRequest(FieldError(field=field, message=message))


def page_limit() -> int:
    """Give the request's `limit`, 1 to 100; InvalidRequest where it is not usable."""
    text = request.args.get("limit", "20")
    if not (text.isascii() and text.isdecimal()) or len(text) > 3 or not 1 <= int(text) <= 100:
        message = _("Must be a whole number from 1 to 100.")
        raise InvalidRequest(FieldError(field="limit", message=message))
    return int(text)


def checked(
    model: type[ModelT], values: object, services: Services, *, strict: bool = True
) -> ModelT:
    """Validate; InvalidRequest names each field at fault.

    Args:
        strict: JSON's types as they are; otherwise texts of a form are converted.
    """
    context = {
        "max_brief_chars": services.settings.max_brief_chars,
        "webhook_allow": networks_in(services.settings.webhook_allow),
    }
    try:
        return model.model_validate(values, strict=strict, context=context)
    except ValidationError as error:
        raise InvalidRequest(*field_errors(error)) from error


def field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    """Give pydantic's findings as fields and sentences in the request's language."""
    return tuple(
        FieldError(field=_named(each), message=_say(each))
        for each in error.errors(include_url=False, include_input=False)
    )


def _named(found: ErrorDetails) -> str:
    """Name the field; a name that the request made up is cut and made printable."""
    name = ".".join(str(part) for part in found["loc"]) or "body"
    return name.encode("utf-8", "replace").decode()[:_NAME_CHARS]


def _say(found: ErrorDetails) -> str:
    limits: dict[str, Any] = found.get("ctx", {})
    kind = found["type"]
    sentences = {
        "missing": lambda: _("This field is required."),
        "brief_empty": lambda: _("Say what is to be designed."),
        "control_characters": lambda: _("Control characters are not taken."),
        "one_of_two": lambda: _("Give either base64 or sha256."),
        "ids_or_all": lambda: _("Give either ids or all."),
        "too_short": lambda: _("At least %(least)d of these.", least=limits["min_length"]),
        "too_long": lambda: _("At most %(most)d of these.", most=limits["max_length"]),
        "extra_forbidden": lambda: _("There is no such field."),
        "string_too_long": lambda: _("At most %(most)d characters.", most=limits["max_length"]),
        "string_pattern_mismatch": lambda: _("This is not written as it should be."),
        "greater_than": lambda: _("Must be more than %(least)s.", least=limits["gt"]),
        "greater_than_equal": lambda: _("Must be at least %(least)s.", least=limits["ge"]),
        "less_than_equal": lambda: _("Must be at most %(most)s.", most=limits["le"]),
        "literal_error": lambda: _("Must be one of: %(choices)s.", choices=limits["expected"]),
        "url_private": lambda: _("Only public addresses are taken."),
        "url_malformed": lambda: _(
            "Must be an https:// or http:// address in ASCII, without a user name or fragment."
        ),
        "secret_malformed": lambda: _("Must be whsec_ and the base64 of 24 to 64 bytes."),
        "finite_number": lambda: _("Must be a number."),
    }
    if kind in sentences:
        return sentences[kind]()
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
        return _("Must be a text.")
    return _("This is not written as it should be.")
