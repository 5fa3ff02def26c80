"""Acts on accounts, workspaces, members and keys, each with its audit event. The caller commits.

Events hold no names, e-mail addresses, tokens or keys: the audit log outlives accounts.
"""

from sqlalchemy.orm import Session

from shared.accounts import (
    api_keys,
    deletion,
    invitations,
    people,
    resets,
    sessions,
    sign_in,
    workspaces,
)
from shared.accounts.invitations import Invited
from shared.accounts.people import NewAccount
from shared.audit.events import Act, Actor, record
from shared.db.account_models import Account, ApiKey, Invitation, Membership, Workspace
from shared.db.deletion_models import Deletion
from shared.deletions.ledger import Asker
from shared.errors import InvitationNotFound, MemberNotFound

__all__ = [
    "accept_invitation",
    "add_account",
    "create_key",
    "create_workspace",
    "delete_account",
    "disable_account",
    "enable_account",
    "end_session",
    "end_sessions",
    "invite",
    "join",
    "make_reset_link",
    "record_accepted",
    "remove_member",
    "rename_workspace",
    "reset_password",
    "restore_account",
    "revoke_key",
    "set_password",
    "set_retention",
    "set_role",
    "withdraw_invitation",
]


def add_account(
    session: Session, actor: Actor, new: NewAccount, workspace_id: str, role: str
) -> Account:
    """Make an account that is a member of a workspace."""
    account = people.create_account(session, new)
    workspaces.set_role(session, account.id, workspace_id, role)
    after = {"workspace": workspace_id, "role": role}
    record(session, actor, Act(action="account.create", object_id=account.id, after=after))
    return account


def invite(session: Session, actor: Actor, invited: Invited) -> tuple[str, Invitation]:
    """Invite somebody, see `shared.accounts.invitations.invite`."""
    token, row = invitations.invite(session, invited)
    after = {"workspace": row.workspace_id, "role": row.role}
    record(session, actor, Act(action="invitation.create", object_id=row.id, after=after))
    return token, row


def withdraw_invitation(
    session: Session, actor: Actor, invitation_id: str, workspace_id: str
) -> None:
    """Withdraw an invitation; raise InvitationNotFound if it is not open."""
    if not invitations.withdraw_invitation(session, invitation_id, workspace_id):
        raise InvitationNotFound(invitation_id)
    record(session, actor, Act(action="invitation.withdraw", object_id=invitation_id))


def accept_invitation(session: Session, actor: Actor, token: str, new: NewAccount) -> Account:
    """Make an account, see `shared.accounts.invitations.accept_invitation`."""
    invitation = invitations.open_invitation(session, token)
    account = invitations.accept_invitation(session, token, new)
    record(session, actor, Act(action="account.create", object_id=account.id))
    record_accepted(session, actor, invitation, account.id)
    return account


def join(session: Session, actor: Actor, token: str, account_id: str) -> str:
    """Accept an invitation for an account that exists, and return the workspace's id."""
    invitation = invitations.open_invitation(session, token)
    invitations.accept_as_member(session, token, account_id)
    record_accepted(session, actor, invitation, account_id)
    return invitation.workspace_id


def record_accepted(
    session: Session, actor: Actor, invitation: Invitation, account_id: str
) -> None:
    """Record that an account accepted an invitation."""
    after = {
        "workspace": invitation.workspace_id,
        "role": invitation.role,
        "account": account_id,
    }
    act = Act(action="invitation.accept", object_id=invitation.id, after=after)
    record(session, actor, act)


def set_role(session: Session, actor: Actor, account_id: str, workspace_id: str, role: str) -> None:
    """Change the role of a member; raise MemberNotFound if the account is none."""
    member = session.get(Membership, (account_id, workspace_id), with_for_update=True)
    if member is None:
        raise MemberNotFound(account_id, workspace_id)
    before = {"workspace": workspace_id, "role": member.role}
    workspaces.set_role(session, account_id, workspace_id, role)
    after = {"workspace": workspace_id, "role": role}
    act = Act(action="member.change", object_id=account_id, before=before, after=after)
    record(session, actor, act)


def remove_member(session: Session, actor: Actor, account_id: str, workspace_id: str) -> None:
    """Remove a member, see `shared.accounts.workspaces.remove_member`."""
    workspaces.remove_member(session, account_id, workspace_id)
    before = {"workspace": workspace_id}
    record(session, actor, Act(action="member.remove", object_id=account_id, before=before))


