"""Own limits of accounts in place of the installation's. The caller commits."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from shared.accounts.people import find_account
from shared.audit.events import Act, Actor, record
from shared.db.account_models import Account
from shared.errors import AccountNotFound, FieldError, InvalidRequest

__all__ = ["COLUMNS", "set_quota"]

COLUMNS = {"jobs_per_day": 2**31 - 1, "max_jobs": 2**31 - 1, "max_bytes": 2**63 - 1}
"""The limits that an account may have of its own, with the highest that can be stored."""


def set_quota(
    session: Session, actor: Actor, name: str, changes: Mapping[str, int | None]
) -> Account:
    """Set own limits of an account and return it; other limits stay as they are.

    Args:
        changes: by column; 0: unlimited, None: that of the installation.

    Raises:
        AccountNotFound: there is none of this name.
        InvalidRequest: a limit is negative, or too large.
    """
    account = find_account(session, name)
    if account is None:
        raise AccountNotFound(name)
    for column, most in changes.items():
        if most is not None and not 0 <= most <= COLUMNS[column]:
            message = f"Must be a whole number from 0 to {COLUMNS[column]}."
            raise InvalidRequest(FieldError(field=column, message=message))
    if not changes:
        return account
    before = {column: getattr(account, column) for column in COLUMNS}
    for column, most in changes.items():
        setattr(account, column, most)
    session.flush()
    after = {column: getattr(account, column) for column in COLUMNS}
    act = Act(action="account.quota", object_id=account.id, before=before, after=after)
    record(session, actor, act)
    return account
