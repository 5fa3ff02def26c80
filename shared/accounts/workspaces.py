"""Workspaces and their members. The caller commits.

Changes of members lock the workspace first, so that two administrators cannot remove each other.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.accounts.fields import parse_label
from shared.accounts.rights import ROLES, Principal, Role, may
from shared.db.account_models import Account, Invitation, Membership, Workspace
from shared.db.ids import new_id
from shared.errors import (
    CodesignerError,
    FieldError,
    InvalidRequest,
    LastAdministrator,
    MemberNotFound,
    WorkspaceNotFound,
)
from shared.main_workspace import MAIN_WORKSPACE

__all__ = [
    "MAX_RETENTION_S",
    "MIN_RETENTION_S",
    "check_manages",
    "check_role",
    "create_workspace",
    "has_administrator",
    "keep_administrators",
    "list_members",
    "list_workspaces",
    "lock_workspace",
    "memberships",
    "remove_member",
    "rename_workspace",
    "set_retention",
    "set_role",
    "still_manages",
    "withdraw_invitations",
]

MIN_RETENTION_S = 3_600.0
MAX_RETENTION_S = 10 * 365 * 86_400.0


def create_workspace(session: Session, name: str) -> Workspace:
    """Insert a workspace without members and return it."""
    workspace = Workspace(id=new_id(), name=parse_label(name, field="name"))
    session.add(workspace)
    session.flush()
    return workspace


def rename_workspace(session: Session, workspace_id: str, name: str) -> Workspace:
    """Rename a workspace and return it.

    Raises:
        InvalidRequest: the name is empty or too long.
        WorkspaceNotFound: there is none of this id.
    """
    workspace = lock_workspace(session, workspace_id)
    workspace.name = parse_label(name, field="name")
    session.flush()
    return workspace


def set_retention(session: Session, workspace_id: str, retention_s: float | None) -> Workspace:
    """Set for how long a workspace keeps new jobs after their end, and return it.

    Args:
        retention_s: in seconds; None: as long as the installation does.

    Raises:
        InvalidRequest: it is less than an hour, or more than ten years.
        WorkspaceNotFound: there is no such workspace.
    """
    if retention_s is not None and not MIN_RETENTION_S <= retention_s <= MAX_RETENTION_S:
        message = f"Must be from {MIN_RETENTION_S:.0f} to {MAX_RETENTION_S:.0f} seconds."
        raise InvalidRequest(FieldError(field="retention_s", message=message))
    workspace = lock_workspace(session, workspace_id)
    workspace.retention_s = retention_s
    session.flush()
    return workspace


def list_workspaces(session: Session) -> Sequence[Workspace]:
    """Return all workspaces by name."""
    return session.scalars(select(Workspace).order_by(Workspace.name, Workspace.id)).all()


def lock_workspace(session: Session, workspace_id: str) -> Workspace:
    """Return a workspace, whose members nobody else changes until the transaction ends.

    Raises:
        WorkspaceNotFound: there is none of this id.
    """
    query = select(Workspace).where(Workspace.id == workspace_id)
    workspace = session.scalar(query.with_for_update(key_share=True))
    if workspace is None:
        raise WorkspaceNotFound(workspace_id)
    return workspace


def check_role(role: str) -> Role:
    """Return the role of this name.

    Raises:
        InvalidRequest: there is none.
    """
    for known in ROLES:
        if role == known:
            return known
    message = f"Must be one of {', '.join(ROLES)}."
    raise InvalidRequest(FieldError(field="role", message=message))


def set_role(session: Session, account_id: str, workspace_id: str, role: str) -> None:
    """Make an account a member of a workspace, or change its role there.

    Raises:
        InvalidRequest: there is no such role.
        LastAdministrator: the workspace would have no administrator left.
        WorkspaceNotFound: there is no such workspace.
    """
    values = {"account_id": account_id, "workspace_id": workspace_id, "role": check_role(role)}
    lock_workspace(session, workspace_id)
    if role != "administrator":
        keep_administrators(session, workspace_id, without=account_id)
        withdraw_invitations(session, account_id, [workspace_id])
    session.execute(
        upsert(Membership)
        .values(values)
        .on_conflict_do_update(index_elements=["account_id", "workspace_id"], set_={"role": role})
    )


def remove_member(session: Session, account_id: str, workspace_id: str) -> None:
    """End a membership; its API keys and sessions have no rights in the workspace any more.

    Raises:
        LastAdministrator: the workspace would have no administrator left.
        MemberNotFound: the account is no member.
        WorkspaceNotFound: there is no such workspace.
    """
    lock_workspace(session, workspace_id)
    keep_administrators(session, workspace_id, without=account_id)
    withdraw_invitations(session, account_id, [workspace_id])
    deleted = session.scalar(
        delete(Membership)
        .where(Membership.account_id == account_id, Membership.workspace_id == workspace_id)
        .returning(Membership.account_id)
    )
    if deleted is None:
        raise MemberNotFound(account_id, workspace_id)


def withdraw_invitations(session: Session, account_id: str, workspace_ids: Sequence[str]) -> None:
    """Delete open invitations to workspaces by somebody who may not invite any more."""
    session.execute(
        delete(Invitation).where(
            Invitation.invited_by == account_id,
            Invitation.workspace_id.in_(workspace_ids),
            Invitation.accepted_at.is_(None),
        )
    )


def keep_administrators(session: Session, workspace_id: str, *, without: str) -> None:
    """Check that an account is not the last administrator of a locked workspace.

    Raises:
        LastAdministrator: it is the only one that is neither disabled nor deleted.
    """
    administrators = set(
        session.scalars(
            select(Membership.account_id)
            .join(Account, Account.id == Membership.account_id)
            .where(
                Membership.workspace_id == workspace_id,
                Membership.role == "administrator",
                Account.disabled_at.is_(None),
                Account.deleted_at.is_(None),
            )
        )
    )
    if administrators == {without}:
        raise LastAdministrator(workspace_id)


def has_administrator(session: Session) -> bool:
    """Return whether the installation has an administrator, disabled or not."""
    query = select(Membership.account_id).where(
        Membership.workspace_id == MAIN_WORKSPACE, Membership.role == "administrator"
    )
    return session.scalar(query.limit(1)) is not None


def check_manages(session: Session, principal: Principal, account_id: str) -> None:
    """Check that a principal may act for a member of its workspace: reset its password.

    Who administers a workspace must not get into others through an account that is a member there
    too, least of all into the main one.

    Raises:
        CodesignerError: forbidden, the account is a member of other workspaces.
        MemberNotFound: the account is no member of the principal's workspace.
    """
    assert principal.workspace_id is not None
    workspace_ids = {workspace.id for workspace, _ in memberships(session, account_id)}
    if principal.workspace_id not in workspace_ids:
        raise MemberNotFound(account_id, principal.workspace_id)
    if len(workspace_ids) > 1 and not may(principal, "administer", MAIN_WORKSPACE):
        message = "The account is a member of other workspaces; ask who runs the installation."
        raise CodesignerError("forbidden", message)


def still_manages(session: Session, manager_id: str, account_id: str) -> bool:
    """Return whether an account could act for another now, in a workspace of either.

    As `check_manages`, for what was begun earlier: since then roles and memberships may have ended,
    and the account may have joined other workspaces.
    """
    manager = session.get(Account, manager_id)
    if manager is None or manager.disabled_at is not None or manager.deleted_at is not None:
        return False
    roles = {workspace.id: role for workspace, role in memberships(session, manager_id)}
    administered = {place for place, role in roles.items() if role == "administrator"}
    if MAIN_WORKSPACE in administered:
        return True
    places = {workspace.id for workspace, _ in memberships(session, account_id)}
    return len(places) == 1 and places <= administered


def list_members(session: Session, workspace_id: str) -> Sequence[tuple[Account, str]]:
    """Return the members of a workspace by name, with their roles."""
    rows = session.execute(
        select(Account, Membership.role)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.workspace_id == workspace_id)
        .order_by(Account.name_key)
    )
    return [(account, role) for account, role in rows]


def memberships(session: Session, account_id: str) -> Sequence[tuple[Workspace, str]]:
    """Return the workspaces of an account, the oldest membership first, with its roles."""
    rows = session.execute(
        select(Workspace, Membership.role)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.account_id == account_id)
        .order_by(Membership.created_at, Workspace.id)
    )
    return [(workspace, role) for workspace, role in rows]
