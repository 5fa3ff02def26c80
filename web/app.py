"""The web application, put together from its parts.

Run: codesigner web
"""

import secrets
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from shared.settings import Settings
from web import api, i18n, limits, metrics, pages, problems, security
from web.context import Services, attach

__all__ = ["create_app"]

_KEY_BYTES = 32
_YEAR_S = 31_536_000


def create_app(settings: Settings) -> Flask:
    """Give the application of an installation; it connects to nothing before it is asked."""
    app = Flask("web")
    app.config["SECRET_KEY"] = _secret_key(settings)
    app.session_interface = _Visits()
    app.config["SESSION_COOKIE_NAME"] = f"codesigner_{settings.port}"
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR_S  # addresses carry the hash
    app.config["SESSION_COOKIE_SAMESITE"] = "Strict"
    app.config["SESSION_COOKIE_SECURE"] = settings.public_url.startswith("https://")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    attach(app, settings)
    found = app.extensions["codesigner"]
    assert isinstance(found, Services)
    metrics.register(app, found)
    limits.register(app, settings)
    security.register(app, settings)
    i18n.register(app)
    problems.register(app)
    api.register(app)
    pages.register(app)
    return app


class _Visits(SecureCookieSessionInterface):
    """Flask's signed cookies, with one signer for all requests instead of a new one each."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Give the signer; the key does not change."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


def _secret_key(settings: Settings) -> bytes:
    """Give the configured key, or one that is made once and kept in the home folder."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    kept = settings.home / "secret_key"
    if not kept.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        _keep(kept, secrets.token_bytes(_KEY_BYTES))
    return kept.read_bytes()


def _keep(path: Path, key: bytes) -> None:
    """Write the key for this user's eyes only; whoever is first wins."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(key)
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
