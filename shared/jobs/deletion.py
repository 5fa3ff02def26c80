"""Delete jobs, and restore them until they are collected. The caller commits.

What is deleted is hidden at once; after `UNDO_S` `shared.deletions.collection` deletes it.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from shared.db.deletion_models import Deletion
from shared.db.models import ACTIVE, Job
from shared.deletions.ledger import UNDO_S, Asker, add_deletion, note_restored
from shared.jobs.submission import cancel
from shared.library.entries import count_change
from shared.queue.transitions import seconds_from_now, unexpired

__all__ = [
    "UNDO_S",
    "delete_batch",
    "delete_jobs",
    "delete_reference",
    "delete_together",
    "jobs_after_reference",
    "restore_jobs",
    "restore_object",
    "restore_together",
]


def delete_jobs(session: Session, job_ids: Sequence[str], asker: Asker) -> None:
    """Delete jobs, each with the prints of its variants, as one deletion each.

    Those that are active are cancelled.
    """
    for job_id in sorted(set(job_ids)):
        delete_together(session, add_deletion(session, "job", job_id, asker), [job_id])


def delete_together(session: Session, deletion: Deletion, job_ids: Sequence[str]) -> None:
    """Delete jobs and the prints of their variants as parts of a deletion."""
    together = Job.id.in_(job_ids) | Job.print_of.in_(job_ids)
    active = select(Job.id).where(together, Job.state.in_(ACTIVE), Job.deleted_at.is_(None))
    for job_id in session.scalars(active.order_by(Job.id)).all():
        cancel(session, job_id)
    session.flush()
    query = select(Job.id).where(together, Job.deleted_at.is_(None)).order_by(Job.id)
    ids = session.scalars(query.with_for_update(key_share=True)).all()
    session.execute(
        update(Job)
        .where(Job.id.in_(ids))
        .values(deleted_at=func.clock_timestamp(), deletion_id=deletion.id)
        .execution_options(synchronize_session="fetch")
    )
    deletion.jobs += len(ids)
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
    """Restore jobs, but none of a deleted account: they are restored with it alone."""
    of_account = exists().where(
        Deletion.kind == "account",
        Deletion.restored_at.is_(None),
        (Deletion.id == Job.deletion_id)
        | (Job.owner == func.concat("account:", Deletion.object_id)),
    )
    locked = session.execute(
        select(Job.id, Job.deletion_id)
        .where(Job.id.in_(job_ids), Job.deleted_at > seconds_from_now(-UNDO_S), ~of_account)
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


def delete_batch(session: Session, batch_id: str, asker: Asker) -> list[str]:
    """Delete the jobs of a batch as one deletion and return their ids; the batch goes with them."""
    query = select(Job.id).where(Job.batch_id == batch_id, unexpired()).order_by(Job.id)
    return _delete_as_one(session, "batch", batch_id, session.scalars(query).all(), asker)


def delete_reference(
    session: Session, sha256: str, asker: Asker, among: ColumnElement[bool]
) -> list[str]:
    """Delete what was drawn after a reference image, as one deletion, and return the ids.

    Args:
        among: SQL for the jobs that the asker may delete; see `jobs_after_reference`.
    """
    job_ids = jobs_after_reference(session, sha256, among)
    return _delete_as_one(session, "reference", sha256, job_ids, asker)


def jobs_after_reference(session: Session, sha256: str, among: ColumnElement[bool]) -> list[str]:
    """Return the ids of the jobs that were drawn after a reference image, and of their edits.

    An edit is drawn from the record of the design that it changes, not from the image itself.
    """
    drawn = select(Job.id).where(Job.reference_sha256 == sha256).cte("drawn", recursive=True)
    edit = aliased(Job)
    drawn = drawn.union(
        select(edit.id).where(edit.derived_from == drawn.c.id, edit.derived_how == "edit")
    )
    query = select(Job.id).where(Job.id.in_(select(drawn.c.id)), unexpired(), among)
    return list(session.scalars(query.order_by(Job.id)))


def _delete_as_one(
    session: Session, kind: str, object_id: str, job_ids: Sequence[str], asker: Asker
) -> list[str]:
    if job_ids:
        delete_together(session, add_deletion(session, kind, object_id, asker), job_ids)
    return list(job_ids)


def restore_object(
    session: Session, kind: str, object_id: str, workspace_id: str | None
) -> list[str]:
    """Restore a batch, or what was drawn after a reference, deleted less than `UNDO_S` ago.

    Returns:
        The ids of the restored jobs.
    """
    deletions = session.scalars(
        select(Deletion.id).where(
            Deletion.kind == kind,
            Deletion.object_id == object_id,
            Deletion.workspace_id == workspace_id,
            Deletion.restored_at.is_(None),
            Deletion.undo_until > func.clock_timestamp(),
        )
    ).all()
    return restore_together(session, deletions)
