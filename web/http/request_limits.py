"""Size limits of headers and bodies by route, enforced before parsing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from shared.designs.parsing import MAX_RECORD_BYTES
from shared.errors import CodesignerError, FieldError
from shared.jobs.batches import MAX_JOBS
from shared.settings import Settings
from web.http.i18n import translate as _
from web.uploads.datasets import FIELD as DATASET
from web.uploads.datasets import MAX_DATASET_BYTES
from web.uploads.images import FIELD as REFERENCE
from web.uploads.images import PICTURE_FIELD as PICTURE
from web.uploads.palettes import MAX_PALETTE_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = [
    "MAX_HEADER_CHARS",
    "BodyCap",
    "check_json",
    "image_body_bytes",
    "max_body_bytes",
    "register",
    "upload_field",
]

MAX_HEADER_CHARS = 8190
"""Maximum length of one header, the path or the query; gunicorn's limit of a header field."""

_KIB = 1024
_SMALL = 64 * _KIB
_MIN_PART = 128 * _KIB  # twice the read size of Werkzeug's multipart parser
_UTF8_BYTES_PER_CHAR = 4
"""Maximum, in UTF-8."""
_JSON_BYTES_PER_CHAR = 12
"""Maximum, in JSON: a surrogate pair written as two escapes."""
_MULTIPART = "multipart/form-data"
_URLENCODED = "application/x-www-form-urlencoded"
_TOO_LONG = "codesigner.too_long"
_KEY = "codesigner_body_caps"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


@dataclass(frozen=True, kw_only=True)
class BodyCap:
    """Maximum sizes of a route's request body, in bytes."""

    total: int
    """Whole body, including a file."""
    text: int
    """A multipart field, or the JSON characters outside of the base64 alphabet."""
    parts: int = 64
    """Number of multipart fields and files."""
    file: str | None = None
    """Name of the file field."""
    multipart_only: bool = False
    """Whether a body of another media type is limited as on any other route."""


def image_body_bytes(settings: Settings) -> int:
    """Return the maximum size of a body with an image, in bytes; the worst case is base64."""
    image = (settings.max_upload_bytes + MAX_PALETTE_BYTES) * 4 // 3
    return image + _SMALL + MAX_JOBS * _JSON_BYTES_PER_CHAR * settings.max_brief_chars


class _BodyCaps:
    """Body limits by endpoint."""

    def __init__(self, settings: Settings) -> None:
        chars = settings.max_brief_chars
        upload = (settings.max_upload_bytes + MAX_PALETTE_BYTES) * 4 // 3  # as base64
        text = _SMALL + _UTF8_BYTES_PER_CHAR * chars
        batch = BodyCap(
            total=image_body_bytes(settings),
            text=_SMALL + MAX_JOBS * _UTF8_BYTES_PER_CHAR * chars,
            parts=8 * MAX_JOBS,
            file=REFERENCE,
        )
        dataset = BodyCap(
            total=MAX_DATASET_BYTES + 2 * _MIN_PART, text=text, file=DATASET, multipart_only=True
        )
        picture = BodyCap(
            total=settings.max_upload_bytes + 2 * _MIN_PART,
            text=_SMALL,
            file=PICTURE,
            multipart_only=True,
        )
        self.default = BodyCap(total=_SMALL + _JSON_BYTES_PER_CHAR * chars, text=text)
        self._by_endpoint = {
            "design_jobs.submit": BodyCap(
                total=upload + self.default.total, text=text, file=REFERENCE
            ),
            "designs.render": BodyCap(total=MAX_RECORD_BYTES, text=MAX_RECORD_BYTES),
            "batches.submit": batch,
            "form.submit": batch,
            "library.picture": picture,
            "library_pages.picture": picture,
            "training.start": dataset,
            "training_pages.start": dataset,
        }

    def current(self) -> BodyCap:
        """Return the limits of the current request's route."""
        return self._of(request.endpoint)

    def total(self, endpoint: str | None, mimetype: str) -> int:
        """Return the maximum size of a body, in bytes."""
        cap = self._of(endpoint)
        if mimetype == _URLENCODED or (cap.multipart_only and mimetype != _MULTIPART):
            return self.default.total
        return cap.total

    def _of(self, endpoint: str | None) -> BodyCap:
        return self._by_endpoint.get(endpoint or "", self.default)


