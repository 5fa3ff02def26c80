"""Submit, read, list, cancel and retry jobs.

The caller commits. After the commit of a submission or a retry the caller may publish a hint
(`shared.broker.hints.hint`); otherwise the relay publishes it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.ids import new_id
from shared.db.models import ACTIVE, Job, StageRun
from shared.errors import (
    IdempotencyConflict,
    JobExpired,
    JobNotFound,
    JobStillActive,
    OwnerLimit,
    QueueFull,
)
from shared.jobs.carried_results import copy_results
from shared.jobs.serializers import job_document
from shared.pipelines import PIPELINES, stages_for
from shared.queue.estimates import estimate_retry_after_s
from shared.queue.events import Change, events_after, record_each
from shared.queue.fairness import claim_order, lock_owner, next_turn
from shared.queue.transitions import announce, end_job, lock_job, seconds_from_now, unexpired
from shared.registry.releases import champion_versions
from shared.webhooks.endpoints import WebhookRequest, add_endpoint, webhook_for_retry

__all__ = [
    "Limits",
    "Submission",
    "active_jobs",
    "cancel",
    "check_limits",
    "events_after",
    "first_stage",
    "get_job",
    "job_document",
    "list_jobs",
    "payload_hash",
    "retry",
    "submit",
]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Maximum numbers of active jobs; None: unlimited."""

    queue: int | None = None
    """Active jobs of all owners."""
    owner: int | None = None
    """Active jobs of one owner."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A validated request for a job whose reference image is already stored."""

    options: Mapping[str, Any]
    """Options with their defaults; of a design see `worker.execution.contracts.DesignOptions`."""
    pipeline: str = "design"
    brief: str = ""
    understood: Mapping[str, Any] = field(default_factory=dict)
    reference_sha256: str | None = None
    reference_notice: tuple[str, ...] = ()
    """Codes of the changes made to the reference image."""
    notices: tuple[str, ...] = ()
    """Codes of notices to the designer."""
    owner: str = ""
    idempotency_key: str | None = None
    payload: str | None = None
    """Hash of the request's payload; None: computed by `payload_hash`."""
    model_versions: Mapping[str, str] | None = None
    """Model version ids by role; None: those of the champion release."""
    priority: int = 0
    not_before: datetime | None = None
    deadline: datetime | None = None
    cancel_after_s: float | None = None
    """Seconds from now until the deadline, by the database's clock; takes precedence over
    `deadline`."""
    ttl_s: float | None = None
    """Seconds until an ended job expires; None: never."""
    retried_from: str | None = None
    batch_id: str | None = None
    batch_index: int | None = None
    webhook: WebhookRequest | None = None
    """Webhook that receives the job's events."""
    print_of: str | None = None
    """Id of the design of which a variant is printed."""
    carried_from: str | None = None
    """Id of the job whose results are copied; see `Pipeline.carries`."""


