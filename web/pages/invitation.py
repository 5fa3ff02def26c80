"""Pages behind links: accepting an invitation, setting a new password."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.accounts.invitations import open_invitation
from shared.accounts.links import INVITATION_PATH, RESET_PATH
from shared.accounts.people import NewAccount
from shared.accounts.rights import Principal
from shared.accounts.sessions import use_workspace
from shared.audit import account_acts
from shared.db.account_models import Workspace
from shared.errors import CodesignerError
from web.extensions import services as current_services
from web.http.access import present_principal
from web.http.accounts import begin, new_session, session_principal
from web.http.audit import present_actor
from web.http.form_faults import FormFault, refused
from web.http.i18n import language

__all__ = ["blueprint"]

blueprint = Blueprint("link_pages", __name__)


@blueprint.get(INVITATION_PATH)
def invitation() -> str:
    """Show what a link invites to; a GET does not use it up, as mail programs open links."""
    return _invitation_page(request.args.get("token", ""))


@blueprint.post(INVITATION_PATH)
def accept() -> Response:
    """Make the account of somebody invited, and sign in."""
    token, form = request.form.get("token", ""), request.form
    new = NewAccount(
        name=form.get("name", ""),
        password=form.get("password", ""),
        email=form.get("email", ""),
        display_name=form.get("display_name", ""),
        locale=language(),
    )
    try:
        with current_services().sessions.begin() as session:
            account = account_acts.accept_invitation(session, present_actor(), token, new)
            signed_in = new_session(session, account.id)
    except CodesignerError as error:
        if error.code == "link_invalid":
            raise
        return refused(_invitation_page(token, FormFault.of(error)), error)
    begin(signed_in, "invitation")
    return redirect(url_for("form.form"), 303)


@blueprint.post(f"{INVITATION_PATH}/join")
def join() -> Response:
    """Become a member with the account that is signed in."""
    principal = session_principal()
    assert principal.account_id is not None
    with current_services().sessions.begin() as session:
        actor, token = present_actor(), request.form.get("token", "")
        workspace_id = account_acts.join(session, actor, token, principal.account_id)
        _enter_workspace(session, principal, workspace_id)
    return redirect(url_for("form.form"), 303)


def _enter_workspace(session: Session, principal: Principal, workspace_id: str) -> None:
    assert principal.account_id is not None
    assert principal.session_id is not None
    use_workspace(session, principal.session_id, principal.account_id, workspace_id)


@blueprint.get(RESET_PATH)
def reset() -> str:
    """Show the form for a new password."""
    return _reset_page(request.args.get("token", ""))


@blueprint.post(RESET_PATH)
def set_password() -> Response:
    """Set the password by a link, and go to the sign-in page: all sessions have ended."""
    token, new = request.form.get("token", ""), request.form.get("new_password", "")
    try:
        with current_services().sessions.begin() as session:
            account_acts.reset_password(session, present_actor(), token, new)
    except CodesignerError as error:
        if error.code == "link_invalid":
            raise
        return refused(_reset_page(token, FormFault.of(error)), error)
    return redirect(url_for("sign_in.show", done="password"), 303)


def _invitation_page(token: str, fault: FormFault | None = None) -> str:
    settings = current_services().settings
    with current_services().sessions() as session:
        row = open_invitation(session, token)
        workspace = session.get_one(Workspace, row.workspace_id)
        principal = present_principal()
        is_account = principal is not None and principal.session_id is not None
        return render_template(
            "accounts/invitation.html",
            token=token,
            workspace=workspace.name,
            role=row.role,
            email=row.email,
            form=request.form,
            fault=fault or FormFault(),
            is_account=is_account,
            provider=settings.oidc_name if settings.oidc_issuer else None,
        )


def _reset_page(token: str, fault: FormFault | None = None) -> str:
    return render_template("accounts/reset.html", token=token, fault=fault or FormFault())
