"""Documents of accounts, sessions, API keys, members and invitations; links to send to people."""

from typing import Any

from sqlalchemy.orm import Session

from shared.accounts.links import INVITATION_PATH, RESET_PATH, token_link
from shared.accounts.people import get_account
from shared.accounts.rights import RIGHTS, Principal, may
from shared.accounts.workspaces import memberships
from shared.db.account_models import Account, AccountSession, ApiKey, Invitation, Workspace
from shared.settings import Settings
from shared.timestamps import optional_timestamp, timestamp

__all__ = [
    "account_document",
    "invitation_document",
    "invitation_link",
    "key_document",
    "member_document",
    "present_document",
    "reset_link",
    "session_document",
    "workspace_document",
]

_ALL_RIGHTS = tuple(RIGHTS["administrator"])


def account_document(account: Account) -> dict[str, Any]:
    """Return the document of an account."""
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "display_name": account.display_name,
        "locale": account.locale,
        "has_password": account.password_hash is not None,
        "disabled": account.disabled_at is not None,
        "created_at": timestamp(account.created_at),
    }


def present_document(session: Session, principal: Principal) -> dict[str, Any]:
    """Return the document of who asks, by a session or an API key."""
    assert principal.account_id is not None
    workspaces = [
        {"id": workspace.id, "name": workspace.name, "role": role}
        for workspace, role in memberships(session, principal.account_id)
    ]
    present = principal.workspace_id
    return {
        "account": account_document(get_account(session, principal.account_id)),
        "workspace": next((each for each in workspaces if each["id"] == present), None),
        "workspaces": workspaces,
        "rights": sorted(right for right in _ALL_RIGHTS if may(principal, right, present)),
        "by": principal.kind,
    }


def session_document(row: AccountSession, principal: Principal) -> dict[str, Any]:
    """Return the document of a session."""
    return {
        "id": row.id,
        "created_at": timestamp(row.created_at),
        "last_seen_at": timestamp(row.last_seen_at),
        "expires_at": timestamp(row.expires_at),
        "address": row.address,
        "user_agent": row.user_agent,
        "present": row.id == principal.session_id,
    }


def key_document(row: ApiKey, key: str | None = None) -> dict[str, Any]:
    """Return the document of an API key.

    Args:
        key: the key itself, if it was created just now.
    """
    return {
        "id": row.id,
        "prefix": row.prefix,
        "name": row.name,
        "workspace_id": row.workspace_id,
        "scopes": row.scopes,
        "created_at": timestamp(row.created_at),
        "expires_at": optional_timestamp(row.expires_at),
        "last_used_at": optional_timestamp(row.last_used_at),
        "key": key,
    }


def member_document(account: Account, role: str) -> dict[str, Any]:
    """Return the document of a member."""
    return {
        "account_id": account.id,
        "name": account.name,
        "display_name": account.display_name,
        "email": account.email,
        "role": role,
        "disabled": account.disabled_at is not None,
    }


def invitation_document(row: Invitation, link: str | None = None) -> dict[str, Any]:
    """Return the document of an invitation.

    Args:
        link: the link, if it was made just now.
    """
    return {
        "id": row.id,
        "role": row.role,
        "email": row.email,
        "invited_by": row.invited_by,
        "created_at": timestamp(row.created_at),
        "expires_at": timestamp(row.expires_at),
        "link": link,
    }


def workspace_document(row: Workspace) -> dict[str, Any]:
    """Return the document of a workspace."""
    return {"id": row.id, "name": row.name, "created_at": timestamp(row.created_at)}


def invitation_link(settings: Settings, token: str) -> str:
    """Return the URL by which somebody accepts an invitation."""
    return token_link(settings.public_url, INVITATION_PATH, token)


def reset_link(settings: Settings, token: str) -> str:
    """Return the URL by which somebody sets a new password."""
    return token_link(settings.public_url, RESET_PATH, token)
