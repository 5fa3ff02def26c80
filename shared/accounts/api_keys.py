"""API keys: by them programs act for an account in one workspace. The caller commits.

A key has at most the rights of its account there at the moment, within its scopes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session

from shared.accounts.fields import parse_label
from shared.accounts.rights import SCOPE_NAMES, Principal
from shared.accounts.tokens import key_prefix, new_api_key, token_sha256
from shared.db.account_models import Account, ApiKey, Membership
from shared.db.ids import new_id
from shared.db.models import NOW
from shared.errors import (
    ApiKeyLimit,
    ApiKeyNotFound,
    FieldError,
    InvalidRequest,
    MemberNotFound,
)
from shared.queue.transitions import seconds_from_now

__all__ = [
    "MAX_KEYS",
    "MAX_LIFETIME_S",
    "NewKey",
    "create_key",
    "list_keys",
    "principal_of_key",
    "revoke_key",
]

MAX_KEYS = 50
"""Of one account, not counting revoked ones."""
MAX_LIFETIME_S = 10 * 365 * 86_400.0
_TOUCH_S = 60.0

_FIND = text("""
WITH found AS (
    SELECT k.id, k.account_id, k.workspace_id, k.scopes, m.role
    FROM api_key k
    JOIN account a ON a.id = k.account_id AND a.disabled_at IS NULL AND a.deleted_at IS NULL
    JOIN membership m ON m.account_id = k.account_id AND m.workspace_id = k.workspace_id
    WHERE k.key_sha256 = :key_sha256 AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
), touched AS (
    UPDATE api_key SET last_used_at = clock_timestamp() WHERE id = (
        SELECT k.id FROM api_key k JOIN found ON found.id = k.id
        WHERE k.last_used_at IS NULL
           OR k.last_used_at < clock_timestamp() - make_interval(secs => :touch_s)
        FOR UPDATE OF k SKIP LOCKED
    )
)
SELECT id, account_id, workspace_id, scopes, role FROM found
""")


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """What somebody enters who makes a key."""

    account_id: str
    workspace_id: str
    name: str
    scopes: Collection[str]
    lifetime_s: float | None = None
    """None: it does not expire."""


def create_key(session: Session, new: NewKey) -> tuple[str, ApiKey]:
    """Insert a key and return it, which is not stored, and its row.

    Raises:
        ApiKeyLimit: the account has too many.
        InvalidRequest: the name, a scope or the lifetime is invalid.
        MemberNotFound: the account is no member of the workspace.
    """
    scopes = _checked_scopes(new.scopes)
    _check_lifetime(new.lifetime_s)
    if session.get(Membership, (new.account_id, new.workspace_id)) is None:
        raise MemberNotFound(new.account_id, new.workspace_id)
    _check_count(session, new.account_id)
    key = new_api_key()
    row = ApiKey(
        id=new_id(),
        key_sha256=token_sha256(key),
        prefix=key_prefix(key),
        name=parse_label(new.name, field="name"),
        account_id=new.account_id,
        workspace_id=new.workspace_id,
        scopes=scopes,
        expires_at=None if new.lifetime_s is None else seconds_from_now(new.lifetime_s),
    )
    session.add(row)
    session.flush()
    return key, row


def _checked_scopes(scopes: Collection[str]) -> list[str]:
    if not scopes or not set(scopes) <= set(SCOPE_NAMES):
        message = f"Choose one or more of {', '.join(SCOPE_NAMES)}."
        raise InvalidRequest(FieldError(field="scopes", message=message))
    return [scope for scope in SCOPE_NAMES if scope in scopes]


def _check_lifetime(lifetime_s: float | None) -> None:
    if lifetime_s is not None and not 0 < lifetime_s <= MAX_LIFETIME_S:
        message = "Must be more than 0 and at most ten years."
        raise InvalidRequest(FieldError(field="lifetime_s", message=message))


def _check_count(session: Session, account_id: str) -> None:
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    count = session.scalar(select(func.count()).where(*_kept(account_id)))
    if count is not None and count >= MAX_KEYS:
        raise ApiKeyLimit(MAX_KEYS)


def list_keys(session: Session, account_id: str) -> Sequence[ApiKey]:
    """Return the keys of an account that are neither revoked nor expired, the newest first."""
    return session.scalars(
        select(ApiKey).where(*_kept(account_id)).order_by(ApiKey.id.desc())
    ).all()


def _kept(account_id: str) -> tuple[Any, ...]:
    expired = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > NOW)
    return ApiKey.account_id == account_id, ApiKey.revoked_at.is_(None), expired


def revoke_key(session: Session, key_id: str, account_id: str) -> None:
    """Revoke a key of an account; once is enough.

    Raises:
        ApiKeyNotFound: the account has no such key.
    """
    revoked = session.scalar(
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.account_id == account_id)
        .values(revoked_at=func.coalesce(ApiKey.revoked_at, NOW))
        .returning(ApiKey.id)
    )
    if revoked is None:
        raise ApiKeyNotFound(key_id)


def principal_of_key(session: Session, key: str) -> Principal | None:
    """Return for whom a key acts, with the present role; None: it is unknown, revoked or expired.

    One statement, which also records the use, at most once a minute, and waits for nobody. The
    caller commits.
    """
    if key_prefix(key) is None:
        return None
    parameters = {"key_sha256": token_sha256(key), "touch_s": _TOUCH_S}
    row = session.execute(_FIND, parameters).one_or_none()
    if row is None:
        return None
    return Principal(
        kind="key",
        account_id=row.account_id,
        workspace_id=row.workspace_id,
        role=row.role,
        scopes=frozenset(row.scopes),
        key_id=row.id,
    )
