"""Batches: jobs submitted in one transaction, tracked and cancelled together.

The caller commits.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.ids import new_id
from shared.db.models import ACTIVE, Batch, Job
from shared.errors import BatchExpired, BatchNotFound
from shared.jobs.insertion import BatchPosition, Submission, insert_job
from shared.jobs.quotas import Limits, check_limits, count_submitted, lock_submitter
from shared.jobs.submission import find_replayed
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import end_job, lock_jobs, unexpired
from shared.registry.releases import champion_versions
from shared.webhooks.endpoints import WebhookRequest, add_endpoint

__all__ = [
    "MAX_JOBS",
    "BatchHead",
    "BatchSubmission",
    "batch_head",
    "batch_jobs",
    "cancel_batch",
    "get_batch",
    "list_batches",
    "state_counts",
    "submit_batch",
]

MAX_JOBS = 100
"""Maximum jobs in a batch."""


@dataclass(frozen=True, kw_only=True)
class BatchSubmission:
    """A validated request for several jobs."""

    jobs: Sequence[Submission]
    """Designs of the same owner, without idempotency keys, in the order of the batch."""
    asked: Mapping[str, Any]
    """The swept values and how they were combined, shown with the batch."""
    payload_hash: str
    """Hash of the request's payload."""
    owner: str = ""
    workspace_id: str = MAIN_WORKSPACE
    idempotency_key: str | None = None
    webhook: WebhookRequest | None = None
    """Webhook that receives the events of all its jobs."""


@dataclass(frozen=True, kw_only=True)
class BatchHead:
    """Aggregates of a batch's jobs, which change with every change of the batch."""

    jobs: int
    """Count of unexpired jobs."""
    versions: int
    """Sum of the jobs' versions; it rises with every change of a job."""
    active: int
    """Count of active jobs."""

    @property
    def ended(self) -> bool:
        """Whether all jobs have ended."""
        return not self.active


def submit_batch(
    session: Session, submission: BatchSubmission, limits: Limits | None = None
) -> Batch:
    """Insert a batch and all its jobs; all pin the same model versions.

    Return the existing batch where the owner has used the idempotency key before. Batches and jobs
    have separate key spaces.

    Raises:
        ValueError: a job is not a design, has another owner or workspace, or has an idempotency
            key.
        IdempotencyConflict: the key was used with another payload.
        QueueFull, QuotaExceeded: see `shared.jobs.quotas.check_limits`.
    """
    _check_jobs(submission)
    limits = limits or Limits()
    lock_submitter(session, submission.owner, limits)
    existing = _existing_batch(session, submission)
    if existing is not None:
        return existing
    check_limits(session, submission.owner, limits, len(submission.jobs))
    batch = session.scalars(
        upsert(Batch)
        .values(
            id=new_id(),
            asked=dict(submission.asked),
            size=len(submission.jobs),
            owner=submission.owner,
            workspace_id=submission.workspace_id,
            idempotency_key=submission.idempotency_key,
            payload_hash=submission.payload_hash,
        )
        .on_conflict_do_nothing(
            index_elements=["owner", "idempotency_key"],
            index_where=text("idempotency_key IS NOT NULL"),
        )
        .returning(Batch)
    ).one_or_none()
    if batch is None:  # a concurrent transaction inserted it
        batch = _existing_batch(session, submission)
        assert batch is not None
        return batch
    if submission.webhook is not None:  # before the first event, which it receives too
        add_endpoint(
            session, submission.webhook, workspace_id=batch.workspace_id, batch_id=batch.id
        )
    versions = champion_versions(session)
    inserted = []
    for index, job in enumerate(submission.jobs):
        pinned = versions if job.model_versions is None else job.model_versions
        row = insert_job(session, job, pinned, BatchPosition(batch_id=batch.id, index=index))
        assert row is not None  # it has no key that another one could have
        inserted.append(row.id)
    count_submitted(session, submission.owner, limits, inserted)
    return batch


def _check_jobs(submission: BatchSubmission) -> None:
    expected = ("design", submission.owner, submission.workspace_id, None)
    for job in submission.jobs:
        if (job.pipeline, job.owner, job.workspace_id, job.idempotency_key) != expected:
            raise ValueError("a batch contains only designs of its owner, without idempotency keys")


def _existing_batch(session: Session, submission: BatchSubmission) -> Batch | None:
    return find_replayed(
        session,
        Batch,
        submission.owner,
        submission.idempotency_key,
        submission.payload_hash,
        submission.workspace_id,
    )


def get_batch(session: Session, batch_id: str) -> Batch:
    """Return a batch.

    Raises:
        BatchNotFound: it does not exist, or was deleted.
        BatchExpired: all its jobs have expired.
    """
    batch = session.get(Batch, batch_id)
    if batch is None:
        raise BatchNotFound(batch_id)
    if batch_head(session, batch_id).jobs == 0:
        raise BatchExpired(batch_id)
    return batch


def batch_head(session: Session, batch_id: str) -> BatchHead:
    """Return the aggregates of a batch's jobs in one query; all are 0 for an unknown batch."""
    row = session.execute(
        select(
            func.count(Job.id),
            func.coalesce(func.sum(Job.version), 0),
            func.count(Job.id).filter(Job.state.in_(ACTIVE)),
        ).where(Job.batch_id == batch_id, unexpired())
    ).one()
    return BatchHead(jobs=row[0], versions=int(row[1]), active=row[2])


def batch_jobs(session: Session, batch_id: str) -> Sequence[Job]:
    """Return a batch's unexpired jobs, in the order of the batch."""
    return session.scalars(
        select(Job).where(Job.batch_id == batch_id, unexpired()).order_by(Job.batch_index)
    ).all()


def state_counts(session: Session, batch_ids: Sequence[str]) -> Mapping[str, Counter[str]]:
    """Return the counts of unexpired jobs by state of each batch, in one query.

    A batch without such jobs has an empty counter.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    rows = session.execute(
        select(Job.batch_id, Job.state, func.count())
        .where(Job.batch_id.in_(batch_ids), unexpired())
        .group_by(Job.batch_id, Job.state)
    )
    for batch_id, state, count in rows:
        counts[str(batch_id)][state] = count
    return counts


def list_batches(
    session: Session,
    limit: int = 50,
    before: str | None = None,
    *,
    owner: str | None = None,
    workspace_id: str | None = None,
) -> Sequence[Batch]:
    """Return batches with unexpired jobs, newest first; of all owners and workspaces by default.

    Args:
        before: id of the last batch of the previous page.
    """
    query = select(Batch).where(
        select(Job.id).where(Job.batch_id == Batch.id, unexpired()).exists()
    )
    if before is not None:
        query = query.where(Batch.id < before)
    if owner is not None:
        query = query.where(Batch.owner == owner)
    if workspace_id is not None:
        query = query.where(Batch.workspace_id == workspace_id)
    return session.scalars(query.order_by(Batch.id.desc()).limit(limit)).all()


def cancel_batch(session: Session, batch_id: str) -> int:
    """Cancel all active jobs of a batch and return their count.

    Ended jobs do not change. After the commit the workers can no longer write results of the
    cancelled jobs.
    """
    ids = session.scalars(
        select(Job.id).where(Job.batch_id == batch_id, Job.state.in_(ACTIVE))
    ).all()
    active = [job for job in lock_jobs(session, ids).values() if job.state in ACTIVE]
    for job in active:
        end_job(session, job, "cancelled")
    session.flush()
    return len(active)
