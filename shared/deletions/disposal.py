"""Deletes bytes of the artifact store that nothing refers to any more.

Whatever stops referring to bytes notes them as a `Disposal` in the same transaction, by a trigger.
The row is the lock: who stores the same bytes again sets its time ahead before, see `hold_bytes`.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from shared.db.deletion_models import Deletion, Disposal
from shared.errors import ArtifactNotFound
from shared.failpoints import reach
from shared.jobs.retention import unreferenced
from shared.queue.transitions import seconds_from_now
from shared.storage.artifacts import ArtifactStore

__all__ = ["FRESH_S", "delete_due_bytes", "hold_bytes", "release_bytes"]

FRESH_S = 300.0
"""Seconds in which a writer that has stored bytes commits the row that refers to them."""
_AGAIN_S = 60.0
"""Seconds after which bytes that were too fresh are looked at again."""
_BATCH = 20
"""Files of a transaction, which others that store the same bytes wait for."""


def hold_bytes(session: Session, sha256s: Sequence[str], hold_s: float = FRESH_S) -> None:
    """Keep bytes that are about to be stored; the caller commits, then stores them.

    They are deleted after `hold_s` unless something refers to them then. This waits for a
    collection that is just deleting them.
    """
    if not sha256s:
        return
    rows = [{"sha256": each, "due_at": seconds_from_now(hold_s)} for each in sorted(set(sha256s))]
    statement = upsert(Disposal).values(rows)
    later = func.greatest(Disposal.due_at, statement.excluded.due_at)
    session.execute(
        statement.on_conflict_do_update(index_elements=["sha256"], set_={"due_at": later})
    )


def release_bytes(session: Session, sha256s: Sequence[str]) -> None:
    """Note bytes that were stored for nothing; the caller commits."""
    hold_bytes(session, sha256s, 0.0)


def delete_due_bytes(
    sessions: Callable[[], Session], store: ArtifactStore, *, fresh_s: float = FRESH_S
) -> int:
    """Delete the bytes that are due and that nothing refers to; return their number.

    Bytes stored less than `fresh_s` ago are looked at again later: workers do not hold what they
    store.
    """
    deleted = 0
    while True:
        with sessions() as session, session.begin():
            due = _lock_due(session)
            deleted += _delete(session, store, due, fresh_s)
            reach("bytes-deleted")
        if len(due) < _BATCH:
            return deleted


def _lock_due(session: Session) -> Sequence[Disposal]:
    return session.scalars(
        select(Disposal)
        .where(Disposal.due_at <= func.clock_timestamp())
        .order_by(Disposal.due_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    ).all()


def _delete(session: Session, store: ArtifactStore, due: Sequence[Disposal], fresh_s: float) -> int:
    garbage = unreferenced(session, [row.sha256 for row in due])
    ended: list[str] = []
    deleted = 0
    for row in due:
        size = 0
        if row.sha256 in garbage and (stored := _size(store, row.sha256)) is not None:
            if not store.delete(row.sha256, older_than_s=fresh_s):
                row.due_at = seconds_from_now(_AGAIN_S)
                continue
            size, deleted = stored, deleted + 1
        _count(session, row, size, is_deleted=row.sha256 in garbage)
        ended.append(row.sha256)
    session.flush()
    session.execute(delete(Disposal).where(Disposal.sha256.in_(ended)))
    return deleted


def _size(store: ArtifactStore, sha256: str) -> int | None:
    """Return the size; None if there are no such bytes, or the name is none of a file."""
    try:
        return store.size(sha256)
    except ArtifactNotFound:
        return None


def _count(session: Session, row: Disposal, size: int, *, is_deleted: bool) -> None:
    """Count a file in the ledger; one that was gone already, after a crash, has no size."""
    if not row.deletions:
        return
    counts = {"files_kept": Deletion.files_kept + 1}
    if is_deleted:
        counts = {
            "files_deleted": Deletion.files_deleted + 1,
            "bytes_deleted": Deletion.bytes_deleted + size,
        }
    session.execute(
        update(Deletion)
        .where(Deletion.id.in_(row.deletions))
        .values(**counts)
        .execution_options(synchronize_session=False)
    )
