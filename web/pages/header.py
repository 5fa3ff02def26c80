"""What the header of every page shows of who is signed in."""

from dataclasses import dataclass

from flask import g
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.db.account_models import Account, Workspace
from web.extensions import services
from web.http.accounts import shown_principal

__all__ = ["HeaderAccount", "header_account"]


@dataclass(frozen=True, kw_only=True)
class HeaderAccount:
    """Names of the account and of its present workspace."""

    name: str
    workspace: str | None


def header_account() -> HeaderAccount | None:
    """Return who is signed in in this browser; None: nobody, or the mode is local."""
    if "header_account" not in g:
        g.header_account = _read()
    found: HeaderAccount | None = g.header_account
    return found


def _read() -> HeaderAccount | None:
    principal = shown_principal()
    if principal is None or principal.kind != "session":
        return None
    query = (
        select(Account.name, Account.display_name, Workspace.name.label("place"))
        .join_from(Account, Workspace, Workspace.id == principal.workspace_id, isouter=True)
        .where(Account.id == principal.account_id)
    )
    try:
        with services().autocommit.connect() as connection:
            row = connection.execute(query).one_or_none()
    except (DBAPIError, PoolTimeout):  # the page that says so has a header too
        return None
    if row is None:
        return None
    return HeaderAccount(name=row.display_name or row.name, workspace=row.place)
