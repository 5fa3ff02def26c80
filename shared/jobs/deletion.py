"""Delete jobs, and restore them until they are collected. The caller commits."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shared.db.models import Job
from shared.jobs.submission import cancel
from shared.library.entries import count_change
from shared.queue.transitions import seconds_from_now

__all__ = ["UNDO_S", "delete_jobs", "restore_jobs"]

UNDO_S = 600.0
"""Seconds for which a deleted job can be restored; later its rows and files are deleted."""


def delete_jobs(session: Session, job_ids: Sequence[str]) -> None:
    """Delete jobs and the prints of their variants; those that are active are cancelled.

    They are hidden at once, and collected after `UNDO_S`.
    """
    prints = session.scalars(select(Job.id).where(Job.print_of.in_(job_ids)))
    for job_id in sorted({*job_ids, *prints}):
        job = cancel(session, job_id)
        if job.deleted_at is None:
            job.deleted_at = func.clock_timestamp()
    session.flush()
    count_change(session, job_ids)


def restore_jobs(session: Session, job_ids: Sequence[str]) -> list[str]:
    """Restore jobs that were deleted less than `UNDO_S` ago; return the ids of those that exist.

    The prints that were deleted with them are restored too.
    """
    statement = (
        update(Job)
        .where(
            Job.id.in_(job_ids) | Job.print_of.in_(job_ids),
            Job.deleted_at > seconds_from_now(-UNDO_S),
        )
        .values(deleted_at=None, library_version=Job.library_version + 1)
        .execution_options(synchronize_session=False)
    )
    session.execute(statement)
    query = select(Job.id).where(Job.id.in_(job_ids), Job.deleted_at.is_(None))
    return list(session.scalars(query))