def make_reset_link(session: Session, actor: Actor, account_id: str, made_by: str | None) -> str:
    """Return the token of a link to set a password, see `shared.accounts.resets`."""
    token = resets.create_reset(session, account_id, made_by)
    record(session, actor, Act(action="account.reset_link", object_id=account_id))
    return token


def reset_password(session: Session, actor: Actor, token: str, new: str) -> Account:
    """Set a password by a link, see `shared.accounts.resets.reset_password`."""
    account = resets.reset_password(session, token, new)
    record(session, actor, Act(action="account.reset_password", object_id=account.id))
    return account


def set_password(session: Session, actor: Actor, account: Account, new: str) -> None:
    """Set the password of somebody else, see `shared.accounts.sign_in.set_password`."""
    sign_in.set_password(session, account, new)
    record(session, actor, Act(action="account.reset_password", object_id=account.id))


def end_session(session: Session, actor: Actor, session_id: str, account_id: str) -> None:
    """End a session of an account."""
    sessions.revoke_session(session, session_id, account_id)
    record(session, actor, Act(action="session.revoke", object_id=session_id))


def end_sessions(
    session: Session, actor: Actor, account_id: str, *, keep: str | None = None
) -> None:
    """End all sessions of an account.

    Args:
        keep: id of the session that goes on.
    """
    sessions.revoke_all_sessions(session, account_id, keep=keep)
    after = None if keep is None else {"kept": keep}
    act = Act(action="account.end_sessions", object_id=account_id, after=after)
    record(session, actor, act)


def disable_account(session: Session, actor: Actor, account_id: str) -> None:
    """Disable an account, see `shared.accounts.people.disable_account`."""
    people.disable_account(session, account_id)
    record(session, actor, Act(action="account.disable", object_id=account_id))


def enable_account(session: Session, actor: Actor, account_id: str) -> None:
    """Enable an account again."""
    people.enable_account(session, account_id)
    record(session, actor, Act(action="account.enable", object_id=account_id))


def create_workspace(
    session: Session, actor: Actor, name: str, administrator: str | None
) -> Workspace:
    """Create a workspace.

    Args:
        administrator: id of the account that administers it at first.
    """
    workspace = workspaces.create_workspace(session, name)
    if administrator is not None:
        workspaces.set_role(session, administrator, workspace.id, "administrator")
    after = {"administrator": administrator}
    record(session, actor, Act(action="workspace.create", object_id=workspace.id, after=after))
    return workspace


def rename_workspace(session: Session, actor: Actor, workspace_id: str, name: str) -> Workspace:
    """Rename a workspace."""
    workspace = workspaces.rename_workspace(session, workspace_id, name)
    record(session, actor, Act(action="workspace.rename", object_id=workspace_id))
    return workspace


def set_retention(
    session: Session, actor: Actor, workspace_id: str, retention_s: float | None
) -> Workspace:
    """Set for how long a workspace keeps new jobs, see `shared.accounts.workspaces`."""
    before = {"retention_s": workspaces.lock_workspace(session, workspace_id).retention_s}
    row = workspaces.set_retention(session, workspace_id, retention_s)
    after = {"retention_s": retention_s}
    act = Act(action="workspace.retention", object_id=workspace_id, before=before, after=after)
    record(session, actor, act)
    return row


def delete_account(session: Session, actor: Actor, account_id: str, asker: Asker) -> Deletion:
    """Delete an account, see `shared.accounts.deletion.delete_account`."""
    row = deletion.delete_account(session, account_id, asker)
    record(session, actor, Act(action="account.delete", object_id=account_id))
    return row


def restore_account(session: Session, actor: Actor, account_id: str) -> bool:
    """Restore a deleted account; return whether it was one that can be restored."""
    is_restored = deletion.restore_account(session, account_id)
    if is_restored:
        record(session, actor, Act(action="account.restore", object_id=account_id))
    return is_restored


def create_key(session: Session, actor: Actor, new: api_keys.NewKey) -> tuple[str, ApiKey]:
    """Create an API key, see `shared.accounts.api_keys.create_key`."""
    key, row = api_keys.create_key(session, new)
    after = {"account": row.account_id, "workspace": row.workspace_id, "scopes": row.scopes}
    record(session, actor, Act(action="api_key.create", object_id=row.id, after=after))
    return key, row


def revoke_key(session: Session, actor: Actor, key_id: str, account_id: str) -> None:
    """Revoke an API key of an account."""
    api_keys.revoke_key(session, key_id, account_id)
    before = {"account": account_id}
    record(session, actor, Act(action="api_key.revoke", object_id=key_id, before=before))
