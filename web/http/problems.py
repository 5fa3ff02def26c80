"""Error handlers: problem documents (RFC 9457) for API clients, HTML pages for browsers."""

import logging
import math
from typing import Any

import flask
from flask import Flask, Response, render_template, request
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from shared.errors import ERRORS, MOST_FIELDS, CodesignerError, FieldError
from shared.jobs.quotas import QuotaExceeded
from shared.logs import log_fields
from web.http.i18n import language
from web.http.i18n import translate as _
from web.http.quotas import quota_problem, refusal_text
from web.http.request_ids import LOGGED
from web.http.request_limits import upload_field

__all__ = [
    "PROBLEM_TYPE",
    "detail_of",
    "field_message",
    "problem_document",
    "register",
    "retry_after",
    "to_error",
    "wants_page",
]

PROBLEM_TYPE = "application/problem+json"

_log = logging.getLogger(__name__)
_DRAIN_BYTES = 128 * 1024 * 1024
_CODES = {
    400: "malformed_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    422: "invalid_request",
    429: "rate_limited",
    503: "unavailable",
}


def register(app: Flask) -> None:
    """Register handlers that return every error in one format."""
    app.register_error_handler(CodesignerError, _respond)
    app.register_error_handler(HTTPException, _handle_http)
    app.register_error_handler(DataError, _handle_data)
    app.register_error_handler(DBAPIError, _handle_driver)
    app.register_error_handler(OperationalError, _handle_database)
    app.register_error_handler(PoolTimeout, _handle_database)
    app.register_error_handler(Exception, _handle_unexpected)


def problem_document(error: CodesignerError) -> dict[str, Any]:
    """Return the problem document of an error in the request's language."""
    return {
        "type": f"/api/docs#error-{error.code}",
        "title": _(error.title),
        "status": error.status,
        "detail": detail_of(error),
        "instance": request.path,
        "code": error.code,
        "fields": [
            {"field": field.field, "message": field_message(field)}
            for field in error.fields[:MOST_FIELDS]
        ],
        **(quota_problem(error) if isinstance(error, QuotaExceeded) else {}),
    }


def field_message(field: FieldError) -> str:
    """Return a field's message in the language of the request, if there is a translation."""
    return _(field.message) if field.message else ""


def retry_after(error: CodesignerError) -> str:
    """Return the value of the header Retry-After of an error that has a time."""
    return str(math.ceil(error.retry_after_s or 0))


def detail_of(error: CodesignerError) -> str:
    """Return the error's message, translated if possible; messages of `shared` are English only."""
    if isinstance(error, QuotaExceeded):
        return refusal_text(error)
    if language() == "en" and len(error.fields) <= MOST_FIELDS:
        return error.message
    if error.fields:
        shown = error.fields[:MOST_FIELDS]
        texts = [f"{each.field}: {field_message(each)}" for each in shown]
        omitted = len(error.fields) - MOST_FIELDS
        return " ".join(
            [*texts, *([_("And %(count)d more.", count=omitted)] if omitted > 0 else [])]
        )
    translated = _(error.message)
    return translated if translated != error.message else _(error.title)


def to_error(error: HTTPException) -> CodesignerError:
    """Return the error with a stable code for one of werkzeug's HTTP exceptions."""
    code = _CODES.get(error.code or 500)
    if code is None:
        code = "malformed_request" if 400 <= (error.code or 500) < 500 else "internal"
    if isinstance(error, RequestEntityTooLarge):
        message = _("The request is larger than this installation allows.")
        return CodesignerError(code, message, fields=_upload_field_errors(message))
    return CodesignerError(code, _(ERRORS[code].title))


def _upload_field_errors(message: str) -> tuple[FieldError, ...]:
    name = upload_field()
    urlencoded = request.mimetype == "application/x-www-form-urlencoded"
    return () if name is None or urlencoded else (FieldError(field=name, message=message),)


def _respond(error: CodesignerError) -> Response:
    if wants_page():
        page = render_template("error.html", error=error, detail=detail_of(error))
        response = Response(page, status=error.status, mimetype="text/html")
    else:
        response = flask.jsonify(problem_document(error))
        response.status_code = error.status
        response.mimetype = PROBLEM_TYPE
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = retry_after(error)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="codesigner"'
    response.headers["Cache-Control"] = "no-store"
    request.environ[LOGGED]["code"] = error.code
    return response


def wants_page() -> bool:
    """Return whether the client prefers an HTML page, as browsers do, over JSON."""
    if request.path.startswith("/api/v1/"):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _handle_http(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return Response(error.get_body(), status=error.code, headers=error.get_headers())
    if error.code == 413:
        _drain()
    response = _respond(to_error(error))
    for name, value in error.get_headers():
        if name in {"Allow", "Content-Range", "Retry-After"}:
            response.headers[name] = value
    return response


def _drain() -> None:
    """Read and discard the body; otherwise the client sees a reset instead of the response."""
    stream = request.environ["wsgi.input"]
    chunked = request.content_length is None and "wsgi.input_terminated" in request.environ
    left = min(_DRAIN_BYTES if chunked else request.content_length or 0, _DRAIN_BYTES)
    while left > 0 and (chunk := stream.read(min(left, 65_536))):
        left -= len(chunk)


def _handle_data(error: Exception) -> Response:
    """Return 400 for text that PostgreSQL cannot store, such as a NUL byte in a URL."""
    _log.info("the database rejected a value", extra=log_fields(error=type(error).__name__))
    code = "malformed_request"
    return _respond(CodesignerError(code, _(ERRORS[code].title)))


def _handle_database(error: Exception) -> Response:
    _log.error("database unavailable: %s", error)
    message = _("The database is unavailable; try again soon.")
    return _respond(CodesignerError("unavailable", message, retry_after_s=5))


def _handle_driver(error: DBAPIError) -> Response:
    """Return 503 if the connection was lost during the request, else 500."""
    return (_handle_database if error.connection_invalidated else _handle_unexpected)(error)


def _handle_unexpected(error: Exception) -> Response:
    _log.error("unhandled error in a request", exc_info=error)
    return _respond(CodesignerError("internal", _("Something went wrong; it has been logged.")))