def payload_hash(submission: Submission) -> str:
    """Return the sha256 of the submission's content."""
    content = {
        "pipeline": submission.pipeline,
        "brief": submission.brief,
        "options": dict(submission.options),
        "reference": submission.reference_sha256,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def submit(session: Session, submission: Submission, limits: Limits | None = None) -> Job:
    """Insert a job, its stage runs and the hint for its first stage.

    Return the existing job where the owner has used the idempotency key before.

    Raises:
        IdempotencyConflict: the key was used with another payload.
        QueueFull, OwnerLimit: the limit of active jobs is reached.
    """
    lock_owner(session, submission.owner)
    digest = submission.payload or payload_hash(submission)
    existing = _find_existing(session, submission, digest)
    if existing is not None:
        return existing
    check_limits(session, submission.owner, limits or Limits())
    job = session.scalars(
        upsert(Job)
        .values(**_column_values(session, submission), payload_hash=digest)
        .on_conflict_do_nothing(
            index_elements=["owner", "idempotency_key"],
            index_where=text("idempotency_key IS NOT NULL"),
        )
        .returning(Job)
    ).one_or_none()
    if job is None:  # a concurrent transaction inserted it
        existing = _find_existing(session, submission, digest)
        assert existing is not None
        return existing
    _insert_stage_runs(session, job, submission)
    if submission.webhook is not None:  # before the first event, which it receives too
        add_endpoint(session, submission.webhook, job_id=job.id)
    submitted = Change(kind="job.submitted", body={"pipeline": submission.pipeline})
    record_each(session, [(job.id, 1, submitted)])
    if submission.carried_from is not None:
        copy_results(session, job, submission.carried_from)
    if submission.print_of is not None:
        _update_counter(session, submission.print_of, prints=Job.prints + 1)
    announce(session, job.id, first_stage(job))
    return job


def check_limits(session: Session, owner: str, limits: Limits, count: int = 1) -> None:
    """Check that `count` further jobs fit within the limits.

    The result holds while the caller holds the owner's lock.

    Raises:
        QueueFull, OwnerLimit: they would exceed the limit of active jobs.
    """
    if limits == Limits():
        return
    active = select(func.count(), func.count().filter(Job.owner == owner))
    total_active, owner_active = session.execute(active.where(Job.state.in_(ACTIVE))).one()
    if limits.queue is not None and total_active + count > limits.queue:
        raise QueueFull(estimate_retry_after_s(session, total_active + count - limits.queue))
    if limits.owner is not None and owner_active + count > limits.owner:
        excess = owner_active + count - limits.owner
        raise OwnerLimit(limits.owner, estimate_retry_after_s(session, excess, owner))


def _find_existing(session: Session, submission: Submission, digest: str) -> Job | None:
    if submission.idempotency_key is None:
        return None
    existing = session.scalars(
        select(Job).where(
            Job.owner == submission.owner, Job.idempotency_key == submission.idempotency_key
        )
    ).one_or_none()
    if existing is not None and existing.payload_hash != digest:
        raise IdempotencyConflict
    return existing


def _column_values(session: Session, submission: Submission) -> dict[str, Any]:
    model_versions = submission.model_versions
    after_s = submission.cancel_after_s
    return {
        "id": new_id(),
        "version": 1,
        "pipeline": submission.pipeline,
        "brief": submission.brief,
        "options": dict(submission.options),
        "understood": dict(submission.understood),
        "reference_sha256": submission.reference_sha256,
        "reference_notice": list(submission.reference_notice),
        "notices": list(submission.notices),
        "model_versions": (
            champion_versions(session) if model_versions is None else dict(model_versions)
        ),
        "owner": submission.owner,
        "idempotency_key": submission.idempotency_key,
        "priority": submission.priority,
        "turn": next_turn(session, submission.owner, submission.pipeline, submission.priority),
        "not_before": submission.not_before,
        "deadline": submission.deadline if after_s is None else seconds_from_now(after_s),
        "ttl_s": submission.ttl_s,
        "retried_from": submission.retried_from,
        "print_of": submission.print_of,
        "batch_id": submission.batch_id,
        "batch_index": submission.batch_index,
    }


def _insert_stage_runs(session: Session, job: Job, submission: Submission) -> None:
    """Insert all stage runs of a job; the first that is not skipped is ready."""
    planned = stages_for(submission.pipeline, has_reference=submission.reference_sha256 is not None)
    first = next(spec.name for spec, skipped in planned if not skipped)
    rows = []
    for position, (spec, skipped) in enumerate(
        planned, start=len(PIPELINES[submission.pipeline].carries)
    ):
        is_first = spec.name == first
        rows.append(
            {
                "job_id": job.id,
                "stage": spec.name,
                "position": position,
                "queue": spec.queue,
                "state": "skipped" if skipped else "ready" if is_first else "waiting",
                "priority": job.priority,
                "turn": claim_order(job.turn, job.priority),
                "not_before": submission.not_before if is_first else None,
                "max_attempts": spec.max_attempts,
            }
        )
    session.execute(insert(StageRun).values(enqueued_at=func.clock_timestamp()), rows)


def first_stage(job: Job | Submission) -> str:
    """Return the name of a job's first stage."""
    planned = stages_for(job.pipeline, has_reference=job.reference_sha256 is not None)
    return next(spec.name for spec, skipped in planned if not skipped)


def active_jobs(session: Session) -> int:
    """Return the count of active jobs."""
    return session.scalar(select(func.count(Job.id)).where(Job.state.in_(ACTIVE))) or 0


def get_job(session: Session, job_id: str) -> Job:
    """Return a job.

    Raises:
        JobNotFound: it does not exist, or was deleted.
        JobExpired: its time to live is over.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise JobNotFound(job_id)
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
) -> Job:
    """Submit a new job with the request of an ended one and return it.

    The new job pins the current champion release. A print keeps its design and the model versions
    of the old job.

    Args:
        owner: owner of the new job; None: the old job's.
        top_priority: maximum priority of the new job; None: the old job's priority.

    Raises:
        JobNotFound, JobExpired: the job does not exist, or has expired.
        JobStillActive: it has not ended.
        QueueFull, OwnerLimit: the limit of active jobs is reached.
    """
    old = get_job(session, job_id)
    if old.state in ACTIVE:
        raise JobStillActive(job_id)
    is_print = old.pipeline == "print"
    new_job = submit(
        session,
        Submission(
            pipeline=old.pipeline,
            brief=old.brief,
            options=old.options,
            understood=old.understood,
            reference_sha256=old.reference_sha256,
            reference_notice=tuple(old.reference_notice),
            owner=old.owner if owner is None else owner,
            priority=old.priority if top_priority is None else min(old.priority, top_priority),
            ttl_s=ttl_s,
            retried_from=old.id,
            webhook=webhook_for_retry(session, old) if owner in {None, old.owner} else None,
            model_versions=old.model_versions if is_print else None,
            print_of=old.print_of,
            carried_from=old.id if is_print else None,
        ),
        limits,
    )
    _update_counter(session, old.id, retries=Job.retries + 1)
    return new_job


def _update_counter(session: Session, job_id: str, **values: Any) -> None:
    """Update a job's count of prints or retries, which its ETag depends on."""
    statement = update(Job).where(Job.id == job_id).values(**values)
    session.execute(statement.execution_options(synchronize_session=False))
