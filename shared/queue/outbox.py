"""Transactional outbox: hints committed with the changes they announce."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shared.db.models import Outbox
from shared.queue.transitions import seconds_from_now

__all__ = ["delete_sent", "mark_sent", "unsent"]


def unsent(session: Session, limit: int = 100) -> Sequence[Outbox]:
    """Return due, unsent hints, oldest first, locked against other relays."""
    return session.scalars(
        select(Outbox)
        .where(Outbox.sent_at.is_(None), Outbox.due_at <= func.statement_timestamp())
        .order_by(Outbox.due_at, Outbox.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def mark_sent(session: Session, ids: Sequence[int]) -> None:
    """Mark hints as sent; sending one twice is harmless."""
    session.execute(
        update(Outbox)
        .where(Outbox.id.in_(ids))
        .values(sent_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )


def delete_sent(session: Session, *, older_than_s: float = 3600.0) -> int:
    """Delete hints sent more than `older_than_s` seconds ago; return their number."""
    deleted = session.execute(
        delete(Outbox)
        .where(Outbox.sent_at < seconds_from_now(-older_than_s))
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return len(deleted.all())
