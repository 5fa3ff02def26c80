"""Submit, read, list, cancel and retry jobs.

The caller commits. After the commit of a submission or a retry the caller may publish a hint
(`shared.broker.hints.hint`); otherwise the relay publishes it.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Batch, Job
from shared.errors import (
    IdempotencyConflict,
    JobExpired,
    JobNotFound,
    JobStillActive,
)
from shared.jobs.insertion import (
    Derivation,
    DesignInput,
    How,
    PrintSource,
    Submission,
    insert_job,
    payload_hash_of,
)
from shared.jobs.quotas import Limits, check_limits, count_submitted, lock_submitter
from shared.jobs.serializers import job_document
from shared.queue.completion import submitted_artifacts
from shared.queue.events import events_after
from shared.queue.transitions import end_job, lock_job, unexpired
from shared.registry.releases import champion_versions
from shared.webhooks.endpoints import webhook_for_retry

__all__ = [
    "DesignInput",
    "Limits",
    "Submission",
    "active_jobs",
    "cancel",
    "check_limits",
    "events_after",
    "find_replayed",
    "get_job",
    "job_document",
    "list_jobs",
    "repeat_hash",
    "retry",
    "submit",
]

Replayed = TypeVar("Replayed", Job, Batch)


def submit(session: Session, submission: Submission, limits: Limits | None = None) -> Job:
    """Insert a job and return it with all its columns.

    Return the existing job where the owner has used the idempotency key before.

    Raises:
        IdempotencyConflict: the key was used with another payload.
        QueueFull, QuotaExceeded: see `shared.jobs.quotas.check_limits`.
    """
    owner, limits = submission.owner, limits or Limits()
    lock_submitter(session, owner, limits)
    existing = _existing_job(session, submission)
    if existing is not None:
        return existing
    check_limits(session, owner, limits)
    versions = submission.model_versions
    job = insert_job(
        session, submission, champion_versions(session) if versions is None else versions
    )
    if job is None:  # a concurrent transaction inserted it
        job = _existing_job(session, submission)
        assert job is not None
        return job
    count_submitted(session, owner, limits, [job.id])
    return job


def _existing_job(session: Session, submission: Submission) -> Job | None:
    return find_replayed(
        session,
        Job,
        submission.owner,
        submission.idempotency_key,
        payload_hash_of(submission),
        submission.workspace_id,
    )


def find_replayed(
    session: Session,
    table: type[Replayed],
    owner: str,
    key: str | None,
    payload_hash: str,
    workspace_id: str,
) -> Replayed | None:
    """Return the job or batch for which the owner has used the idempotency key before.

    Raises:
        IdempotencyConflict: the key was used with another payload, or in another workspace.
    """
    if key is None:
        return None
    query = select(table).where(table.owner == owner, table.idempotency_key == key)
    existing = session.scalars(query).one_or_none()
    if existing is not None and (
        (existing.payload_hash, existing.workspace_id) != (payload_hash, workspace_id)
    ):
        raise IdempotencyConflict
    return existing


def active_jobs(session: Session) -> int:
    """Return the count of active jobs."""
    return session.scalar(select(func.count(Job.id)).where(Job.state.in_(ACTIVE))) or 0


def get_job(session: Session, job_id: str) -> Job:
    """Return a job.

    Raises:
        JobNotFound: it does not exist, or was collected.
        JobExpired: its time to live is over, or it was deleted.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise JobNotFound(job_id)
    if job.deleted_at is not None:
        raise JobExpired(job_id, deleted=True)
    if job.expires_at is not None:
        is_expired = select(Job.expires_at <= func.clock_timestamp()).where(Job.id == job_id)
        if session.scalar(is_expired):
            raise JobExpired(job_id)
    return job


def list_jobs(
    session: Session,
    limit: int = 50,
    before: str | None = None,
    *,
    pipeline: str | None = None,
    owner: str | None = None,
) -> Sequence[Job]:
    """Return jobs, newest first; `before` is the id of the last job of the previous page."""
    query = select(Job).where(unexpired())
    if before is not None:
        query = query.where(Job.id < before)
    if pipeline is not None:
        query = query.where(Job.pipeline == pipeline)
    if owner is not None:
        query = query.where(Job.owner == owner)
    return session.scalars(query.order_by(Job.id.desc()).limit(limit)).all()


def cancel(session: Session, job_id: str) -> Job:
    """Cancel an active job and return it; an ended job does not change.

    After the commit its workers can no longer write results.

    Raises:
        JobNotFound: it does not exist.
    """
    job = lock_job(session, job_id)
    if job is None:
        raise JobNotFound(job_id)
    if job.state in ACTIVE:
        end_job(session, job, "cancelled")
        session.flush()
    return job


def retry(
    session: Session,
    job_id: str,
    *,
    owner: str | None = None,
    top_priority: int | None = None,
    ttl_s: float | None = None,
    limits: Limits | None = None,
    idempotency_key: str | None = None,
) -> Job:
    """Submit a new job with the request of an ended one and return it.

    The new job pins the current champion release. A print keeps its design and the model versions
    of the old job.

    Args:
        owner: owner of the new job; None: the old job's.
        top_priority: maximum priority of the new job; None: the old job's priority.
        idempotency_key: if the owner has used it for this retry, its job is returned.

    Raises:
        JobNotFound, JobExpired: the job does not exist, or has expired.
        JobStillActive: it has not ended.
        IdempotencyConflict: the key was used for another request.
        QueueFull, QuotaExceeded: see `shared.jobs.quotas.check_limits`.
    """
    old = get_job(session, job_id)
    if old.state in ACTIVE:
        raise JobStillActive(job_id)
    is_print = old.pipeline == "print"
    source = PrintSource(design_id=old.print_of, results_of=old.id) if is_print else None
    return submit(
        session,
        Submission(
            pipeline=old.pipeline,
            brief=old.brief,
            options=old.options,
            design=DesignInput.of_job(old),
            print_source=source,
            artifacts=submitted_artifacts(session, old.id),
            owner=old.owner if owner is None else owner,
            workspace_id=old.workspace_id,
            priority=old.priority if top_priority is None else min(old.priority, top_priority),
            ttl_s=ttl_s,
            derivation=Derivation(job_id=old.id, how="retry"),
            idempotency_key=idempotency_key,
            payload_hash=repeat_hash(old.id, "retry"),
            webhook=webhook_for_retry(session, old) if owner in {None, old.owner} else None,
            model_versions=old.model_versions if is_print else None,
        ),
        limits,
    )


def repeat_hash(job_id: str, how: How) -> str:
    """Return the payload hash of a request to repeat a job: what it draws or finds is no part."""
    return hashlib.sha256(f"{how} of {job_id}".encode()).hexdigest()
