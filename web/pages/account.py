"""Pages: one's own account, its password, sessions, API keys and workspaces."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.accounts.api_keys import NewKey, list_keys
from shared.accounts.identities import identities
from shared.accounts.people import AccountFields, change_account
from shared.accounts.rights import SCOPE_NAMES, Principal
from shared.accounts.sessions import live_sessions, use_workspace
from shared.audit import account_acts
from shared.errors import CodesignerError
from web.extensions import services as current_services
from web.http.access import end_session
from web.http.accounts import change_own_password, session_principal
from web.http.audit import audit, present_actor
from web.http.form_faults import FormFault, refused
from web.http.i18n import remember_language
from web.pages.oidc import connect_code
from web.services.accounts import key_document, present_document, session_document

__all__ = ["blueprint"]

blueprint = Blueprint("account_pages", __name__, url_prefix="/account")

_DAY_S = 86_400.0
_LIFETIMES_DAYS = (30, 90, 365)


@blueprint.get("/")
def account() -> str:
    """Show the account that is signed in."""
    return _page()


@blueprint.post("/profile")
def change() -> Response:
    """Change display name and language."""
    fields = AccountFields(
        display_name=request.form.get("display_name", ""), locale=request.form.get("locale")
    )
    try:
        with current_services().sessions.begin() as session:
            row = change_account(session, _account_id(), fields)
            audit(session, "account.change", row.id)
            if row.locale is not None:
                remember_language(row.locale)
    except CodesignerError as error:
        return refused(_page(profile=FormFault.of(error)), error)
    return _back("profile")


@blueprint.post("/workspace")
def switch() -> Response:
    """Work in another workspace of the account from now on."""
    principal = session_principal()
    with current_services().sessions.begin() as session:
        place = request.form.get("workspace", "")
        use_workspace(session, str(principal.session_id), _account_id(), place)
    return redirect(url_for("jobs_pages.jobs"), 303)


@blueprint.post("/password")
def change_password() -> Response:
    """Change the password; all other browsers are signed out."""
    current, new = (request.form.get(name, "") for name in ("current_password", "new_password"))
    try:
        change_own_password(current, new)
    except CodesignerError as error:
        return refused(_page(password=FormFault.of(error)), error)
    return redirect(url_for("account_pages.account", done="password", _anchor="password"), 303)


@blueprint.post("/sessions/<session_id>/end")
def end_one(session_id: str) -> Response:
    """End a session, which may be this one."""
    principal = session_principal()
    with current_services().sessions.begin() as session:
        account_acts.end_session(session, present_actor(), session_id, _account_id())
    if session_id == principal.session_id:
        end_session()
        return redirect(url_for("sign_in.show"), 303)
    return _back("sessions")


@blueprint.post("/sessions/end-others")
def end_others() -> Response:
    """End all sessions but this one."""
    principal = session_principal()
    with current_services().sessions.begin() as session:
        account_acts.end_sessions(
            session, present_actor(), _account_id(), keep=principal.session_id
        )
    return _back("sessions")


@blueprint.post("/keys")
def add_key() -> Response | str:
    """Create an API key and show it, only this once."""
    principal, days = session_principal(), request.form.get("days", "")
    new = NewKey(
        account_id=_account_id(),
        workspace_id=principal.workspace_id or "",
        name=request.form.get("name", ""),
        scopes=request.form.getlist("scopes"),
        lifetime_s=int(days) * _DAY_S if days in {str(each) for each in _LIFETIMES_DAYS} else None,
    )
    try:
        with current_services().sessions.begin() as session:
            key, row = account_acts.create_key(session, present_actor(), new)
            created = key_document(row, key)
    except CodesignerError as error:
        return refused(_page(keys=FormFault.of(error)), error)
    return _page(created=created)


@blueprint.post("/keys/<key_id>/revoke")
def revoke_key(key_id: str) -> Response:
    """Revoke an API key."""
    with current_services().sessions.begin() as session:
        account_acts.revoke_key(session, present_actor(), key_id, _account_id())
    return _back("keys")


def _account_id() -> str:
    return str(session_principal().account_id)


def _back(anchor: str) -> Response:
    return redirect(url_for("account_pages.account", _anchor=anchor), 303)


def _page(**shown: Any) -> str:
    """Return the page.

    Args:
        shown: faults of its forms, and the key that was created just now.
    """
    principal, settings = session_principal(), current_services().settings
    no_fault = dict.fromkeys(("profile", "password", "keys"), FormFault())
    with current_services().sessions() as session:
        parts = _parts(session, principal)
    return render_template(
        "accounts/account.html",
        **parts,
        **{"created": None, **no_fault, **shown},
        form=request.form,
        scopes=SCOPE_NAMES,
        lifetimes=_LIFETIMES_DAYS,
        provider=settings.oidc_name if settings.oidc_issuer else None,
        connect_code=connect_code(principal) if settings.oidc_issuer else None,
    )


def _parts(session: Session, principal: Principal) -> dict[str, Any]:
    account_id = str(principal.account_id)
    issuer = current_services().settings.oidc_issuer
    rows = live_sessions(session, account_id)
    return {
        "present": present_document(session, principal),
        "sessions": [session_document(row, principal) for row in rows],
        "keys_made": [key_document(row) for row in list_keys(session, account_id)],
        "is_connected": any(row.issuer == issuer for row in identities(session, account_id)),
    }
