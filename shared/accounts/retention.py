"""Deletion of sessions, invitations, links and counts of attempts that ended long ago."""

from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from shared.accounts.throttle import FORGET_S
from shared.db.account_models import (
    AccountSession,
    Invitation,
    PasswordReset,
    ShareLink,
    SignInThrottle,
)
from shared.queue.transitions import seconds_from_now

__all__ = ["KEEP_S", "delete_ended"]

KEEP_S = 90 * 86_400.0
"""For so long, it is known from which networks an account was signed in."""


def delete_ended(session: Session) -> int:
    """Delete what ended more than 90 days ago, and old counts of attempts; return how many."""
    long_ago: Any = seconds_from_now(-KEEP_S)
    is_revoked = AccountSession.revoked_at < long_ago
    link_ended = or_(ShareLink.expires_at < long_ago, ShareLink.revoked_at < long_ago)
    queries = (
        delete(AccountSession)
        .where(or_(AccountSession.expires_at < long_ago, is_revoked))
        .returning(AccountSession.id),
        delete(Invitation).where(Invitation.expires_at < long_ago).returning(Invitation.id),
        delete(PasswordReset)
        .where(PasswordReset.expires_at < long_ago)
        .returning(PasswordReset.token_sha256),
        delete(ShareLink).where(link_ended).returning(ShareLink.id),
        delete(SignInThrottle)
        .where(SignInThrottle.tried_at < seconds_from_now(-FORGET_S))
        .returning(SignInThrottle.key),
    )
    return sum(len(session.scalars(query).all()) for query in queries)
