"""Signing in and out of accounts in the current request, and who is signed in."""

import logging
from typing import cast
from urllib.parse import urlsplit

from flask import g, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from shared.accounts.people import find_account, get_account
from shared.accounts.rights import LOCAL_ACCOUNT, Principal, Right, may
from shared.accounts.sessions import create_session, revoke_session
from shared.accounts.sign_in import SignedIn, change_password
from shared.accounts.sign_in import sign_in as check_password
from shared.audit.events import Act, Actor, record
from shared.errors import CodesignerError
from shared.main_workspace import MAIN_WORKSPACE
from web.extensions import services
from web.http.access import (
    ADMIN_TOKEN_RIGHTS,
    begin_session,
    end_session,
    is_signed_in,
    present_principal,
    visit,
)
from web.http.access import unauthorized as unauthorized_error
from web.http.audit import present_actor
from web.http.i18n import remember_language
from web.http.i18n import translate as _
from web.http.request_ids import present_request_id

__all__ = [
    "account_principal",
    "begin",
    "change_own_password",
    "check_appoints",
    "has_right",
    "new_session",
    "record_refusal",
    "session_principal",
    "shown_principal",
    "sign_in_by_password",
    "sign_out",
    "target_path",
]

_log = logging.getLogger(__name__)
_MAX_TARGET = 2000


def account_principal() -> Principal:
    """Return who is signed in, in a browser or by an API key.

    Raises:
        CodesignerError: unauthorized, a stranger.
    """
    principal = present_principal()
    if principal is None or principal.account_id in {None, LOCAL_ACCOUNT}:
        raise unauthorized_error()
    return principal


def session_principal() -> Principal:
    """Return who is signed in in a browser: API keys do not change the account that they are of.

    Raises:
        CodesignerError: unauthorized, a stranger; forbidden, an API key.
    """
    principal = account_principal()
    if principal.kind != "session":
        message = _("An API key may not do this; sign in.")
        raise CodesignerError("forbidden", message)
    return principal


def check_appoints(role: str) -> None:
    """Check that the current request may give a role: API keys appoint no administrators.

    Otherwise whoever gets hold of a key could make an account that outlives it.

    Raises:
        CodesignerError: as `session_principal`.
    """
    if role == "administrator":
        session_principal()


def shown_principal() -> Principal | None:
    """Return for whom a page is shown: a stranger if the database does not answer.

    The page that says so has a header too.
    """
    if "shown_principal" not in g:
        try:
            g.shown_principal = present_principal()
        except (DBAPIError, PoolTimeout):
            g.shown_principal = None
    return cast("Principal | None", g.shown_principal)


def has_right(right: Right) -> bool:
    """Return whether to show what needs a right; in the mode local some need the admin token."""
    if services().settings.mode == "local":
        return right not in ADMIN_TOKEN_RIGHTS or is_signed_in()
    principal = shown_principal()
    if principal is None:
        return False
    place = MAIN_WORKSPACE if right == "administer" else principal.workspace_id
    return may(principal, right, place)


def sign_in_by_password(name: str, password: str) -> None:
    """Begin a session in the browser's cookie; record the attempt in the audit log.

    Raises:
        CodesignerError: as `shared.accounts.sign_in.sign_in`.
    """
    here = visit()
    try:
        with services().sessions() as session:
            signed_in = check_password(session, name, password, here)
    except CodesignerError as error:
        if error.code == "rate_limited":
            _log.warning("sign-in refused: too many attempts from %s", here.network)
        else:
            record_refusal("password", error.code, name)
        raise
    begin(signed_in, "password")


def record_refusal(means: str, code: str, name: str | None = None) -> None:
    """Record a sign-in that failed: without what was typed, but with the account that it names."""
    stranger = Actor(
        name=f"address:{request.remote_addr}",
        kind="visitor",
        address=request.remote_addr,
        request_id=present_request_id(),
    )
    with services().sessions.begin() as session:
        account = None if name is None else find_account(session, name)
        after = {"means": means, "code": code, "account": None if account is None else account.id}
        record(session, stranger, Act(action="session.sign_in_failed", after=after))


def new_session(session: Session, account_id: str) -> SignedIn:
    """Return a new session of an account for the present browser. The caller commits."""
    token, row = create_session(session, account_id, visit())
    return SignedIn(token=token, session_id=row.id, account_id=account_id)


def begin(signed_in: SignedIn, means: str) -> None:
    """Keep a new session in the browser's cookie, record it, and show the account's language."""
    begin_session(signed_in.token)
    g.pop("shown_principal", None)
    actor = Actor(
        name=f"account:{signed_in.account_id}",
        kind="account",
        address=request.remote_addr,
        request_id=present_request_id(),
    )
    act = Act(action="session.sign_in", object_id=signed_in.session_id, after={"means": means})
    with services().sessions.begin() as session:
        record(session, actor, act)
        locale = get_account(session, signed_in.account_id).locale
    if locale is not None:
        remember_language(locale)


def change_own_password(current: str, new: str) -> None:
    """Change the password of who is signed in: all sessions end, and this browser gets a new one.

    Raises:
        CodesignerError: as `shared.accounts.sign_in.change_password`.
    """
    principal, actor = session_principal(), present_actor()
    assert principal.account_id is not None
    with services().sessions() as session:
        signed_in = change_password(session, principal.account_id, current, new, visit())
    begin_session(signed_in.token)
    with services().sessions.begin() as session:
        act = Act(action="account.change_password", object_id=principal.account_id)
        record(session, actor, act)


def sign_out() -> None:
    """End the session on the server, so that a copied cookie does not work, and in the browser."""
    principal = present_principal()
    if principal is not None and principal.session_id is not None:
        assert principal.account_id is not None
        with services().sessions.begin() as session:
            revoke_session(session, principal.session_id, principal.account_id)
            act = Act(action="session.sign_out", object_id=principal.session_id)
            record(session, present_actor(), act)
    end_session()


def target_path(text: str | None) -> str:
    """Return a path of this site to which somebody may be sent after the sign-in.

    Anything else, such as an address of another site, becomes the first page.
    """
    home = url_for("form.form")
    if not text or len(text) > _MAX_TARGET or not text.isprintable() or "\\" in text:
        return home
    if not text.startswith("/") or text.startswith("//"):
        return home
    try:
        address = urlsplit(text)
    except ValueError:
        return home
    return home if address.scheme or address.netloc else text
