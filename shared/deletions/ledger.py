"""The ledger of deletions: what was asked for, by whom, and what became of it.

The caller commits. It holds no texts of what is deleted, and stays when that is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shared.db.account_models import Account
from shared.db.deletion_models import Deletion, Disposal
from shared.db.models import Job
from shared.queue.transitions import seconds_from_now
from shared.timestamps import timestamp

__all__ = [
    "UNDO_S",
    "Asker",
    "add_deletion",
    "deletion_document",
    "finish_deletions",
    "list_deletions",
    "note_restored",
    "open_deletions",
]

UNDO_S = 600.0
"""Seconds for which a deletion can be undone; later rows and files are deleted."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks for a deletion."""

    name: str
    """Owner string, or cli:... of the command line."""
    workspace_id: str | None = None


def add_deletion(session: Session, kind: str, object_id: str, asker: Asker) -> Deletion:
    """Insert a deletion, with its id."""
    row = Deletion(
        kind=kind,
        object_id=object_id,
        asked_by=asker.name,
        workspace_id=asker.workspace_id,
        undo_until=seconds_from_now(UNDO_S),
    )
    session.add(row)
    session.flush()
    return row


def note_restored(session: Session, deletion_id: int, jobs: int) -> None:
    """Record that jobs of a deletion were restored; with the last one it is undone."""
    left = select(Job.id).where(Job.deletion_id == deletion_id).exists()
    row = session.get_one(Deletion, deletion_id, with_for_update=True)
    row.jobs_restored += jobs
    if row.kind != "account" and not session.scalar(select(left)):
        row.restored_at = func.clock_timestamp()
    session.flush()


def open_deletions(session: Session) -> Sequence[Deletion]:
    """Return the deletions that can no longer be undone and are not done, the oldest first."""
    return session.scalars(
        select(Deletion)
        .where(
            Deletion.undo_until < func.clock_timestamp(),
            Deletion.restored_at.is_(None),
            Deletion.done_at.is_(None),
        )
        .order_by(Deletion.undo_until)
    ).all()


def finish_deletions(session: Session) -> None:
    """Record the end of the deletions of which no row and no file is left."""
    has_jobs = select(Job.id).where(Job.deletion_id == Deletion.id).exists()
    has_account = select(Account.id).where(
        Account.id == Deletion.object_id, Deletion.kind == "account"
    )
    has_files = select(Disposal.sha256).where(Deletion.id == Disposal.deletions.any_()).exists()
    session.execute(
        update(Deletion)
        .where(
            Deletion.undo_until < func.clock_timestamp(),
            Deletion.restored_at.is_(None),
            Deletion.done_at.is_(None),
            ~has_jobs,
            ~has_account.exists(),
            ~has_files,
        )
        .values(done_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )


def list_deletions(
    session: Session, limit: int, before: int | None = None, *, kind: str | None = None
) -> Sequence[Deletion]:
    """Return deletions, newest first; `before` is the id of the last one of the previous page."""
    query = select(Deletion).order_by(Deletion.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Deletion.id < before)
    if kind is not None:
        query = query.where(Deletion.kind == kind)
    return session.scalars(query).all()


def deletion_document(row: Deletion) -> dict[str, Any]:
    """Return the document of a deletion."""
    return {
        "id": row.id,
        "kind": row.kind,
        "object_id": row.object_id,
        "state": _state(row),
        "asked_by": row.asked_by,
        "workspace_id": row.workspace_id,
        "asked_at": timestamp(row.asked_at),
        "undo_until": timestamp(row.undo_until),
        "restored_at": row.restored_at and timestamp(row.restored_at),
        "done_at": row.done_at and timestamp(row.done_at),
        "jobs": row.jobs,
        "jobs_restored": row.jobs_restored,
        "rows_deleted": row.rows_deleted,
        "files_deleted": row.files_deleted,
        "files_kept": row.files_kept,
        "bytes_deleted": row.bytes_deleted,
    }


def _state(row: Deletion) -> str:
    if row.restored_at is not None:
        return "restored"
    return "pending" if row.done_at is None else "done"
