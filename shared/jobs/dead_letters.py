"""Dead letters: list failed jobs with their errors, and retry them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db.models import Job, StageRun
from shared.jobs.quotas import Limits
from shared.jobs.submission import retry
from shared.queue.transitions import unexpired

__all__ = ["DeadJob", "count_untried", "dead_jobs", "retry_all", "retry_each"]


@dataclass(frozen=True, kw_only=True)
class DeadJob:
    """A failed job with the errors of its attempts."""

    job: Job
    stage: str | None
    """The stage that failed; None: the job missed its deadline."""
    attempts: int
    failures: tuple[dict[str, Any], ...]
    """One for each attempt, with the keys attempt, at, host, code, message and traceback."""


def dead_jobs(session: Session, limit: int = 50, before: str | None = None) -> list[DeadJob]:
    """Return failed jobs, newest first; `before` is the id of the previous page's last job."""
    query = select(Job).where(Job.state == "failed", unexpired())
    if before is not None:
        query = query.where(Job.id < before)
    jobs = session.scalars(query.order_by(Job.id.desc()).limit(limit)).all()
    dead_runs = select(StageRun).where(
        StageRun.job_id.in_([job.id for job in jobs]), StageRun.state == "dead"
    )
    runs = {run.job_id: run for run in session.scalars(dead_runs)}
    return [_dead_job(job, runs.get(job.id)) for job in jobs]


def _dead_job(job: Job, run: StageRun | None) -> DeadJob:
    if run is None:
        return DeadJob(job=job, stage=None, attempts=0, failures=())
    failures = tuple(run.provenance.get("failures", ()))
    return DeadJob(job=job, stage=run.stage, attempts=run.attempt, failures=failures)


def retry_each(
    session: Session, ids: Sequence[str], *, limits: Limits, ttl_s: float | None = None
) -> list[tuple[str, Job]]:
    """Retry jobs for their owners, all or none; return pairs of (old id, new job).

    Raises:
        JobNotFound, JobExpired, JobStillActive, QueueFull: see `shared.jobs.submission.retry`.
    """
    # Ordered by owner: concurrent callers then lock owners in the same order and cannot deadlock.
    rows = session.execute(select(Job.id, Job.owner).where(Job.id.in_(ids)))
    owners = dict(rows.all())
    return [
        (old, retry(session, old, ttl_s=ttl_s, limits=limits))
        for old in sorted(set(ids), key=lambda job_id: (owners.get(job_id, ""), job_id))
    ]


def retry_all(
    session: Session, *, limits: Limits, ttl_s: float | None = None, max_count: int = 100
) -> list[tuple[str, Job]]:
    """Retry at most `max_count` dead jobs that were never retried, oldest first.

    Concurrent callers skip each other's jobs.
    """
    untried = (
        select(Job.id)
        .where(Job.state == "failed", Job.retries == 0, unexpired())
        .order_by(Job.id)
        .limit(max_count)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return retry_each(session, session.scalars(untried).all(), limits=limits, ttl_s=ttl_s)


def count_untried(session: Session) -> int:
    """Return the count of dead jobs that were never retried."""
    query = select(func.count()).where(Job.state == "failed", Job.retries == 0, unexpired())
    return session.scalar(query) or 0
