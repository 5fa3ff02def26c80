"""Dead jobs: those that failed, why, and submitting them anew one by one or together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db.models import Job, StageRun
from shared.jobs.submission import Limits, retry
from shared.queue.transitions import unexpired

__all__ = ["DeadJob", "count_untried", "dead_jobs", "retry_all", "retry_each"]


@dataclass(frozen=True, kw_only=True)
class DeadJob:
    """A failed job with what its workers told of each attempt."""

    job: Job
    stage: str | None
    """The stage that failed; None: the job was overdue."""
    attempts: int
    failures: tuple[dict[str, Any], ...]
    """Of each attempt: attempt, at, host, code, message, traceback."""


def dead_jobs(session: Session, limit: int = 50, before: str | None = None) -> list[DeadJob]:
    """List failed jobs, newest first; `before` is the id of the last one of the page before."""
    found = select(Job).where(Job.state == "failed", unexpired())
    if before is not None:
        found = found.where(Job.id < before)
    jobs = session.scalars(found.order_by(Job.id.desc()).limit(limit)).all()
    dead = select(StageRun).where(
        StageRun.job_id.in_([job.id for job in jobs]), StageRun.state == "dead"
    )
    runs = {run.job_id: run for run in session.scalars(dead)}
    return [_described(job, runs.get(job.id)) for job in jobs]


def _described(job: Job, run: StageRun | None) -> DeadJob:
    if run is None:
        return DeadJob(job=job, stage=None, attempts=0, failures=())
    failures = tuple(run.provenance.get("failures", ()))
    return DeadJob(job=job, stage=run.stage, attempts=run.attempt, failures=failures)


def retry_each(
    session: Session, ids: Sequence[str], *, limits: Limits, ttl_s: float | None = None
) -> list[tuple[str, Job]]:
    """Submit these jobs anew, as their owners' (old id, new job); all of them or none.

    Raises:
        JobNotFound, JobExpired, JobStillActive, QueueFull: see `shared.jobs.submission.retry`.
    """
    # In one order, or two who do this at once would wait for each other's owners.
    rows = session.execute(select(Job.id, Job.owner).where(Job.id.in_(ids)))
    order = dict(rows.all())
    return [
        (old, retry(session, old, ttl_s=ttl_s, limits=limits))
        for old in sorted(set(ids), key=lambda each: (order.get(each, ""), each))
    ]


def retry_all(
    session: Session, *, limits: Limits, ttl_s: float | None = None, most: int = 100
) -> list[tuple[str, Job]]:
    """Submit the dead jobs that were never retried anew, the oldest first, at most so many.

    Two who do this at once share them.
    """
    untried = (
        select(Job.id)
        .where(Job.state == "failed", Job.retries == 0, unexpired())
        .order_by(Job.id)
        .limit(most)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return retry_each(session, session.scalars(untried).all(), limits=limits, ttl_s=ttl_s)


def count_untried(session: Session) -> int:
    """Count the dead jobs that were never retried."""
    counted = select(func.count()).where(Job.state == "failed", Job.retries == 0, unexpired())
    return session.scalar(counted) or 0
