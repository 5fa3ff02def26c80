"""The life of a job as its owner sees it: submit, look, cancel, retry.

Every function leaves the commit to its caller. After the commit of a submission or a retry the
caller may publish a hint (`shared.broker.hints.hint`); the relay does so otherwise.
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
from shared.jobs.carried_results import carry_over
from shared.jobs.serializers import job_document
from shared.pipelines import PIPELINES, stages_for
from shared.queue.estimates import room_s
from shared.queue.events import Change, events_after, record_each
from shared.queue.fairness import lock_owner, next_turn, place_in_line
from shared.queue.transitions import announce, end_job, in_s, lock_job, unexpired
from shared.registry.releases import champions
from shared.webhooks.endpoints import WebhookAsked, add_endpoint, webhook_of

__all__ = [
    "Limits",
    "Submission",
    "active_jobs",
    "cancel",
    "check_room",
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
    """How many jobs may not have ended before further ones are refused; None: any number."""

    queue: int | None = None
    owner: int | None = None
    """Of one owner."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A request for a job, validated, its reference image stored already."""

    options: Mapping[str, Any]
    """Defaults filled in: of a design `worker.execution.contracts.DesignOptions`, of a training its
    own."""
    pipeline: str = "design"
    brief: str = ""
    understood: Mapping[str, Any] = field(default_factory=dict)
    reference_sha256: str | None = None
    reference_notice: tuple[str, ...] = ()
    """What was done to the reference image, as codes."""
    notices: tuple[str, ...] = ()
    """What the designer should know, as codes."""
    owner: str = ""
    idempotency_key: str | None = None
    payload: str | None = None
    """Hash of the payload as it was sent; None: of what stands here."""
    model_versions: Mapping[str, str] | None = None
    """Version ids by role; None: the champions'."""
    priority: int = 0
    not_before: datetime | None = None
    deadline: datetime | None = None
    cancel_after_s: float | None = None
    """Seconds from now until the deadline, by the database's clock; comes before `deadline`."""
    ttl_s: float | None = None
    """Seconds for which the job is kept after its end; None: for good."""
    retried_from: str | None = None
    batch_id: str | None = None
    batch_index: int | None = None
    webhook: WebhookAsked | None = None
    """Where this job's events are sent."""
    print_of: str | None = None
    """The design that it prints a variant of."""
    carried_from: str | None = None
    """The job that has the results which the pipeline carries."""


def payload_hash(submission: Submission) -> str:
    """Give the sha256 of what a submission asks for."""
    asked = {
        "pipeline": submission.pipeline,
        "brief": submission.brief,
        "options": dict(submission.options),
        "reference": submission.reference_sha256,
    }
    canonical = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def submit(session: Session, submission: Submission, limits: Limits | None = None) -> Job:
    """Record a job, its stage runs and the hint that the first is ready.

    The same idempotency key of the same owner gives the job that is there already.

    Raises:
        IdempotencyConflict: the key came with another payload.
        QueueFull, OwnerLimit: as many jobs have not ended as may.
    """
    lock_owner(session, submission.owner)
    hashed = submission.payload or payload_hash(submission)
    known = _known(session, submission, hashed)
    if known is not None:
        return known
    check_room(session, submission.owner, limits or Limits())
    job = session.scalars(
        upsert(Job)
        .values(**_columns(session, submission), payload_hash=hashed)
        .on_conflict_do_nothing(
            index_elements=["owner", "idempotency_key"],
            index_where=text("idempotency_key IS NOT NULL"),
        )
        .returning(Job)
    ).one_or_none()
    if job is None:  # another transaction was first
        known = _known(session, submission, hashed)
        assert known is not None
        return known
    _insert_stages(session, job, submission)
    if submission.webhook is not None:  # before the first event
        add_endpoint(session, submission.webhook, job_id=job.id)
    begun = Change(kind="job.submitted", body={"pipeline": submission.pipeline})
    record_each(session, [(job.id, 1, begun)])
    if submission.carried_from is not None:
        carry_over(session, job, submission.carried_from)
    if submission.print_of is not None:
        _count(session, submission.print_of, prints=Job.prints + 1)
    announce(session, job.id, first_stage(job))
    return job


