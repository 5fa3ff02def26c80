"""Authentication: who sent the current request.

In the mode accounts: an account, by its session or by an API key, or a stranger. In the mode local
everybody is the local user; the administrator authenticates with the admin token, as a bearer token
or through a signed session cookie, and API clients with their tokens. Without a configured admin
token nobody is the administrator.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from flask import current_app, g, request, session
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared.accounts.api_keys import principal_of_key
from shared.accounts.rights import LOCAL, Principal, Right, may
from shared.accounts.sessions import Visit, principal_of_session
from shared.audit.events import Act, Actor, record
from shared.clients import token_sha256
from shared.db.models import Client
from shared.errors import CodesignerError
from shared.main_workspace import MAIN_WORKSPACE
from web.extensions import services
from web.http.i18n import translate as _
from web.http.request_ids import present_request_id

__all__ = [
    "ADMIN",
    "ADMIN_TOKEN_RIGHTS",
    "SESSION_S",
    "Identity",
    "KnownClient",
    "begin_session",
    "browser_token",
    "end_session",
    "identity",
    "is_admin",
    "is_signed_in",
    "later_check",
    "present_account",
    "present_principal",
    "present_workspace",
    "require",
    "require_admin",
    "sign_in",
    "sign_out",
    "unauthorized",
    "visit",
]

ADMIN = "admin"
"""Name of the administrator in logs and as an owner of jobs."""
ADMIN_TOKEN_RIGHTS: frozenset[Right] = frozenset({"manage_workspace", "administer"})
"""Rights for which the mode local asks for the admin token."""
SESSION_S = 12 * 3600
"""Lifetime of a browser session in seconds."""

_SESSION_KEY = "admin"
_ACCOUNT_KEY = "account"
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
    """Authenticated identity of the current request; the defaults are a stranger."""

    principal: Principal | None = None
    """For whom the request is; None: a stranger."""
    is_admin: bool = False
    by_token: bool = False
    """Whether the request carried the admin token."""
    client: KnownClient | None = None
    refusal: CodesignerError | None = None
    """Why the bearer token was rejected: unauthorized or rate_limited."""


def present_principal() -> Principal | None:
    """Return for whom the current request is; None: a stranger."""
    return identity().principal


def present_account() -> str:
    """Return the id of the account that the current request acts for; locally of the only user.

    Raises:
        CodesignerError: unauthorized, a stranger or a share link.
    """
    principal = present_principal()
    if principal is None or principal.account_id is None:
        raise unauthorized()
    return principal.account_id


def present_workspace() -> str:
    """Return the id of the workspace in which the current request acts.

    Raises:
        CodesignerError: unauthorized, a stranger; forbidden, an account without a workspace.
    """
    principal = present_principal()
    if principal is None:
        raise unauthorized()
    if principal.workspace_id is None:
        raise CodesignerError("forbidden", _("You are a member of no workspace."))
    return principal.workspace_id


def require(right: Right) -> None:
    """Check that the current request has a right in its workspace.

    Raises:
        CodesignerError: as `present_workspace`; forbidden, it does not have it.
    """
    workspace_id = MAIN_WORKSPACE if right == "administer" else present_workspace()
    principal = present_principal()
    if principal is None or not may(principal, right, workspace_id):
        raise CodesignerError("forbidden", _("You are not allowed to do this."))


def later_check(right: Right, workspace_id: str) -> Callable[[], bool]:
    """Return a function that tells whether who sent the current request still has a right.

    For responses that go on for long: it needs no request and reads the account anew.
    """
    if services().settings.mode == "local":
        return lambda: True
    key, token, engine = _bearer_token(), browser_token() or "", services().autocommit

    def check() -> bool:
        with Session(engine) as database_session:
            if key is not None:
                principal = principal_of_key(database_session, key)
            else:
                principal = principal_of_session(database_session, token)
        return principal is not None and may(principal, right, workspace_id)

    return check


def require_admin() -> None:
    """Check that the administrator of a local installation sent the current request.

    Raises:
        CodesignerError: unauthorized, forbidden or rate_limited.
    """
    if not is_admin():
        raise _rejection()


def unauthorized() -> CodesignerError:
    """Return the error of a request that lacks a sign-in, or whose token was rejected."""
    message = _("Sign in, or send an API key.")
    return identity().refusal or CodesignerError("unauthorized", message)


def begin_session(token: str) -> None:
    """Keep the token of a new session of an account in the browser's signed cookie."""
    session.clear()
    session[_ACCOUNT_KEY] = token
    session.permanent = True  # the server ends it
    g.pop("identity", None)


def browser_token() -> str | None:
    """Return the token of an account's session that the browser's cookie holds."""
    token = session.get(_ACCOUNT_KEY)
    return token if isinstance(token, str) else None


def end_session() -> None:
    """Drop what the browser's cookie holds."""
    session.clear()
    g.pop("identity", None)


def visit() -> Visit:
    """Return where the current request comes from."""
    return Visit(address=request.remote_addr or "", user_agent=request.user_agent.string)


def is_admin() -> bool:
    """Return whether the administrator sent the current request."""
    return identity().is_admin


def identity() -> Identity:
    """Return the identity of the current request; a bearer token overrides a session cookie.

    Cached per request, so that a wrong token counts as one failed attempt.
    """
    if "identity" not in g:
        is_local = services().settings.mode == "local"
        g.identity = _local_identity() if is_local else _account_identity()
    return cast(Identity, g.identity)


def _account_identity() -> Identity:
    token, cookie = _bearer_token(), session.get(_ACCOUNT_KEY)
    principal, refusal = None, None
    if token is not None:
        with Session(services().autocommit) as database_session:
            principal = principal_of_key(database_session, token)
        if principal is None:
            refusal = CodesignerError("unauthorized", _("Unknown API key."))
    elif isinstance(cookie, str):
        with Session(services().autocommit) as database_session:
            principal = principal_of_session(database_session, cookie)
    is_admin = principal is not None and may(principal, "administer", MAIN_WORKSPACE)
    return Identity(principal=principal, is_admin=is_admin, refusal=refusal)


def _local_identity() -> Identity:
    token = _bearer_token()
    known = Identity(is_admin=is_signed_in()) if token is None else _by_token(token)
    return replace(known, principal=LOCAL)


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
