"""Sign-in by name and password, and the change of one's own password.

Both commit: an attempt is counted before the password is checked, and no connection to the database
is held while it is.
"""

import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.accounts.fields import folded_name
from shared.accounts.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
)
from shared.accounts.people import find_account, get_account
from shared.accounts.sessions import (
    Visit,
    create_session,
    has_signed_in_from,
    revoke_all_sessions,
)
from shared.accounts.throttle import Attempt, forget_failures, record_success, reserve_attempt
from shared.db.account_models import Account
from shared.errors import AccountDeleted, AccountDisabled, FieldError, InvalidRequest, SignInFailed

__all__ = ["SignedIn", "change_password", "check_password_of", "set_password", "sign_in"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A new session."""

    token: str
    """For the browser's cookie; it is not stored."""
    session_id: str
    account_id: str


def sign_in(session: Session, name: str, password: str, visit: Visit) -> SignedIn:
    """Check a password and return a new session. Commits.

    Unknown names take the same steps and time as known ones.

    Args:
        name: the account's name or e-mail, in capitals or small letters.

    Raises:
        AccountDeleted: the password is right, but the account is deleted; it can be restored.
        AccountDisabled: the password is right, but the account is disabled.
        CodesignerError: rate_limited, too many attempts failed; unavailable, too many sign in.
        SignInFailed: the name or the password is wrong.
    """
    account = _checked_account(session, name, password, visit)
    token, row = create_session(session, account.id, visit)
    session.commit()
    _log.info("signed in: account %s from %s", account.id, visit.network)
    return SignedIn(token=token, session_id=row.id, account_id=account.id)


def check_password_of(session: Session, name: str, password: str, visit: Visit) -> Account:
    """Check a password as `sign_in` does, without a session; return the account, which is locked.

    The account may be deleted. Commits before; the caller commits what it does with the account.

    Raises:
        AccountDisabled, CodesignerError, SignInFailed: as `sign_in`.
    """
    return _checked_account(session, name, password, visit, may_be_deleted=True)


def _checked_account(
    session: Session, name: str, password: str, visit: Visit, *, may_be_deleted: bool = False
) -> Account:
    account = find_account(session, name)
    attempt = _attempt(session, account, name, visit)
    stored = None if account is None else account.password_hash
    reserve_attempt(session, attempt)
    if not verify_password(stored, password) or account is None or stored is None:
        _log_failure(account, visit)
        raise SignInFailed
    current = hash_password(password) if needs_rehash(stored) else stored
    _check_unchanged(session, account, stored, may_be_deleted=may_be_deleted)
    account.password_hash = current
    record_success(session, attempt)
    return account


def _attempt(session: Session, account: Account | None, name: str, visit: Visit) -> Attempt:
    """Return what an attempt is counted under: name and e-mail of an account are one."""
    if account is None:
        return Attempt.of(folded_name(name), visit.network)
    is_known = has_signed_in_from(session, account.id, visit.network)
    return Attempt.of(account.name_key, visit.network, is_known_network=is_known)


def _log_failure(account: Account | None, visit: Visit) -> None:
    """Log a failure without what was typed: people type passwords into the field of the name."""
    whom = "an unknown name" if account is None else f"account {account.id}"
    _log.warning("sign-in failed: %s from %s", whom, visit.network)


def _check_unchanged(
    session: Session, account: Account, stored: str, *, may_be_deleted: bool = False
) -> None:
    """Lock the account, and check that its password was not changed while it was verified.

    Who changes the password or disables the account ends the sessions afterwards; it waits for
    this transaction, and ends its session too.

    Raises:
        AccountDeleted: it is deleted, and that is no use.
        AccountDisabled: it is disabled.
        SignInFailed: the password is another one by now.
    """
    query = select(Account).where(Account.id == account.id).with_for_update(key_share=True)
    present = session.scalar(query.execution_options(populate_existing=True))
    if present is None or present.password_hash != stored:
        session.rollback()
        raise SignInFailed
    if present.disabled_at is not None:
        account_id = present.id
        session.rollback()
        _log.warning("sign-in refused: account %s is disabled", account_id)
        raise AccountDisabled
    if present.deleted_at is not None and not may_be_deleted:
        session.rollback()
        raise AccountDeleted


def change_password(
    session: Session, account_id: str, current: str, new: str, visit: Visit
) -> SignedIn:
    """Change one's own password, end all sessions, and return a new one. Commits.

    Raises:
        AccountNotFound: there is no such account.
        CodesignerError: rate_limited, too many attempts failed; unavailable, too many sign in.
        InvalidRequest: the current password is wrong, or the new one is refused.
    """
    account = get_account(session, account_id)
    _check_new(account, new)
    attempt, stored = _attempt(session, account, account.name, visit), account.password_hash
    reserve_attempt(session, attempt)
    if not verify_password(stored, current) or stored is None:
        _log_failure(account, visit)
        message = "This is not the current password."
        raise InvalidRequest(FieldError(field="current_password", message=message))
    fresh = hash_password(new)
    _check_unchanged(session, account, stored)
    _store(session, account, fresh)
    record_success(session, attempt)
    token, row = create_session(session, account.id, visit)
    session.commit()
    return SignedIn(token=token, session_id=row.id, account_id=account.id)


def _check_new(account: Account, new: str) -> None:
    names = (account.name, account.email or "")
    check_password(new, names=names, field="new_password")


def set_password(session: Session, account: Account, new: str) -> None:
    """Set a new password, end all sessions, and forget failed sign-ins. The caller commits.

    Raises:
        InvalidRequest: the password is refused.
    """
    _check_new(account, new)
    _store(session, account, hash_password(new))


def _store(session: Session, account: Account, password_hash: str) -> None:
    account.password_hash = password_hash
    session.flush()  # before the sessions end, see `_check_unchanged`
    revoke_all_sessions(session, account.id)
    forget_failures(session, account.name_key)
    _log.info("password set: account %s", account.id)