def register(app: Flask, settings: Settings) -> None:
    """Limit headers, path and query, and each route's body."""
    app.extensions[_KEY] = _BodyCaps(settings)
    app.before_request(_limit_request)
    app.wsgi_app = _without_long_headers(app.wsgi_app)  # type: ignore[assignment, method-assign]


def max_body_bytes(app: Flask, method: str, target: str, mimetype: str) -> int:
    """Return the maximum size of a request's body, in bytes, before the request is received.

    Args:
        app: the application.
        method: of the request.
        target: of the request line, a path with an optional query.
        mimetype: media type of the body in lower case, without parameters.
    """
    caps = cast(_BodyCaps, app.extensions[_KEY])
    path = unquote(target.partition("?")[0])
    try:
        endpoint, _arguments = app.url_map.bind("").match(path, method)
    except HTTPException:  # no such route or method, or a redirect
        endpoint = None
    return caps.total(endpoint, mimetype)


def _caps() -> _BodyCaps:
    return cast(_BodyCaps, current_app.extensions[_KEY])


def _without_long_headers(wsgi_app: WSGIApplication) -> WSGIApplication:
    """Return WSGI middleware that blanks values that are too long, so that nothing parses them.

    The name of a blanked value is left in the environ for `_limit_request`.
    """

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        too_long = [
            name
            for name, value in environ.items()
            if isinstance(value, str) and len(value) > MAX_HEADER_CHARS
        ]
        for name in too_long:
            environ[name] = ""
            environ[_TOO_LONG] = _public_name(name)
        return wsgi_app(environ, start_response)

    return application


def _limit_request() -> None:
    """Reject a header that is too long; set the limits of the body, which is read later.

    Raises:
        CodesignerError: malformed_request, a header or the URL is too long.
        RequestEntityTooLarge: the body is larger than its limit.
    """
    if _TOO_LONG in request.environ:
        name = request.environ[_TOO_LONG]
        message = _("At most %(most)d characters.", most=MAX_HEADER_CHARS)
        fields = (FieldError(field=name, message=message),)
        raise CodesignerError("malformed_request", f"{name}: {message}", fields=fields)
    cap = _caps().current()
    request.max_content_length = _caps().total(request.endpoint, request.mimetype)
    request.max_form_memory_size = max(cap.text, _MIN_PART)
    request.max_form_parts = cap.parts
    if "HTTP_TRANSFER_ENCODING" in request.environ and request.mimetype != _MULTIPART:
        _read_chunked(request.max_content_length)
    if (request.content_length or 0) > request.max_content_length:
        raise RequestEntityTooLarge


def _read_chunked(max_bytes: int) -> None:
    """Read a chunked body; Werkzeug would silently truncate it at the limit."""
    request.max_content_length = max_bytes + 1
    if len(request.get_data(cache=True)) > max_bytes:
        raise RequestEntityTooLarge


def _public_name(name: str) -> str:
    """Return the header name of a WSGI variable; `url` for a variable of the path or query."""
    if name.startswith(("HTTP_", "CONTENT_")):
        return name.removeprefix("HTTP_").replace("_", "-").title()
    return "url"


def upload_field() -> str | None:
    """Return the name of the current route's file field; None if it takes no file."""
    return _caps().current().file


def check_json(body: bytes) -> None:
    """Limit the JSON text outside of a base64 reference, before it is parsed.

    Characters of the base64 alphabet do not count: alone they create no JSON objects.

    Raises:
        CodesignerError: payload_too_large.
    """
    max_bytes = _caps().current().text
    if len(body) <= max_bytes:
        return
    escaped_slashes = body.count(b"\\/")  # some encoders escape the slash
    structure_bytes = len(body.translate(None, _BASE64)) - escaped_slashes
    if structure_bytes > max_bytes:
        message = _(
            "At most %(most)d KiB of JSON are allowed in addition to a reference image.",
            most=max_bytes // _KIB,
        )
        raise CodesignerError("payload_too_large", message)
