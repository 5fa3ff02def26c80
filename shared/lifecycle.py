"""The moves of a job that the queue, the reaper and the API have in common.

Every change locks the job's row before its stage runs', so that changes of one job come one
after another and none waits for another in a circle.
"""

from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from shared.events import Change, record
from shared.rows import ACTIVE, Job, Outbox, StageRun

__all__ = ["advance", "announce", "end_job", "in_s", "lock_job"]


def in_s(seconds: float) -> Any:
    """SQL for a time from now, by the database's clock."""
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def lock_job(session: Session, job_id: str) -> Job | None:
    """Give a job's present row, locked until the transaction ends."""
    return session.scalars(
        select(Job)
        .where(Job.id == job_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def announce(session: Session, job_id: str, stage: str, *, delay_s: float = 0.0) -> None:
    """Note a hint that this stage has work; the relay sends it once the transaction stands."""
    session.execute(insert(Outbox).values(job_id=job_id, stage=stage, due_at=in_s(delay_s)))


def advance(session: Session, job: Job) -> str | None:
    """Make the next waiting stage of a locked job ready; the job succeeds where none is left.

    Returns:
        The stage that is ready now.
    """
    following = (
        select(StageRun.id)
        .where(StageRun.job_id == job.id, StageRun.state == "waiting")
        .order_by(StageRun.position)
        .limit(1)
        .scalar_subquery()
    )
    stage = session.scalars(
        update(StageRun)
        .where(StageRun.id == following, StageRun.state == "waiting")
        .values(state="ready", enqueued_at=func.clock_timestamp())
        .returning(StageRun.stage)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if stage is None:
        end_job(session, job, "succeeded")
    else:
        announce(session, job.id, stage)
    return stage


def end_job(session: Session, job: Job, state: str, *, error: dict[str, Any] | None = None) -> None:
    """End a locked, active job: no stage of it runs on, none begins any more.

    The fences of its open stage runs rise, so that whoever still computes cannot write.
    """
    assert job.state in ACTIVE, job.state
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
    job.state = state
    job.error = error
    job.finished_at = func.clock_timestamp()
    record(session, job, Change(kind=f"job.{state}", body={"error": error} if error else {}))
