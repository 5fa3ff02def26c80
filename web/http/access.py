"""Authentication: the administrator, an API client with a token, or an anonymous visitor.

The administrator authenticates with the admin token, as a bearer token or through a signed
session cookie. Without a configured admin token nobody is the administrator.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request, session
from sqlalchemy import bindparam, select

from shared.audit.events import Act, Actor, record
from shared.clients import token_sha256
from shared.db.models import Client
from shared.errors import CodesignerError
from web.extensions import services
from web.http.i18n import translate as _
from web.http.request_ids import present_request_id

__all__ = [
    "ADMIN",
    "SESSION_S",
    "Identity",
    "KnownClient",
    "admin_only",
    "identity",
    "is_admin",
    "is_signed_in",
    "sign_in",
    "sign_out",
]

ADMIN = "admin"
"""Name of the administrator in logs and as an owner of jobs."""
SESSION_S = 12 * 3600
"""Lifetime of a browser session in seconds."""

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
_SESSION_KEY = "admin"
_CLIENT = select(Client.name, Client.max_jobs, Client.top_priority).where(
    Client.token_sha256 == bindparam("token_sha256")
)


@dataclass(frozen=True, kw_only=True)
class KnownClient:
    """API client authenticated by its bearer token."""

    name: str
    max_jobs: int | None
    top_priority: int


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Authenticated identity of the current request; the defaults are an anonymous visitor."""

    is_admin: bool = False
    by_token: bool = False
    """Whether the request carried the admin token."""
    client: KnownClient | None = None
    refusal: CodesignerError | None = None
    """Why the bearer token was rejected: unauthorized or rate_limited."""


def admin_only(view: ViewT) -> ViewT:
    """Decorate a view that only the administrator may call."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not is_admin():
            raise _rejection()
        return view(*args, **kwargs)

    return cast(ViewT, guarded)


def is_admin() -> bool:
    """Return whether the administrator sent the current request."""
    return identity().is_admin


def identity() -> Identity:
    """Return the identity of the current request; a bearer token overrides a session cookie.

    Cached per request, so that a wrong token counts as one failed attempt.
    """
    if "identity" not in g:
        token = _bearer_token()
        g.identity = Identity(is_admin=is_signed_in()) if token is None else _by_token(token)
    return cast(Identity, g.identity)


def is_signed_in() -> bool:
    """Return whether the session cookie is a valid administrator session; ignores tokens."""
    stored = session.get(_SESSION_KEY)
    if services().settings.admin_token is None or not isinstance(stored, dict):
        return False
    digest, signed_in_at = stored.get("mark"), stored.get("at")
    if not isinstance(digest, str) or not isinstance(signed_in_at, int):
        return False
    fresh = 0 <= time.time() - signed_in_at < SESSION_S
    return fresh and hmac.compare_digest(digest.encode(), _token_digest().encode())


def sign_in(*, token: str, code: str) -> None:
    """Start an administrator session in the browser's signed cookie.

    Args:
        token: the admin token, if it was typed in.
        code: of a sign-in link; a valid one is accepted however many attempts failed.

    Raises:
        CodesignerError: forbidden, no admin token is configured; unauthorized, wrong token or
            code; rate_limited, too many attempts failed recently.
    """
    app_services = services()
    if app_services.settings.admin_token is None:
        raise _rejection()
    admin_token = app_services.settings.admin_token.get_secret_value()
    means = "link" if code else "token"
    if not (code and app_services.sign_in_codes.take(code, admin_token)):
        wrong = _("This link was already used or has expired.") if code else _("Wrong token.")
        if (rejection := _check_admin_token(token, wrong, means)) is not None:
            raise rejection
    _audit("session.sign_in", Actor(name=ADMIN, kind="admin_session"), means)
    session[_SESSION_KEY] = {"mark": _token_digest(), "at": int(time.time())}


def sign_out() -> None:
    """End the administrator session of the browser."""
    was_signed_in = is_signed_in()
    session.pop(_SESSION_KEY, None)
    if was_signed_in:
        _audit("session.sign_out", Actor(name=ADMIN, kind="admin_session"))


def _audit(action: str, actor: Actor, means: str | None = None) -> None:
    """Record an act of signing in or out in a transaction of its own."""
    here = replace(actor, address=request.remote_addr, request_id=present_request_id())
    after = None if means is None else {"means": means}
    with services().sessions.begin() as database_session:
        record(database_session, here, Act(action=action, after=after))


def _by_token(token: str) -> Identity:
    """Return the identity of a bearer token; a client's token never counts as a failed attempt."""
    app_services = services()
    with app_services.autocommit.connect() as connection:
        row = connection.execute(_CLIENT, {"token_sha256": token_sha256(token)}).one_or_none()
    if row is not None:
        name, max_jobs, top_priority = row
        client = KnownClient(name=name, max_jobs=max_jobs, top_priority=top_priority)
        return Identity(client=client)
    if app_services.settings.admin_token is None:
        return Identity(refusal=CodesignerError("unauthorized", _("Unknown token.")))
    refusal = _check_admin_token(token, _("Unknown token."), "bearer_token")
    return Identity(is_admin=refusal is None, by_token=refusal is None, refusal=refusal)


def _check_admin_token(token: str, wrong: str, means: str) -> CodesignerError | None:
    """Return the error of a wrong admin token, with `wrong` as its message; None if it is right.

    Wrong ones are recorded; those that are refused unread, because too many failed, are not.
    """
    wait_s = services().attempts.attempt(request.remote_addr or "", lambda: _is_admin_token(token))
    if wait_s is None:
        return None
    if wait_s == 0:
        stranger = Actor(name=f"address:{request.remote_addr}", kind="visitor")
        _audit("session.sign_in_failed", stranger, means)
        return CodesignerError("unauthorized", wrong)
    message = _("Too many failed attempts; try again later.")
    return CodesignerError("rate_limited", message, retry_after_s=wait_s)


def _bearer_token() -> str | None:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _is_admin_token(token: str) -> bool:
    """Compare with the configured admin token in constant time."""
    expected = services().settings.admin_token
    return expected is not None and hmac.compare_digest(
        token.encode(), expected.get_secret_value().encode()
    )


def _token_digest() -> str:
    """Return the keyed digest kept in a session: a new admin token or key ends the session."""
    key, token = current_app.secret_key, services().settings.admin_token
    assert isinstance(key, bytes)
    assert token is not None
    message = b"administration\0" + token.get_secret_value().encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _rejection() -> CodesignerError:
    if services().settings.admin_token is None:
        message = _("Administration is closed: CODESIGNER_ADMIN_TOKEN is not set.")
        return CodesignerError("forbidden", message)
    return identity().refusal or CodesignerError(
        "unauthorized", _("The administrator's token is required.")
    )
