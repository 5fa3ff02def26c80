"""A job's changes: each is one numbered row, and the number is the job's version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shared.db.models import Job, JobEvent

__all__ = ["EVENT_KINDS", "Change", "EventKind", "events_after", "record", "record_each"]

EventKind = Literal[
    "job.submitted",
    "job.succeeded",
    "job.failed",
    "job.cancelled",
    "stage.started",
    "stage.progress",
    "stage.checkpoint",
    "stage.done",
    "stage.retry",
    "stage.released",
    "stage.expired",
    "stage.dead",
]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a job, before it has its number."""

    kind: str
    """One of `EVENT_KINDS`."""
    body: Mapping[str, Any] = field(default_factory=dict)


def record(session: Session, job: Job, *changes: Change) -> None:
    """Number and note changes of a job whose row the session has locked."""
    for change in changes:
        job.version += 1
        session.add(
            JobEvent(job_id=job.id, seq=job.version, kind=change.kind, body=dict(change.body))
        )


def record_each(session: Session, changes: Iterable[tuple[str, int, Change]]) -> None:
    """Note changes that have their numbers already: (job's id, number, change)."""
    rows = [
        {"job_id": job_id, "seq": seq, "kind": change.kind, "body": dict(change.body)}
        for job_id, seq, change in changes
    ]
    if rows:
        session.execute(insert(JobEvent), rows)


def events_after(
    session: Session, job_id: str, seq: int, *, limit: int = 500
) -> Sequence[JobEvent]:
    """List a job's events after a number, oldest first."""
    return session.scalars(
        select(JobEvent)
        .where(JobEvent.job_id == job_id, JobEvent.seq > seq)
        .order_by(JobEvent.seq)
        .limit(limit)
    ).all()
