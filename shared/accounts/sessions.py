"""Sessions of browsers that are signed in, kept on the server so that they can be ended.

The browser holds a random token, the database its hash. The caller commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from shared.accounts.rights import Principal
from shared.accounts.tokens import new_token, token_sha256
from shared.db.account_models import Account, AccountSession, Membership
from shared.db.ids import new_id
from shared.db.models import NOW
from shared.errors import MemberNotFound, SessionNotFound
from shared.networks import network_of
from shared.queue.transitions import seconds_from_now

__all__ = [
    "IDLE_S",
    "LIFETIME_S",
    "Visit",
    "create_session",
    "has_signed_in_from",
    "live_sessions",
    "principal_of_session",
    "revoke_all_sessions",
    "revoke_session",
    "use_workspace",
]

LIFETIME_S = 30 * 86_400.0
"""A session ends, however often it is used."""
IDLE_S = 7 * 86_400.0
"""A session ends that was not used for so long."""
TOUCH_S = 60.0
"""How exactly the last use is recorded: a page of twenty requests writes once."""

_KNOWN_NETWORK_S = 90 * 86_400.0
_MAX_USER_AGENT = 200
_MAX_ADDRESS = 64

_FIND = text("""
WITH found AS (
    SELECT s.id, s.account_id, member.workspace_id, member.role
    FROM account_session s
    JOIN account a ON a.id = s.account_id AND a.disabled_at IS NULL AND a.deleted_at IS NULL
    LEFT JOIN LATERAL (
        SELECT m.workspace_id, m.role FROM membership m WHERE m.account_id = s.account_id
        ORDER BY m.workspace_id IS DISTINCT FROM s.workspace_id, m.created_at, m.workspace_id
        LIMIT 1
    ) member ON true
    WHERE s.token_sha256 = :token_sha256 AND s.revoked_at IS NULL
      AND s.expires_at > clock_timestamp()
      AND s.last_seen_at > clock_timestamp() - make_interval(secs => :idle_s)
), touched AS (
    UPDATE account_session SET last_seen_at = clock_timestamp() WHERE id = (
        SELECT s.id FROM account_session s JOIN found ON found.id = s.id
        WHERE s.last_seen_at < clock_timestamp() - make_interval(secs => :touch_s)
        FOR UPDATE OF s SKIP LOCKED
    )
)
SELECT id, account_id, workspace_id, role FROM found
""")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where somebody signs in from."""

    address: str = ""
    user_agent: str = ""

    @property
    def network(self) -> str:
        """Return the network by which attempts are counted."""
        return network_of(self.address[:_MAX_ADDRESS])


def create_session(session: Session, account_id: str, visit: Visit) -> tuple[str, AccountSession]:
    """Insert a session and return its token, which is not stored, and its row."""
    token = new_token()
    row = AccountSession(
        id=new_id(),
        token_sha256=token_sha256(token),
        account_id=account_id,
        expires_at=seconds_from_now(LIFETIME_S),
        address=visit.address[:_MAX_ADDRESS],
        network=visit.network,
        user_agent=_printable(visit.user_agent)[:_MAX_USER_AGENT],
    )
    session.add(row)
    session.flush()
    return token, row


def _printable(user_agent: str) -> str:
    return "".join(char for char in user_agent[: 2 * _MAX_USER_AGENT] if char.isprintable())


def deleted_account_of(session: Session, token: str) -> str | None:
    """Return the id of the deleted account that was signed in with a token; None: there is none."""
    query = (
        select(Account.id)
        .join(AccountSession, AccountSession.account_id == Account.id)
        .where(
            AccountSession.token_sha256 == token_sha256(token),
            AccountSession.revoked_at.is_(None),
            Account.deleted_at.is_not(None),
        )
    )
    return session.scalars(query).one_or_none()


def principal_of_session(session: Session, token: str) -> Principal | None:
    """Return who holds a token, with the present role; None: it is unknown, ended or expired.

    One statement, which also records the use, at most once a minute, and waits for nobody. The
    caller commits.
    """
    parameters = {"token_sha256": token_sha256(token), "idle_s": IDLE_S, "touch_s": TOUCH_S}
    row = session.execute(_FIND, parameters).one_or_none()
    if row is None:
        return None
    return Principal(
        kind="session",
        account_id=row.account_id,
        workspace_id=row.workspace_id,
        role=row.role,
        session_id=row.id,
    )


def use_workspace(session: Session, session_id: str, account_id: str, workspace_id: str) -> None:
    """Make a workspace the one that a session of a member works in.

    Raises:
        MemberNotFound: the account is no member of it.
        SessionNotFound: the account has no such session.
    """
    if session.get(Membership, (account_id, workspace_id)) is None:
        raise MemberNotFound(account_id, workspace_id)
    changed = session.scalar(
        update(AccountSession)
        .where(AccountSession.id == session_id, AccountSession.account_id == account_id)
        .values(workspace_id=workspace_id)
        .returning(AccountSession.id)
    )
    if changed is None:
        raise SessionNotFound(session_id)


def live_sessions(session: Session, account_id: str) -> Sequence[AccountSession]:
    """Return the sessions of an account that have not ended, the last used first."""
    return session.scalars(
        select(AccountSession)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > NOW,
            AccountSession.last_seen_at > seconds_from_now(-IDLE_S),
        )
        .order_by(AccountSession.last_seen_at.desc())
    ).all()


def revoke_session(session: Session, session_id: str, account_id: str) -> None:
    """End a session of an account, at sign-out or from the list of sessions; once is enough.

    Raises:
        SessionNotFound: the account has no such session.
    """
    revoked = session.scalar(
        update(AccountSession)
        .where(AccountSession.id == session_id, AccountSession.account_id == account_id)
        .values(revoked_at=func.coalesce(AccountSession.revoked_at, NOW))
        .returning(AccountSession.id)
    )
    if revoked is None:
        raise SessionNotFound(session_id)


def revoke_all_sessions(session: Session, account_id: str, *, keep: str | None = None) -> None:
    """End all sessions of an account.

    Args:
        keep: id of the session that goes on.
    """
    session.execute(
        update(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.revoked_at.is_(None))
        .where(AccountSession.id.is_distinct_from(keep))
        .values(revoked_at=NOW)
    )


def has_signed_in_from(session: Session, account_id: str, network: str) -> bool:
    """Return whether an account was signed in from a network within 90 days."""
    query = (
        select(AccountSession.id)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.network == network,
            AccountSession.created_at > seconds_from_now(-_KNOWN_NETWORK_S),
        )
        .limit(1)
    )
    return session.scalar(query) is not None
