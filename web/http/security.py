"""Security headers, host check (DNS rebinding) and cross-site check (CSRF) of every request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, request

from shared.errors import CodesignerError
from shared.settings import Settings
from web.extensions import services
from web.http.i18n import translate as _

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["LOOPBACK", "is_loopback", "register"]

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:{bucket}; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_POLICY_HEADER = "Content-Security-Policy"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_HSTS = {"Strict-Transport-Security": "max-age=31536000"}
"""Without includeSubDomains: what else its domain serves is the operator's to say."""


def register(app: Flask, settings: Settings) -> None:
    """Register the checks and the security headers."""
    allowed_hosts = LOOPBACK | _host_names(settings.public_url)
    app.before_request(lambda: _refuse_unknown_host(allowed_hosts))
    app.before_request(_refuse_cross_site)
    if settings.signed_links_s:
        app.after_request(_allow_bucket_images)
    is_https = settings.public_url.startswith("https://")
    app.wsgi_app = _with_headers(app.wsgi_app, _HSTS if is_https else {})  # type: ignore[assignment, method-assign]


def is_loopback(url: str) -> bool:
    """Return whether a URL leads to this machine alone."""
    return urlsplit(url).hostname in LOOPBACK


def _host_names(url: str) -> frozenset[str]:
    """Return the host name of a URL in the spellings that browsers send, Unicode and IDNA."""
    name = urlsplit(url).hostname or ""
    try:
        return frozenset({name, name.encode("idna").decode()} - {""})
    except UnicodeError:
        return frozenset({name} - {""})


def _refuse_unknown_host(allowed_hosts: frozenset[str]) -> None:
    """Reject unknown Host headers, against DNS rebinding.

    Werkzeug's own check, TRUSTED_HOSTS, does not support IPv6 addresses.
    """
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        name = None
    if name not in allowed_hosts:
        message = _("Requests under this host name are refused; CODESIGNER_PUBLIC_URL sets it.")
        raise CodesignerError("unknown_host", message)


def _refuse_cross_site() -> None:
    """Reject cross-site requests that change something (CSRF).

    Browsers send Sec-Fetch-Site or Origin; other clients send neither.
    """
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        refused = site not in {"same-origin", "none"}
    else:
        refused = origin is not None and _host_of(origin) != request.host
    if refused:
        raise CodesignerError("forbidden", _("Requests from other sites are refused."))


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _with_headers(wsgi_app: WSGIApplication, further: Mapping[str, str]) -> WSGIApplication:
    """Return WSGI middleware that adds the headers; in Flask each would be checked and copied."""
    fixed = [*_HEADERS.items(), *further.items(), (_POLICY_HEADER, _POLICY.format(bucket=""))]

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            own = {name for name, _value in headers}  # a view may set one of its own
            added = [header for header in fixed if header[0] not in own]
            return start_response(status, headers + added, *error)

        return wsgi_app(environ, start)

    return application


def _allow_bucket_images(response: Response) -> Response:
    """Allow pages to load images from the bucket, if artifact links lead there."""
    if response.mimetype == "text/html" and _POLICY_HEADER not in response.headers:
        try:
            origin = services().store.links_origin
        except CodesignerError:  # pages work without the bucket
            return response
        if origin is not None:
            response.headers[_POLICY_HEADER] = _POLICY.format(bucket=f" {origin}")
    return response