def check_room(session: Session, owner: str, limits: Limits, wanted: int = 1) -> None:
    """Refuse `wanted` further jobs of an owner, whose lock is held, where there is no room.

    Raises:
        QueueFull, OwnerLimit: with them, more jobs would not have ended than may.
    """
    if limits == Limits():
        return
    active = select(func.count(), func.count().filter(Job.owner == owner))
    of_all, of_owner = session.execute(active.where(Job.state.in_(ACTIVE))).one()
    if limits.queue is not None and of_all + wanted > limits.queue:
        raise QueueFull(room_s(session, of_all + wanted - limits.queue))
    if limits.owner is not None and of_owner + wanted > limits.owner:
        places = of_owner + wanted - limits.owner
        raise OwnerLimit(limits.owner, room_s(session, places, owner))


def _known(session: Session, submission: Submission, hashed: str) -> Job | None:
    if submission.idempotency_key is None:
        return None
    known = session.scalars(
        select(Job).where(
            Job.owner == submission.owner, Job.idempotency_key == submission.idempotency_key
        )
    ).one_or_none()
    if known is not None and known.payload_hash != hashed:
        raise IdempotencyConflict
    return known


def _columns(session: Session, submission: Submission) -> dict[str, Any]:
    pinned = submission.model_versions
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
        "model_versions": champions(session) if pinned is None else dict(pinned),
        "owner": submission.owner,
        "idempotency_key": submission.idempotency_key,
        "priority": submission.priority,
        "turn": next_turn(session, submission.owner, submission.pipeline, submission.priority),
        "not_before": submission.not_before,
        "deadline": submission.deadline if after_s is None else in_s(after_s),
        "ttl_s": submission.ttl_s,
        "retried_from": submission.retried_from,
        "print_of": submission.print_of,
        "batch_id": submission.batch_id,
        "batch_index": submission.batch_index,
    }


def _insert_stages(session: Session, job: Job, submission: Submission) -> None:
    """Insert all stage runs of a job: the first that is not skipped is ready."""
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
                "turn": place_in_line(job.turn, job.priority),
                "not_before": submission.not_before if is_first else None,
                "max_attempts": spec.max_attempts,
            }
        )
    session.execute(insert(StageRun).values(enqueued_at=func.clock_timestamp()), rows)


def first_stage(job: Job) -> str:
    """Name the stage that a job begins with."""
    planned = stages_for(job.pipeline, has_reference=job.reference_sha256 is not None)
    return next(spec.name for spec, skipped in planned if not skipped)


def active_jobs(session: Session) -> int:
    """Count the jobs that have not ended."""
    return session.scalar(select(func.count(Job.id)).where(Job.state.in_(ACTIVE))) or 0


def get_job(session: Session, job_id: str) -> Job:
    """Give a job.

    Raises:
        JobNotFound: it never was, or was deleted.
        JobExpired: it ended and its time is over.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise JobNotFound(job_id)
    if job.expires_at is not None:
        over = select(Job.expires_at <= func.clock_timestamp()).where(Job.id == job_id)
        if session.scalar(over):
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
    """List jobs, newest first; `before` is the id of the last one of the page before."""
    found = select(Job).where(unexpired())
    if before is not None:
        found = found.where(Job.id < before)
    if pipeline is not None:
        found = found.where(Job.pipeline == pipeline)
    if owner is not None:
        found = found.where(Job.owner == owner)
    return session.scalars(found.order_by(Job.id.desc()).limit(limit)).all()


def cancel(session: Session, job_id: str) -> Job:
    """End an active job as cancelled; a job that has ended stays as it is.

    Nothing that its workers still do has an effect once this is committed.

    Raises:
        JobNotFound: there is no such job.
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
    """Submit a new job that asks for the same and is linked to the old one.

    It pins the present champions, not the old job's versions; but a print stays a print of the
    same design, by the same models.

    Args:
        owner: whose the new job is; None: the old one's.
        top_priority: the highest that the new job may have; None: as high as the old one's.

    Raises:
        JobNotFound, JobExpired: there is no such job.
        JobStillActive: it has not ended.
        QueueFull, OwnerLimit: as many jobs have not ended as may.
    """
    old = get_job(session, job_id)
    if old.state in ACTIVE:
        raise JobStillActive(job_id)
    is_print = old.pipeline == "print"
    again = submit(
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
            webhook=webhook_of(session, old) if owner in {None, old.owner} else None,
            model_versions=old.model_versions if is_print else None,
            print_of=old.print_of,
            carried_from=old.id if is_print else None,
        ),
        limits,
    )
    _count(session, old.id, retries=Job.retries + 1)
    return again


def _count(session: Session, job_id: str, **counted: Any) -> None:
    """Count what refers to a job: part of its document, and so of its entity tag."""
    counting = update(Job).where(Job.id == job_id).values(**counted)
    session.execute(counting.execution_options(synchronize_session=False))
