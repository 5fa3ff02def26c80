"""API blueprint: members of the present workspace, invitations, links for a new password."""

from flask import Blueprint, Response, jsonify

from shared.accounts import resets
from shared.accounts.invitations import Invited, open_invitations
from shared.accounts.people import NewAccount
from shared.accounts.workspaces import check_manages, list_members
from shared.audit import account_acts
from shared.db.account_models import Account
from shared.errors import FieldError, InvalidRequest
from web.api.models import BODY_CODES
from web.extensions import services as current_services
from web.http.access import present_principal, present_workspace
from web.http.accounts import (
    account_principal,
    begin,
    check_appoints,
    new_session,
    session_principal,
)
from web.http.audit import present_actor
from web.http.i18n import translate as _
from web.http.parsing import body_as_json, checked
from web.openapi.operations import Answer, Operation, documented
from web.schemas.accounts import (
    AcceptRequest,
    InvitationDocument,
    InvitationList,
    InvitationRequest,
    MemberChange,
    MemberDocument,
    MemberList,
    PresentDocument,
    ResetLinkDocument,
    ResetRequest,
)
from web.services.accounts import (
    invitation_document,
    invitation_link,
    member_document,
    present_document,
    reset_link,
)

__all__ = ["blueprint"]

blueprint = Blueprint("members", __name__)

_CODES = ("unauthorized", "forbidden", "not_found", "unavailable")
_TAG = "accounts"


@blueprint.get("/members")
@documented(
    Operation(
        summary="List the members of the workspace",
        tag=_TAG,
        answers={200: Answer(description="All of them.", model=MemberList)},
        codes=_CODES,
    )
)
def members() -> Response:
    """Return the members with their roles."""
    with current_services().sessions() as session:
        rows = list_members(session, present_workspace())
        return jsonify({"members": [member_document(account, role) for account, role in rows]})


@blueprint.patch("/members/<account_id>")
@documented(
    Operation(
        summary="Change the role of a member",
        tag=_TAG,
        request=MemberChange,
        answers={200: Answer(description="The member.", model=MemberDocument)},
        codes=(*_CODES, *BODY_CODES, "member_not_found", "last_administrator"),
    )
)
def change_role(account_id: str) -> Response:
    """Change the role of a member; the last administrator keeps it."""
    body = checked(MemberChange, body_as_json(), current_services())
    check_appoints(body.role)
    with current_services().sessions.begin() as session:
        place = present_workspace()
        account_acts.set_role(session, present_actor(), account_id, place, body.role)
        return jsonify(member_document(session.get_one(Account, account_id), body.role))


@blueprint.delete("/members/<account_id>")
@documented(
    Operation(
        summary="Remove a member from the workspace",
        tag=_TAG,
        answers={204: Answer(description="Removed; what it made stays.")},
        codes=(*_CODES, "member_not_found", "last_administrator"),
    )
)
def remove(account_id: str) -> Response:
    """End a membership."""
    with current_services().sessions.begin() as session:
        account_acts.remove_member(session, present_actor(), account_id, present_workspace())
    return Response(status=204)


@blueprint.delete("/members/<account_id>/sessions")
@documented(
    Operation(
        summary="Sign a member out of all browsers",
        tag=_TAG,
        answers={204: Answer(description="All sessions have ended.")},
        codes=(*_CODES, "member_not_found"),
    )
)
def end_sessions(account_id: str) -> Response:
    """End the sessions of a member."""
    with current_services().sessions.begin() as session:
        check_manages(session, account_principal(), account_id)
        account_acts.end_sessions(session, present_actor(), account_id)
    return Response(status=204)


@blueprint.post("/members/<account_id>/password-reset")
@documented(
    Operation(
        summary="Make a link by which a member sets a new password",
        tag=_TAG,
        answers={201: Answer(description="The link.", model=ResetLinkDocument)},
        codes=(*_CODES, "member_not_found"),
    )
)
def make_reset_link(account_id: str) -> tuple[Response, int]:
    """Return a link that works once, for a day; it replaces an earlier one."""
    principal, services = account_principal(), current_services()
    with services.sessions.begin() as session:
        check_manages(session, principal, account_id)
        actor = present_actor()
        token = account_acts.make_reset_link(session, actor, account_id, principal.account_id)
    link = reset_link(services.settings, token)
    return jsonify({"link": link, "valid_s": round(resets.LIFETIME_S)}), 201


