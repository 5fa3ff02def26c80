"""Request ids: one for each request, in its log lines, its response and its audit events."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from shared.logs import log_context

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["HEADER", "LOGGED", "present_request_id", "register"]

HEADER = "X-Request-ID"
LOGGED = "codesigner.logged"
"""Key of the WSGI environment: the fields that each log line of the request has."""
_VALID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")
_JOB_ID = re.compile(r"[0-9a-f-]{36}")


def register(app: Flask) -> None:
    """Register the middleware of request ids and the fields of log lines, before all others."""
    app.wsgi_app = _with_ids(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.before_request(_add_fields)


def present_request_id() -> str:
    """Return the id of the current request."""
    return str(request.environ[LOGGED]["request_id"])


def _with_ids(wsgi_app: WSGIApplication) -> WSGIApplication:
    """Return WSGI middleware that accepts or makes the id and sends it back."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        received = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = received if _VALID.fullmatch(received) else secrets.token_hex(16)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, (HEADER, request_id)], *error)

        with log_context(request_id=request_id) as logged:
            environ[LOGGED] = logged
            return wsgi_app(environ, start)

    return application


def _add_fields() -> None:
    """Add the method, the route and the job: never the URL, whose query may hold secrets."""
    logged = request.environ[LOGGED]
    logged["method"] = request.method
    logged["route"] = "none" if request.url_rule is None else request.url_rule.rule
    job_id = (request.view_args or {}).get("job_id", "")
    if _JOB_ID.fullmatch(job_id):
        logged["job"] = job_id
