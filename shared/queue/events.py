"""Job events: one numbered row for each change; the last number is the job's version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shared.db.models import Job, JobEvent

__all__ = [
    "EVENT_KINDS",
    "Change",
    "EventKind",
    "NumberedChange",
    "events_after",
    "numbered",
    "record",
    "record_each",
]

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


NumberedChange = tuple[str, int, Change]
"""Job id, sequence number, change."""

# One statement however many: the trigger that inserts webhook deliveries runs once for each.
_INSERT = text("""
INSERT INTO job_event (job_id, seq, kind, body)
SELECT job_id, seq, kind, body
FROM jsonb_to_recordset(:rows) AS event (job_id text, seq bigint, kind text, body jsonb)
""").bindparams(bindparam("rows", type_=JSONB))


def record(session: Session, job: Job, *changes: Change) -> None:
    """Number the changes of a locked job and insert them as events."""
    record_each(session, [numbered(job, change) for change in changes])


def numbered(job: Job, change: Change) -> NumberedChange:
    """Number a change of a locked job, for `record_each`."""
    job.version += 1
    return job.id, job.version, change


def record_each(session: Session, changes: Iterable[NumberedChange]) -> None:
    """Insert numbered changes as events."""
    rows = [
        {"job_id": job_id, "seq": seq, "kind": change.kind, "body": dict(change.body)}
        for job_id, seq, change in changes
    ]
    if rows:
        session.execute(_INSERT, {"rows": rows})


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
