"""The end of what nobody needs any more: expired jobs, and artifacts that nothing refers to."""

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from shared.artifacts import ArtifactStore
from shared.rows import ENDED, Job

__all__ = ["collect", "delete_expired", "is_referenced"]

_REFERENCED = text("""
SELECT EXISTS (SELECT FROM artifact WHERE sha256 = :sha256)
    OR EXISTS (SELECT FROM stage_run
               WHERE output_sha256 = :sha256 OR checkpoint_sha256 = :sha256)
    OR EXISTS (SELECT FROM job WHERE reference_sha256 = :sha256
               OR options ->> 'dataset_sha256' = :sha256)
    OR EXISTS (SELECT FROM model_version WHERE sha256 = :sha256)
""")


def is_referenced(session: Session, sha256: str) -> bool:
    """Tell whether any row needs these bytes."""
    return bool(session.scalar(_REFERENCED, {"sha256": sha256}))


def collect(session: Session, store: ArtifactStore, grace_s: float) -> int:
    """Delete bytes put longer ago than `grace_s` that no row refers to; gives their number.

    A writer puts its bytes, then commits the row that refers to them, all within the grace
    period; bytes put again are young again.
    """
    store.forget_unfinished(grace_s)
    gone = 0
    for sha256 in store.aged(grace_s):
        if not is_referenced(session, sha256):
            gone += store.delete(sha256, older_than_s=grace_s)
    return gone


def delete_expired(session: Session, *, keep_s: float, limit: int = 500) -> int:
    """Delete jobs that expired longer ago than that; gives their number.

    Until then the API answers that they have expired, afterwards that they are unknown.
    """
    old = (
        select(Job.id)
        .where(
            Job.state.in_(ENDED),
            Job.expires_at
            < func.statement_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, keep_s),
        )
        .limit(limit)
    )
    gone = session.execute(
        delete(Job)
        .where(Job.id.in_(old))
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
