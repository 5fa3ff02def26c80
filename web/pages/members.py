"""Pages: the members of the present workspace and its invitations."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shared.accounts import resets
from shared.accounts.invitations import Invited, open_invitations
from shared.accounts.rights import ROLES
from shared.accounts.workspaces import check_manages, list_members
from shared.audit import account_acts
from shared.db.account_models import Workspace
from shared.errors import CodesignerError
from web.extensions import services as current_services
from web.http.access import present_workspace
from web.http.accounts import account_principal, check_appoints
from web.http.audit import present_actor
from web.http.form_faults import FormFault, refused
from web.services.accounts import (
    invitation_document,
    invitation_link,
    member_document,
    reset_link,
)

__all__ = ["blueprint"]

blueprint = Blueprint("member_pages", __name__, url_prefix="/members")


@blueprint.get("/")
def members() -> str:
    """Show the members and the open invitations."""
    return _page()


@blueprint.post("/invitations")
def invite() -> Response | str:
    """Invite somebody and show the link, only this once."""
    check_appoints(request.form.get("role", ""))
    invited = Invited(
        workspace_id=present_workspace(),
        role=request.form.get("role", ""),
        email=request.form.get("email", ""),
        invited_by=account_principal().account_id,
    )
    try:
        with current_services().sessions.begin() as session:
            token, _row = account_acts.invite(session, present_actor(), invited)
    except CodesignerError as error:
        return refused(_page(fault=FormFault.of(error)), error)
    return _page(invitation=invitation_link(current_services().settings, token))


@blueprint.post("/invitations/<invitation_id>/withdraw")
def withdraw(invitation_id: str) -> Response:
    """Withdraw an invitation: its link does not work any more."""
    with current_services().sessions.begin() as session:
        actor = present_actor()
        account_acts.withdraw_invitation(session, actor, invitation_id, present_workspace())
    return _back()


@blueprint.post("/<account_id>/role")
def change_role(account_id: str) -> Response:
    """Change the role of a member."""
    check_appoints(request.form.get("role", ""))
    return _act(
        lambda session: account_acts.set_role(
            session,
            present_actor(),
            account_id,
            present_workspace(),
            request.form.get("role", ""),
        )
    )


@blueprint.post("/<account_id>/remove")
def remove(account_id: str) -> Response:
    """End a membership."""
    return _act(
        lambda session: account_acts.remove_member(
            session, present_actor(), account_id, present_workspace()
        )
    )


@blueprint.post("/<account_id>/sessions/end")
def end_sessions(account_id: str) -> Response:
    """Sign a member out of all browsers."""

    def act(session: Any) -> None:
        check_manages(session, account_principal(), account_id)
        account_acts.end_sessions(session, present_actor(), account_id)

    return _act(act)


@blueprint.post("/<account_id>/reset")
def reset(account_id: str) -> Response | str:
    """Make a link by which a member sets a new password, and show it, only this once."""
    principal = account_principal()
    try:
        with current_services().sessions.begin() as session:
            check_manages(session, principal, account_id)
            token = account_acts.make_reset_link(
                session, present_actor(), account_id, principal.account_id
            )
    except CodesignerError as error:
        return refused(_page(refusal=FormFault.whole(error)), error)
    return _page(reset=reset_link(current_services().settings, token), reset_of=account_id)


def _act(act: Any) -> Response:
    """Act in a transaction and go back; show on the page why it was refused."""
    try:
        with current_services().sessions.begin() as session:
            act(session)
    except CodesignerError as error:
        return refused(_page(refusal=FormFault.whole(error)), error)
    return _back()


def _back() -> Response:
    return redirect(url_for("member_pages.members"), 303)


def _page(**shown: Any) -> str:
    """Return the page.

    Args:
        shown: what is wrong, and links that are shown once.
    """
    place = present_workspace()
    with current_services().sessions() as session:
        workspace = session.get_one(Workspace, place)
        people = [member_document(account, role) for account, role in list_members(session, place)]
        invitations = [invitation_document(row) for row in open_invitations(session, place)]
    defaults = {"fault": FormFault(), "refusal": FormFault(), "invitation": None, "reset": None}
    return render_template(
        "accounts/members.html",
        workspace=workspace.name,
        members=people,
        invitations=invitations,
        roles=ROLES,
        form=request.form,
        reset_days=round(resets.LIFETIME_S / 86_400),
        me=account_principal().account_id,
        **{**defaults, **shown},
    )
