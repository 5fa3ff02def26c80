"""Accounts of people: making, finding, disabling and enabling them. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.accounts.fields import folded_name, parse_email, parse_label, parse_name
from shared.accounts.passwords import check_password, hash_password
from shared.accounts.sessions import revoke_all_sessions
from shared.accounts.workspaces import (
    has_administrator,
    keep_administrators,
    lock_workspace,
    memberships,
    set_role,
    withdraw_invitations,
)
from shared.db.account_models import Account
from shared.db.ids import new_id
from shared.db.models import NOW
from shared.errors import (
    AccountExists,
    AccountNotFound,
    AlreadySetUp,
    FieldError,
    InvalidRequest,
)
from shared.main_workspace import MAIN_WORKSPACE

__all__ = [
    "LOCALES",
    "AccountFields",
    "NewAccount",
    "change_account",
    "create_account",
    "create_first_administrator",
    "disable_account",
    "enable_account",
    "find_account",
    "get_account",
    "list_accounts",
]

LOCALES = ("en", "zh")


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """What somebody enters who gets an account."""

    name: str
    password: str | None
    """None: it signs in by OpenID Connect alone."""
    email: str | None = None
    display_name: str = ""
    locale: str | None = None


def create_account(session: Session, new: NewAccount) -> Account:
    """Insert an account that is a member of no workspace yet, and return it.

    Raises:
        AccountExists: another one has this name or e-mail.
        InvalidRequest: a field is invalid, or the password is refused.
    """
    values = _values(new)
    inserted = session.scalars(
        insert(Account).values(values).on_conflict_do_nothing().returning(Account)
    )
    if (account := inserted.one_or_none()) is None:
        raise AccountExists(new.name)
    return account


def _values(new: NewAccount) -> dict[str, str | None]:
    name, email = parse_name(new.name), parse_email(new.email)
    locale, display_name = _checked_locale(new.locale), _display_name(new.display_name)
    if new.password is not None:
        check_password(new.password, names=(name, email or ""))
    return {
        "id": new_id(),
        "name": name,
        "name_key": folded_name(name),
        "email": email,
        "display_name": display_name,
        "password_hash": None if new.password is None else hash_password(new.password),
        "locale": locale,
    }


@dataclass(frozen=True, kw_only=True)
class AccountFields:
    """What people change of their own account; None: it stays."""

    display_name: str | None = None
    locale: str | None = None


def change_account(session: Session, account_id: str, fields: AccountFields) -> Account:
    """Change what others see of an account and the language of its pages; return it.

    Raises:
        AccountNotFound: there is none of this id.
        InvalidRequest: a field is invalid.
    """
    account = get_account(session, account_id)
    if fields.display_name is not None:
        account.display_name = _display_name(fields.display_name)
    if fields.locale is not None:
        account.locale = _checked_locale(fields.locale)
    session.flush()
    return account


def _display_name(text: str) -> str:
    return parse_label(text, field="display_name") if text.strip() else ""


def _checked_locale(locale: str | None) -> str | None:
    if locale is not None and locale not in LOCALES:
        message = f"Must be one of {', '.join(LOCALES)}."
        raise InvalidRequest(FieldError(field="locale", message=message))
    return locale


def create_first_administrator(session: Session, new: NewAccount) -> Account:
    """Insert the account that administers the installation, and return it.

    Raises:
        AccountExists: another account has this name or e-mail.
        AlreadySetUp: there is an administrator; it can invite others.
        InvalidRequest: a field is invalid, or the password is refused.
    """
    lock_workspace(session, MAIN_WORKSPACE)
    if has_administrator(session):
        raise AlreadySetUp
    account = create_account(session, new)
    set_role(session, account.id, MAIN_WORKSPACE, "administrator")
    return account


def get_account(session: Session, account_id: str) -> Account:
    """Return an account.

    Raises:
        AccountNotFound: there is none of this id.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise AccountNotFound(account_id)
    return account


def find_account(session: Session, name: str) -> Account | None:
    """Return the account of a name or an e-mail, in capitals or not; None: there is none."""
    key = folded_name(name)
    return session.scalar(select(Account).where(or_(Account.name_key == key, Account.email == key)))


def list_accounts(session: Session) -> Sequence[Account]:
    """Return all accounts by name."""
    return session.scalars(select(Account).order_by(Account.name_key)).all()


def disable_account(session: Session, account_id: str) -> None:
    """Disable an account: its sessions and open invitations end, its API keys do not work.

    Raises:
        AccountNotFound: there is none of this id.
        LastAdministrator: a workspace would have no administrator left.
    """
    get_account(session, account_id)
    workspaces = sorted(workspace.id for workspace, _ in memberships(session, account_id))
    for workspace_id in workspaces:  # all transactions lock in this order
        lock_workspace(session, workspace_id)
    for workspace_id in workspaces:
        keep_administrators(session, workspace_id, without=account_id)
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(disabled_at=func.coalesce(Account.disabled_at, NOW))
    )
    withdraw_invitations(session, account_id, workspaces)
    revoke_all_sessions(session, account_id)


def enable_account(session: Session, account_id: str) -> None:
    """Let a disabled account sign in again; its API keys that are not revoked work again.

    Raises:
        AccountNotFound: there is none of this id.
    """
    get_account(session, account_id).disabled_at = None
    session.flush()
