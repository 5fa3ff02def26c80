"""Links, made by an administrator, by which somebody sets a new password. The caller commits."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shared.accounts.people import get_account
from shared.accounts.sign_in import set_password
from shared.accounts.tokens import new_token, token_sha256
from shared.accounts.workspaces import still_manages
from shared.db.account_models import Account, PasswordReset
from shared.db.models import NOW
from shared.errors import LinkInvalid
from shared.queue.transitions import seconds_from_now

__all__ = ["LIFETIME_S", "create_reset", "reset_password"]

LIFETIME_S = 86_400.0


def create_reset(session: Session, account_id: str, made_by: str | None) -> str:
    """Return the token of a link, which is not stored; it replaces an earlier one.

    The old password stays valid until the link is used.

    Args:
        made_by: account id of the administrator; None: on the command line.

    Raises:
        AccountNotFound: there is no such account.
    """
    get_account(session, account_id)
    # The lock: two administrators at the same moment leave one link, the second.
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    session.execute(
        delete(PasswordReset).where(
            PasswordReset.account_id == account_id, PasswordReset.used_at.is_(None)
        )
    )
    token = new_token()
    session.add(
        PasswordReset(
            token_sha256=token_sha256(token),
            account_id=account_id,
            made_by=made_by,
            expires_at=seconds_from_now(LIFETIME_S),
        )
    )
    session.flush()
    return token


def reset_password(session: Session, token: str, new: str) -> Account:
    """Set a new password by a link, end all sessions, and return the account.

    Who made the link, and may have kept it, must still be allowed to make it. A disabled account
    stays disabled. If the password is refused, the link can be used again: the caller rolls back.

    Raises:
        InvalidRequest: the password is refused.
        LinkInvalid: the link is unknown, used, replaced or expired, the account is deleted, or
            who made the link may not make it any more.
    """
    used = session.execute(
        update(PasswordReset)
        .where(
            PasswordReset.token_sha256 == token_sha256(token),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > NOW,
        )
        .values(used_at=NOW)
        .returning(PasswordReset.account_id, PasswordReset.made_by)
    ).one_or_none()
    if used is None:
        raise LinkInvalid
    account_id, made_by = used
    if made_by is not None and not still_manages(session, made_by, account_id):
        raise LinkInvalid
    account = get_account(session, account_id)
    if account.deleted_at is not None:  # who has the link would restore what the person deleted
        raise LinkInvalid
    set_password(session, account, new)
    return account
