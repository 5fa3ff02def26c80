"""Delete jobs, and restore them until they are collected. The caller commits.

What is deleted is hidden at once; after `UNDO_S` `shared.deletions.collection` deletes it.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shared.db.deletion_models import Deletion
from shared.db.models import Job
from shared.deletions.ledger import UNDO_S, Asker, add_deletion, note_restored
from shared.jobs.submission import cancel
from shared.library.entries import count_change
from shared.queue.transitions import seconds_from_now

__all__ = ["UNDO_S", "delete_jobs", "delete_together", "restore_jobs", "restore_together"]


def delete_jobs(session: Session, job_ids: Sequence[str], asker: Asker) -> None:
    """Delete jobs, each with the prints of its variants, as one deletion each.

    Those that are active are cancelled.
    """
    for job_id in sorted(set(job_ids)):
        delete_together(session, add_deletion(session, "job", job_id, asker), [job_id])


def delete_together(session: Session, deletion: Deletion, job_ids: Sequence[str]) -> None:
    """Delete jobs and the prints of their variants as parts of a deletion."""
    prints = session.scalars(
        select(Job.id).where(Job.print_of.in_(job_ids), Job.deleted_at.is_(None))
    )
    for job_id in sorted({*job_ids, *prints}):
        job = cancel(session, job_id)
        if job.deleted_at is None:
            job.deleted_at, job.deletion_id = func.clock_timestamp(), deletion.id
            deletion.jobs += 1
    session.flush()
    count_change(session, job_ids)


def restore_jobs(session: Session, job_ids: Sequence[str]) -> list[str]:
    """Restore jobs that were deleted less than `UNDO_S` ago; return the ids of those that exist.

    The prints that were deleted with them are restored too.
    """
    deletions = select(Job.deletion_id).where(Job.id.in_(job_ids))
    prints = Job.print_of.in_(job_ids) & Job.deletion_id.in_(deletions)
    _restore(session, session.scalars(select(Job.id).where(Job.id.in_(job_ids) | prints)).all())
    query = select(Job.id).where(Job.id.in_(job_ids), Job.deleted_at.is_(None))
    return list(session.scalars(query))


def restore_together(session: Session, deletion_ids: Sequence[int]) -> list[str]:
    """Restore jobs of deletions that were asked for less than `UNDO_S` ago; return their ids."""
    query = select(Job.id).where(Job.deletion_id.in_(deletion_ids))
    return _restore(session, session.scalars(query).all())


def _restore(session: Session, job_ids: Sequence[str]) -> list[str]:
    locked = session.execute(
        select(Job.id, Job.deletion_id)
        .where(Job.id.in_(job_ids), Job.deleted_at > seconds_from_now(-UNDO_S))
        .order_by(Job.id)
        .with_for_update(key_share=True)
    ).all()
    session.execute(
        update(Job)
        .where(Job.id.in_([job_id for job_id, _ in locked]))
        .values(deleted_at=None, deletion_id=None, library_version=Job.library_version + 1)
        .execution_options(synchronize_session=False)
    )
    for deletion_id, jobs in sorted(Counter(each for _, each in locked if each).items()):
        note_restored(session, deletion_id, jobs)
    return [job_id for job_id, _ in locked]