@blueprint.post("/password-reset")
@documented(
    Operation(
        summary="Set a new password by a link",
        tag=_TAG,
        request=ResetRequest,
        answers={204: Answer(description="Set; all sessions have ended.")},
        codes=("forbidden", *BODY_CODES, "not_found", "link_invalid", "unavailable"),
    )
)
def reset_password() -> Response:
    """Use a link up."""
    body = checked(ResetRequest, body_as_json(), current_services())
    with current_services().sessions.begin() as session:
        account_acts.reset_password(session, present_actor(), body.token, body.new_password)
    return Response(status=204)


@blueprint.get("/invitations")
@documented(
    Operation(
        summary="List the open invitations to the workspace",
        tag=_TAG,
        answers={200: Answer(description="All that are open.", model=InvitationList)},
        codes=_CODES,
    )
)
def invitations() -> Response:
    """Return the invitations that were neither accepted nor withdrawn."""
    with current_services().sessions() as session:
        rows = open_invitations(session, present_workspace())
        return jsonify({"invitations": [invitation_document(row) for row in rows]})


@blueprint.post("/invitations")
@documented(
    Operation(
        summary="Invite one person to the workspace",
        tag=_TAG,
        request=InvitationRequest,
        answers={201: Answer(description="With its link.", model=InvitationDocument)},
        codes=(*_CODES, *BODY_CODES),
    )
)
def invite() -> tuple[Response, int]:
    """Make a link that works once, for seven days; no mail is sent."""
    services = current_services()
    body = checked(InvitationRequest, body_as_json(), services)
    check_appoints(body.role)
    invited = Invited(
        workspace_id=present_workspace(),
        role=body.role,
        email=body.email,
        invited_by=account_principal().account_id,
    )
    with services.sessions.begin() as session:
        token, row = account_acts.invite(session, present_actor(), invited)
        session.refresh(row)
        return jsonify(invitation_document(row, invitation_link(services.settings, token))), 201


@blueprint.delete("/invitations/<invitation_id>")
@documented(
    Operation(
        summary="Withdraw an invitation",
        tag=_TAG,
        answers={204: Answer(description="Its link does not work any more.")},
        codes=(*_CODES, "invitation_not_found"),
    )
)
def withdraw(invitation_id: str) -> Response:
    """Delete an invitation that was not accepted."""
    with current_services().sessions.begin() as session:
        actor, place = present_actor(), present_workspace()
        account_acts.withdraw_invitation(session, actor, invitation_id, place)
    return Response(status=204)


@blueprint.post("/invitations/accept")
@documented(
    Operation(
        summary="Accept an invitation: create an account, or join with that of the session",
        tag=_TAG,
        request=AcceptRequest,
        answers={201: Answer(description="A member, signed in.", model=PresentDocument)},
        codes=(
            *("forbidden", *BODY_CODES, "not_found", "unavailable", "unauthorized"),
            *("link_invalid", "account_exists"),
        ),
    )
)
def accept() -> tuple[Response, int]:
    """Use a link up."""
    body = checked(AcceptRequest, body_as_json(), current_services())
    if present_principal() is None:
        _create_account(body)
    else:
        account_id = str(session_principal().account_id)
        with current_services().sessions.begin() as session:
            account_acts.join(session, present_actor(), body.token, account_id)
    with current_services().sessions() as session:
        return jsonify(present_document(session, account_principal())), 201


def _create_account(body: AcceptRequest) -> None:
    missing = [name for name in ("name", "password") if getattr(body, name) is None]
    if missing:
        message = _("This field is required.")
        raise InvalidRequest(*(FieldError(field=name, message=message) for name in missing))
    new = NewAccount(
        name=body.name or "",
        password=body.password or "",
        email=body.email,
        display_name=body.display_name,
        locale=body.locale,
    )
    with current_services().sessions.begin() as session:
        account = account_acts.accept_invitation(session, present_actor(), body.token, new)
        signed_in = new_session(session, account.id)
    begin(signed_in, "invitation")
