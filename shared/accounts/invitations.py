"""Invitations: links by which one person becomes a member of a workspace. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared.accounts.fields import parse_email
from shared.accounts.people import NewAccount, create_account, get_account
from shared.accounts.rights import ROLES
from shared.accounts.tokens import new_token, token_sha256
from shared.accounts.workspaces import check_role, lock_workspace, set_role
from shared.db.account_models import Account, Invitation, Membership
from shared.db.ids import new_id
from shared.db.models import NOW
from shared.errors import LinkInvalid
from shared.queue.transitions import seconds_from_now

__all__ = [
    "LIFETIME_S",
    "Invited",
    "accept_as_member",
    "accept_invitation",
    "invite",
    "open_invitation",
    "open_invitations",
    "withdraw_invitation",
]

LIFETIME_S = 7 * 86_400.0
_OPEN = (Invitation.accepted_at.is_(None), Invitation.expires_at > NOW)


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Whom an administrator invites, and to what."""

    workspace_id: str
    role: str
    email: str | None = None
    invited_by: str | None = None
    """Account id of the administrator; None: on the command line."""


def invite(session: Session, invited: Invited) -> tuple[str, Invitation]:
    """Insert an invitation and return its token, which is not stored, and its row.

    Raises:
        InvalidRequest: the role or the e-mail is invalid.
        WorkspaceNotFound: there is no such workspace.
    """
    token = new_token()
    invitation = Invitation(
        id=new_id(),
        token_sha256=token_sha256(token),
        workspace_id=invited.workspace_id,
        role=check_role(invited.role),
        email=parse_email(invited.email),
        invited_by=invited.invited_by,
        expires_at=seconds_from_now(LIFETIME_S),
    )
    lock_workspace(session, invited.workspace_id)
    session.add(invitation)
    session.flush()
    return token, invitation


def open_invitation(session: Session, token: str) -> Invitation:
    """Return the invitation of a link, to show what it is for.

    Raises:
        LinkInvalid: it is unknown, accepted, withdrawn or expired.
    """
    found = session.scalar(
        select(Invitation).where(Invitation.token_sha256 == token_sha256(token), *_OPEN)
    )
    if found is None:
        raise LinkInvalid
    return found


def open_invitations(session: Session, workspace_id: str) -> Sequence[Invitation]:
    """Return the invitations to a workspace that can be accepted, the newest first."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.workspace_id == workspace_id, *_OPEN)
        .order_by(Invitation.id.desc())
    ).all()


def withdraw_invitation(session: Session, invitation_id: str, workspace_id: str) -> bool:
    """Delete an invitation that was not accepted; return whether there was one."""
    withdrawn = session.scalar(
        delete(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.workspace_id == workspace_id,
            Invitation.accepted_at.is_(None),
        )
        .returning(Invitation.id)
    )
    return withdrawn is not None


def accept_invitation(session: Session, token: str, new: NewAccount) -> Account:
    """Insert the account of somebody invited, make it a member, and return it.

    An e-mail of the invitation becomes that of the account. If it is refused, the caller rolls
    back, and the link can be used again.

    Raises:
        AccountExists: another account has the name or e-mail.
        InvalidRequest: a field is invalid, or the password is refused.
        LinkInvalid: the link is unknown, accepted, withdrawn or expired.
    """
    email = open_invitation(session, token).email
    account = create_account(session, replace(new, email=email or new.email))
    _accept(session, token, account.id)
    return account


def accept_as_member(session: Session, token: str, account_id: str) -> None:
    """Make an account that exists a member of the workspace that it is invited to.

    A higher role that it has there is kept.

    Raises:
        AccountNotFound: there is no such account.
        LinkInvalid: the link is unknown, accepted, withdrawn or expired.
    """
    get_account(session, account_id)
    _accept(session, token, account_id)


def _accept(session: Session, token: str, account_id: str) -> None:
    """Use an invitation up; of two at the same time, one fails."""
    invitation = session.scalar(
        update(Invitation)
        .where(Invitation.token_sha256 == token_sha256(token), *_OPEN)
        .values(accepted_at=NOW, accepted_by=account_id)
        .returning(Invitation)
    )
    if invitation is None:
        raise LinkInvalid
    member = session.get(Membership, (account_id, invitation.workspace_id))
    if member is None or ROLES.index(invitation.role) > ROLES.index(member.role):
        set_role(session, account_id, invitation.workspace_id, invitation.role)
