"""State transitions of jobs, shared by the queue, the reaper and the API.

Every transition locks the job's row before the rows of its stage runs. Changes of one job are
therefore serialized, and none deadlocks with another.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, text, update
from sqlalchemy.orm import Session, load_only

from shared.db.models import ACTIVE, Artifact, Job, StageRun
from shared.queue.events import Change, record

__all__ = [
    "announce",
    "announce_each",
    "close_job",
    "end_job",
    "lock_job",
    "lock_jobs",
    "seconds_from_now",
    "unexpired",
]

_LOCK_JOBS = (
    select(Job)
    .where(Job.id.in_(bindparam("ids", expanding=True)))
    .order_by(Job.id)
    .with_for_update(key_share=True)
    .options(load_only(Job.state, Job.version, Job.notices, Job.ttl_s))
    .execution_options(populate_existing=True)
)
_INSERT_HINTS = text("""
INSERT INTO outbox (job_id, stage, due_at)
SELECT job_id, stage, clock_timestamp() + make_interval(secs => :delay_s)
FROM unnest(CAST(:job_ids AS text[]), CAST(:stages AS text[])) AS hint (job_id, stage)
""")


def seconds_from_now(seconds: float) -> Any:
    """Return SQL for the time this many seconds from now, by the database's clock."""
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def unexpired() -> ColumnElement[bool]:
    """Return SQL for jobs to show: not deleted, and active or ended less than their TTL ago."""
    kept = Job.expires_at.is_(None) | (Job.expires_at > func.clock_timestamp())
    return Job.deleted_at.is_(None) & kept


def lock_job(session: Session, job_id: str) -> Job | None:
    """Return the current row of a job, locked until the transaction ends."""
    return session.scalars(
        select(Job)
        .where(Job.id == job_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def lock_jobs(session: Session, ids: Sequence[str]) -> dict[str, Job]:
    """Return the current rows of jobs by id; all are locked, always in the same order.

    Columns that no transition reads are loaded when they are used.
    """
    return {job.id: job for job in session.scalars(_LOCK_JOBS, {"ids": ids})}


def announce(session: Session, job_id: str, stage: str, *, delay_s: float = 0.0) -> None:
    """Insert a hint that this stage has work; the relay sends it after the commit."""
    announce_each(session, [(job_id, stage)], delay_s=delay_s)


def announce_each(
    session: Session, work: Sequence[tuple[str, str]], *, delay_s: float = 0.0
) -> None:
    """Insert hints that stages of jobs have work: (job id, stage)."""
    if work:
        job_ids, stages = map(list, zip(*work, strict=True))
        parameters = {"job_ids": job_ids, "stages": stages, "delay_s": delay_s}
        session.execute(_INSERT_HINTS, parameters)


def end_job(session: Session, job: Job, state: str, *, error: dict[str, Any] | None = None) -> None:
    """End a locked, active job, skip its open stage runs and record the change.

    Their fences rise, so that a worker that still computes one cannot write.
    """
    record(session, job, close_job(session, job, state, error=error))


def close_job(
    session: Session, job: Job, state: str, *, error: dict[str, Any] | None = None
) -> Change:
    """End a job as `end_job` does, and return the change to record."""
    assert job.state in ACTIVE, job.state
    if state != "succeeded":  # a job that succeeded has no open stage run
        _close_stages(session, job)
    job.state = state
    job.error = error
    job.finished_at = func.clock_timestamp()
    job.expires_at = None if job.ttl_s is None else seconds_from_now(job.ttl_s)
    made = select(func.coalesce(func.sum(Artifact.size_bytes), 0)).where(Artifact.job_id == job.id)
    job.stored_bytes = Job.reference_bytes + made.scalar_subquery()
    return Change(kind=f"job.{state}", body={"error": error} if error else {})


def _close_stages(session: Session, job: Job) -> None:
    session.execute(
        update(StageRun)
        .where(StageRun.job_id == job.id, StageRun.state.in_(("waiting", "ready", "running")))
        .values(
            state="skipped",
            fence=StageRun.fence + 1,
            lease_until=None,
            run_until=None,
            owner=None,
            finished_at=func.clock_timestamp(),
        )
        .execution_options(synchronize_session=False)
    )
