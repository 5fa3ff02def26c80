"""Job events: one numbered row for each change; the last number is the job's version."""

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
    "stage.artifacts",
    "stage.done",
    "stage.retry",
    "stage.released",
    "stage.expired",
    "stage.dead",
]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of a job that has no sequence number yet."""

    kind: str
    """One of `EVENT_KINDS`."""
    body: Mapping[str, Any] = field(default_factory=dict)


def record(session: Session, job: Job, *changes: Change) -> None:
    """Number the changes of a locked job and insert them as events."""
    for change in changes:
        job.version += 1
        session.add(
            JobEvent(job_id=job.id, seq=job.version, kind=change.kind, body=dict(change.body))
        )


def record_each(session: Session, changes: Iterable[tuple[str, int, Change]]) -> None:
    """Insert changes with given numbers: (job id, sequence number, change)."""
    rows = [
        {"job_id": job_id, "seq": seq, "kind": change.kind, "body": dict(change.body)}
        for job_id, seq, change in changes
    ]
    if rows:
        session.execute(insert(JobEvent), rows)


def events_after(
    session: Session, job_id: str, seq: int, *, limit: int = 500
) -> Sequence[JobEvent]:
    """Return the events of a job after a sequence number, oldest first."""
    return session.scalars(
        select(JobEvent)
        .where(JobEvent.job_id == job_id, JobEvent.seq > seq)
        .order_by(JobEvent.seq)
        .limit(limit)
    ).all()
