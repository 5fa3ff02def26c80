"""Application factory of the web front end.

Run: codesigner web
"""

import secrets

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.secret_key_file import load_or_create_key
from shared.settings import Settings
from web import api, pages
from web.extensions import Services, attach
from web.http import body_concurrency as bodies
from web.http import (
    compression,
    i18n,
    metrics,
    problems,
    quota_headers,
    rate_limits,
    request_ids,
    request_rates,
    route_rights,
    security,
)
from web.http import request_limits as limits

__all__ = ["create_app"]

_KEY_BYTES = 32
_YEAR_S = 31_536_000
_VISITOR_S = 400 * 24 * 3600
"""Age of the cookie of a visitor who has saved something; browsers allow no more."""


def create_app(settings: Settings) -> Flask:
    """Return the Flask application; it opens no connection before its first request."""
    app = _App("web")
    app.config["SECRET_KEY"] = _secret_key(settings)
    app.session_interface = _SessionInterface()
    # Lax: OpenID Connect providers redirect back, and links of mails lead to pages.
    app.config["SESSION_COOKIE_SAMESITE"] = "Strict" if settings.mode == "local" else "Lax"
    app.config["PERMANENT_SESSION_LIFETIME"] = _VISITOR_S
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False  # the form does it
    is_https = settings.public_url.startswith("https://")
    app.config["SESSION_COOKIE_SECURE"] = is_https
    # Browsers take a name with this prefix from this very host alone, by HTTPS.
    prefix = "__Host-" if is_https else ""
    app.config["SESSION_COOKIE_NAME"] = f"{prefix}codesigner_{settings.port}"
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    attach(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    services = app.extensions["codesigner"]
    assert isinstance(services, Services)
    request_ids.register(app)
    metrics.register(app, services)
    rate_limits.register(app)
    request_rates.limit_addresses(app, settings)
    limits.register(app, settings)
    security.register(app, settings)
    compression.register(app)
    i18n.register(app)
    route_rights.register(app)
    request_rates.limit_accounts(app, settings)
    bodies.register(app)
    problems.register(app)
    quota_headers.register(app)
    api.register(app)
    pages.register(app)
    return app


class _App(Flask):
    """Flask with a cache age of static files that depends on their URL."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:  # noqa: ARG002
        """Return a year for URLs with a content hash; None, checked each time, for others.

        Modules import one another by their plain names.
        """
        return _YEAR_S if "v" in request.args else None


class _SessionInterface(SecureCookieSessionInterface):
    """Flask's signed cookies with one cached signer instead of a new one per request."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the cached signer; the key does not change."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


def _secret_key(settings: Settings) -> bytes:
    """Return the configured key, or one that is generated once and kept in the home folder."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    return load_or_create_key(settings.home / "secret_key", secrets.token_bytes(_KEY_BYTES))
