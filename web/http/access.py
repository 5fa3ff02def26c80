"""Who a request comes from: the administrator, a client with a token, or anybody.

There is one way to administer: with the administration's token, sent with the request or given
before by the visitor's browser. Without a configured token nobody administers.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request, session
from sqlalchemy import bindparam, select

from shared.clients import token_sha256
from shared.db.models import Client
from shared.errors import CodesignerError
from web.extensions import services
from web.http.i18n import translate as _

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
"""The administrator's name, for logs and as an owner of jobs."""
SESSION_S = 12 * 3600
"""Seconds after which a browser has to sign in anew."""

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
_VISIT = "admin"
_CLIENT = select(Client.name, Client.max_jobs, Client.top_priority).where(
    Client.token_sha256 == bindparam("token_sha256")
)


@dataclass(frozen=True, kw_only=True)
class KnownClient:
    """A client whose token came with the request."""

    name: str
    max_jobs: int | None
    top_priority: int


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the present request comes from; without anything set, anybody."""

    is_admin: bool = False
    by_token: bool = False
    """Whether the administrator's token came with the request."""
    client: KnownClient | None = None
    refusal: CodesignerError | None = None
    """Why the token that came is not taken: unauthorized, or rate_limited."""


def admin_only(view: ViewT) -> ViewT:
    """Refuse a view to everybody else."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not is_admin():
            raise _refusal()
        return view(*args, **kwargs)

    return cast(ViewT, guarded)


def is_admin() -> bool:
    """Return whether the present request is the administrator's."""
    return identity().is_admin


def identity() -> Identity:
    """Return who the present request comes from; a token comes before a signed-in browser.

    Found out once a request, so that a wrong token counts as one attempt.
    """
    if "identity" not in g:
        token = _bearer_token()
        g.identity = Identity(is_admin=is_signed_in()) if token is None else _of_token(token)
    return cast(Identity, g.identity)


def is_signed_in() -> bool:
    """Return whether the present visitor's browser has signed in; looks at its cookie alone."""
    kept = session.get(_VISIT)
    if services().settings.admin_token is None or not isinstance(kept, dict):
        return False
    mark, at = kept.get("mark"), kept.get("at")
    if not isinstance(mark, str) or not isinstance(at, int):
        return False
    fresh = 0 <= time.time() - at < SESSION_S
    return fresh and hmac.compare_digest(mark.encode(), _mark().encode())


def sign_in(*, token: str, code: str) -> None:
    """Have the visitor's browser remembered as the administrator's, in its signed cookie.

    Args:
        token: the administration's, where it was typed in.
        code: of a sign-in link; a good one is taken however many attempts failed.
    Raises:
        CodesignerError: forbidden, no token is configured; unauthorized, what was given is not
            right; rate_limited, too many attempts failed lately.
    """
    own = services()
    if own.settings.admin_token is None:
        raise _refusal()
    if not (code and own.sign_in_codes.take(code, own.settings.admin_token.get_secret_value())):
        wrong = _("This link was used, or is too old.") if code else _("This is not the token.")
        if (refusal := _attempt(token, wrong)) is not None:
            raise refusal
    session[_VISIT] = {"mark": _mark(), "at": int(time.time())}


def sign_out() -> None:
    """Forget that the visitor's browser has signed in."""
    session.pop(_VISIT, None)


def _of_token(token: str) -> Identity:
    """A client's token is no attempt at the administrator's."""
    own = services()
    with own.autocommit.connect() as connection:
        row = connection.execute(_CLIENT, {"token_sha256": token_sha256(token)}).one_or_none()
    if row is not None:
        name, max_jobs, top_priority = row
        client = KnownClient(name=name, max_jobs=max_jobs, top_priority=top_priority)
        return Identity(client=client)
    if own.settings.admin_token is None:
        return Identity(refusal=CodesignerError("unauthorized", _("This token is not known.")))
    refusal = _attempt(token, _("This token is not known."))
    return Identity(is_admin=refusal is None, by_token=refusal is None, refusal=refusal)


def _attempt(token: str, wrong: str) -> CodesignerError | None:
    """Return why a token is not taken as the administrator's; None where it is."""
    wait_s = services().attempts.attempt(request.remote_addr or "", lambda: _is_admin_token(token))
    if wait_s is None:
        return None
    if wait_s == 0:
        return CodesignerError("unauthorized", wrong)
    message = _("Too many wrong tokens came; try again later.")
    return CodesignerError("rate_limited", message, retry_after_s=wait_s)


def _bearer_token() -> str | None:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _is_admin_token(token: str) -> bool:
    """Compare with the installation's token, in constant time."""
    expected = services().settings.admin_token
    return expected is not None and hmac.compare_digest(
        token.encode(), expected.get_secret_value().encode()
    )


def _mark() -> str:
    """Return what a session keeps of the token: with another one, or another key, it is void."""
    key, token = current_app.secret_key, services().settings.admin_token
    assert isinstance(key, bytes)
    assert token is not None
    told = b"administration\0" + token.get_secret_value().encode()
    return hmac.new(key, told, hashlib.sha256).hexdigest()


def _refusal() -> CodesignerError:
    if services().settings.admin_token is None:
        message = _("Administration is closed: CODESIGNER_ADMIN_TOKEN is not set.")
        return CodesignerError("forbidden", message)
    return identity().refusal or CodesignerError(
        "unauthorized", _("This needs the administrator's token.")
    )
