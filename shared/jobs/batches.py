"""Several jobs asked for at once: recorded in one transaction, followed and cancelled as one.

Every function leaves the commit to its caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.ids import new_id
from shared.db.models import ACTIVE, Batch, Job
from shared.errors import BatchExpired, BatchNotFound, IdempotencyConflict
from shared.jobs.submission import Limits, Submission, check_room, submit
from shared.queue.fairness import lock_owner
from shared.queue.transitions import end_job, lock_jobs, unexpired
from shared.registry.releases import champions
from shared.webhooks.endpoints import WebhookAsked, add_endpoint

__all__ = [
    "MAX_JOBS",
    "BatchHead",
    "BatchSubmission",
    "batch_head",
    "batch_jobs",
    "cancel_batch",
    "get_batch",
    "list_batches",
    "submit_batch",
]

MAX_JOBS = 100
"""Most jobs of one batch."""


@dataclass(frozen=True, kw_only=True)
class BatchSubmission:
    """A request for several jobs, validated; their order is that of the batch."""

    jobs: Sequence[Submission]
    asked: Mapping[str, Any]
    """What was swept over and how it was combined, for whoever looks at the batch."""
    payload: str
    """Hash of the payload as it was sent."""
    owner: str = ""
    idempotency_key: str | None = None
    webhook: WebhookAsked | None = None
    """Where the events of all its jobs are sent."""


@dataclass(frozen=True, kw_only=True)
class BatchHead:
    """The least that tells whether a batch has changed."""

    jobs: int
    """Jobs that have not expired."""
    versions: int
    """Sum of the jobs' versions: rises with every change of one of them."""
    active: int
    """Jobs that have not ended."""

    @property
    def ended(self) -> bool:
        """Whether all jobs have."""
        return not self.active


def submit_batch(session: Session, asked: BatchSubmission, limits: Limits | None = None) -> Batch:
    """Record a batch and all its jobs, or none of them; all pin the same model versions.

    The same idempotency key of the same owner gives the batch that is there already. Keys of
    batches and of jobs do not meet.

    Raises:
        ValueError: one of the jobs is no design; batches are open to all visitors.
        IdempotencyConflict: the key came with another payload.
        QueueFull, OwnerLimit: with these, more jobs would not have ended than may.
    """
    if any(each.pipeline != "design" for each in asked.jobs):
        raise ValueError("a batch holds designs only")
    lock_owner(session, asked.owner)
    known = _known(session, asked)
    if known is not None:
        return known
    check_room(session, asked.owner, limits or Limits(), len(asked.jobs))
    batch_id = session.scalars(
        upsert(Batch)
        .values(
            id=new_id(),
            asked=dict(asked.asked),
            size=len(asked.jobs),
            owner=asked.owner,
            idempotency_key=asked.idempotency_key,
            payload_hash=asked.payload,
        )
        .on_conflict_do_nothing(
            index_elements=["owner", "idempotency_key"],
            index_where=text("idempotency_key IS NOT NULL"),
        )
        .returning(Batch.id)
    ).one_or_none()
    if batch_id is None:  # another transaction was first
        known = _known(session, asked)
        assert known is not None
        return known
    if asked.webhook is not None:  # before the first event
        add_endpoint(session, asked.webhook, batch_id=batch_id)
    _submit_jobs(session, batch_id, asked)
    return session.get_one(Batch, batch_id)


def _submit_jobs(session: Session, batch_id: str, asked: BatchSubmission) -> None:
    versions = champions(session)
    for index, each in enumerate(asked.jobs):
        one = replace(
            each,
            owner=asked.owner,
            batch_id=batch_id,
            batch_index=index,
            idempotency_key=None,
            model_versions=versions if each.model_versions is None else each.model_versions,
        )
        submit(session, one)


def _known(session: Session, asked: BatchSubmission) -> Batch | None:
    if asked.idempotency_key is None:
        return None
    known = session.scalars(
        select(Batch).where(
            Batch.owner == asked.owner, Batch.idempotency_key == asked.idempotency_key
        )
    ).one_or_none()
    if known is not None and known.payload_hash != asked.payload:
        raise IdempotencyConflict
    return known


def get_batch(session: Session, batch_id: str) -> Batch:
    """Give a batch.

    Raises:
        BatchNotFound: it never was, or was deleted.
        BatchExpired: all its jobs have expired.
    """
    batch = session.get(Batch, batch_id)
    if batch is None:
        raise BatchNotFound(batch_id)
    if batch_head(session, batch_id).jobs == 0:
        raise BatchExpired(batch_id)
    return batch


def batch_head(session: Session, batch_id: str) -> BatchHead:
    """Read how far a batch's jobs are, all at once; a batch that is not there has none."""
    row = session.execute(
        select(
            func.count(Job.id),
            func.coalesce(func.sum(Job.version), 0),
            func.count(Job.id).filter(Job.state.in_(ACTIVE)),
        ).where(Job.batch_id == batch_id, unexpired())
    ).one()
    return BatchHead(jobs=row[0], versions=int(row[1]), active=row[2])


def batch_jobs(session: Session, batch_id: str) -> Sequence[Job]:
    """List a batch's jobs that have not expired, in their order."""
    return session.scalars(
        select(Job).where(Job.batch_id == batch_id, unexpired()).order_by(Job.batch_index)
    ).all()


def list_batches(
    session: Session, limit: int = 50, before: str | None = None, *, owner: str | None = None
) -> Sequence[Batch]:
    """List batches that have jobs, newest first; `before` is the id of the one before the page."""
    found = select(Batch).where(
        select(Job.id).where(Job.batch_id == Batch.id, unexpired()).exists()
    )
    if before is not None:
        found = found.where(Batch.id < before)
    if owner is not None:
        found = found.where(Batch.owner == owner)
    return session.scalars(found.order_by(Batch.id.desc()).limit(limit)).all()


def cancel_batch(session: Session, batch_id: str) -> int:
    """End all active jobs of a batch as cancelled; gives their number.

    Jobs that have ended stay as they are. Nothing that workers still do for the others has an
    effect once this is committed.
    """
    ids = session.scalars(
        select(Job.id).where(Job.batch_id == batch_id, Job.state.in_(ACTIVE))
    ).all()
    active = [job for job in lock_jobs(session, ids).values() if job.state in ACTIVE]
    for job in active:
        end_job(session, job, "cancelled")
    session.flush()
    return len(active)
