"""How large a request may be, by its route; told before anything of it is parsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from shared.errors import CodesignerError, FieldError
from shared.jobs.batches import MAX_JOBS
from shared.settings import Settings
from web.http.i18n import translate as _
from web.uploads.datasets import FIELD as DATASET
from web.uploads.datasets import MAX_DATASET_BYTES
from web.uploads.images import FIELD as REFERENCE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = [
    "MAX_HEADER_CHARS",
    "BodyCap",
    "check_json",
    "image_body_bytes",
    "register",
    "upload_field",
]

MAX_HEADER_CHARS = 8190
"""Of one header, the path or the query; what gunicorn takes of a header."""

_KIB = 1024
_SMALL = 64 * _KIB
_LEAST_PART = 128 * _KIB  # twice what Werkzeug's parser of multipart forms reads at once
_ENCODED = 4
"""Most bytes of a character in UTF-8."""
_ESCAPED = 12
"""Most bytes of a character in JSON: two escapes."""
_MULTIPART = "multipart/form-data"
_TOO_LONG = "codesigner.too_long"
_KEY = "codesigner_body_caps"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


@dataclass(frozen=True, kw_only=True)
class BodyCap:
    """What a route takes of a request's body, in bytes."""

    total: int
    """Of the whole, a file included."""
    text: int
    """Of a multipart form's field, or of JSON beside letters, digits and the rest of base64."""
    parts: int = 64
    """Number of a multipart form's fields and files."""
    file: str | None = None
    """The field that holds the file."""


def image_body_bytes(settings: Settings) -> int:
    """Return the most bytes of a body with an image in it, as base64 at worst."""
    image = settings.max_upload_bytes * 4 // 3
    return image + _SMALL + MAX_JOBS * _ESCAPED * settings.max_brief_chars


class _Caps:
    """The caps of an installation by endpoint."""

    def __init__(self, settings: Settings) -> None:
        chars = settings.max_brief_chars
        upload = settings.max_upload_bytes * 4 // 3  # as base64
        text = _SMALL + _ENCODED * chars
        batch = BodyCap(
            total=image_body_bytes(settings),
            text=_SMALL + MAX_JOBS * _ENCODED * chars,
            parts=8 * MAX_JOBS,
            file=REFERENCE,
        )
        dataset = BodyCap(total=MAX_DATASET_BYTES + 2 * _LEAST_PART, text=text, file=DATASET)
        self.others = BodyCap(total=_SMALL + _ESCAPED * chars, text=text)
        self._own = {
            "design_jobs.submit": BodyCap(
                total=upload + self.others.total, text=text, file=REFERENCE
            ),
            "batches.submit": batch,
            "form.submit": batch,
            "training.start": dataset,
            "training_pages.start": dataset,
        }

    def present(self) -> BodyCap:
        """Return the cap of the present request's route."""
        return self._own.get(request.endpoint or "", self.others)


def register(app: Flask, settings: Settings) -> None:
    """Cap headers, path and query, and each route's body."""
    app.extensions[_KEY] = _Caps(settings)
    app.before_request(_cap)
    app.wsgi_app = _without_long_headers(app.wsgi_app)  # type: ignore[assignment, method-assign]


def _caps() -> _Caps:
    return cast(_Caps, current_app.extensions[_KEY])


def _without_long_headers(answered: WSGIApplication) -> WSGIApplication:
    """Take out what is too long, and note its name: nothing may parse it."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        long = [
            name
            for name, value in environ.items()
            if isinstance(value, str) and len(value) > MAX_HEADER_CHARS
        ]
        for name in long:
            environ[name] = ""
            environ[_TOO_LONG] = _named(name)
        return answered(environ, start_response)

    return answer


def _cap() -> None:
    """Refuse a header that is too long; set the cap of the body, which is read later.

    Raises:
        CodesignerError: malformed_request, of the header or the address.
        RequestEntityTooLarge: a chunked body is larger than its cap.
    """
    if _TOO_LONG in request.environ:
        name = request.environ[_TOO_LONG]
        message = _("At most %(most)d characters.", most=MAX_HEADER_CHARS)
        fields = (FieldError(field=name, message=message),)
        raise CodesignerError("malformed_request", f"{name}: {message}", fields=fields)
    cap = _caps().present()
    urlencoded = request.mimetype == "application/x-www-form-urlencoded"
    request.max_content_length = _caps().others.total if urlencoded else cap.total
    request.max_form_memory_size = max(cap.text, _LEAST_PART)
    request.max_form_parts = cap.parts
    if "HTTP_TRANSFER_ENCODING" in request.environ and request.mimetype != _MULTIPART:
        _read_chunked(request.max_content_length)


def _read_chunked(most: int) -> None:
    """Read a body of no declared length; Werkzeug would cut it at the cap and raise nothing."""
    request.max_content_length = most + 1
    if len(request.get_data(cache=True)) > most:
        raise RequestEntityTooLarge


def _named(name: str) -> str:
    """Return a header's name; other variables of WSGI are of the address."""
    if name.startswith(("HTTP_", "CONTENT_")):
        return name.removeprefix("HTTP_").replace("_", "-").title()
    return "url"


def upload_field() -> str | None:
    """Return the name of the field that holds a file in the present request, if any may."""
    return _caps().present().file


def check_json(body: bytes) -> None:
    """Refuse JSON that has more text than its route needs, before it is parsed.

    A reference may take most of a body; base64 letters make no objects, so that they do not count.

    Raises:
        CodesignerError: payload_too_large.
    """
    most = _caps().present().text
    if len(body) <= most:
        return
    beside = len(body.translate(None, _BASE64)) - body.count(b"\\/")  # some escape the slash
    if beside > most:
        message = _("At most %(most)d KiB of JSON are taken beside a reference.", most=most // _KIB)
        raise CodesignerError("payload_too_large", message)
