"""Deletes the rows of deletions that can no longer be undone; their bytes follow.

Each deletion has a transaction of its own. If this stops anywhere, the next run goes on.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from shared.accounts.deletion import collect_account
from shared.db.account_models import Account
from shared.db.deletion_models import Deletion
from shared.db.models import ACTIVE, Job
from shared.deletions.disposal import FRESH_S, delete_due_bytes
from shared.deletions.ledger import finish_deletions, open_deletions
from shared.exports.requests import affected_exports
from shared.failpoints import reach
from shared.jobs.retention import delete_rows, lock_ended
from shared.jobs.submission import cancel
from shared.library.search_pictures import expire_search_pictures
from shared.storage.artifacts import ArtifactStore

__all__ = ["collect_deletions", "delete_due_rows"]

_BATCH = 200
"""Jobs of a transaction."""


def collect_deletions(
    sessions: Callable[[], Session], store: ArtifactStore, *, fresh_s: float = FRESH_S
) -> None:
    """Delete rows and bytes of what was deleted, and bytes that were stored for nothing.

    Args:
        fresh_s: see `delete_due_bytes`.
    """
    with sessions() as session, session.begin():
        expire_search_pictures(session)
    delete_due_rows(sessions)
    reach("rows-deleted")
    delete_due_bytes(sessions, store, fresh_s=fresh_s)
    with sessions() as session, session.begin():
        finish_deletions(session)


def delete_due_rows(sessions: Callable[[], Session]) -> int:
    """Delete the rows of deletions that can no longer be undone; return the number of jobs."""
    with sessions() as session:
        rows = open_deletions(session)
    deleted = 0
    for row in rows:
        while True:
            with sessions() as session, session.begin():
                count = _delete_jobs(session, row)
            deleted += count
            if count < _BATCH:
                break
        if row.kind == "account":
            with sessions() as session, session.begin():
                _delete_account(session, row)
    return deleted


def _delete_account(session: Session, deletion: Deletion) -> None:
    _work_for(session, deletion.id)
    _count_rows(session, deletion.id, collect_account(session, deletion.object_id))


def _work_for(session: Session, deletion_id: int) -> None:
    """Let the triggers note bytes as part of a deletion, until the transaction ends."""
    session.execute(select(func.set_config("codesigner.deletion", str(deletion_id), True)))


def _count_rows(session: Session, deletion_id: int, rows: int) -> None:
    session.execute(
        update(Deletion)
        .where(Deletion.id == deletion_id)
        .values(rows_deleted=Deletion.rows_deleted + rows)
        .execution_options(synchronize_session=False)
    )


def _delete_jobs(session: Session, deletion: Deletion) -> int:
    """Delete jobs of a deletion, and exports that hold them.

    The triggers note their bytes as part of the deletion.
    """
    _work_for(session, deletion.id)
    is_part = Job.deletion_id == deletion.id
    if deletion.kind == "account" and _is_deleted(session, deletion.object_id):
        is_late = Job.owner == f"account:{deletion.object_id}"
        _cancel_all(session, is_late)
        is_part |= is_late
    job_ids = lock_ended(session, is_part, _BATCH)
    exports = affected_exports(session, job_ids, deletion.asked_at)
    for export_id in exports:
        cancel(session, export_id)
    counts = delete_rows(session, [*job_ids, *exports])
    _count_rows(session, deletion.id, counts.rows)
    return len(job_ids)


def _is_deleted(session: Session, account_id: str) -> bool:
    """Lock an account; return whether it is deleted, and not restored in the last moment."""
    account = session.get(Account, account_id, with_for_update=True)
    return account is not None and account.deleted_at is not None


def _cancel_all(session: Session, condition: ColumnElement[bool]) -> None:
    """Cancel active jobs: those of an account that were submitted while it was deleted."""
    active = select(Job.id).where(condition, Job.state.in_(ACTIVE)).order_by(Job.id)
    for job_id in session.scalars(active).all():
        cancel(session, job_id)
    session.flush()
