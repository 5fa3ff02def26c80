"""Garbage collection of expired jobs and unreferenced artifacts."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from shared.db.models import ENDED, Batch, Job
from shared.jobs.deletion import UNDO_S
from shared.queue.transitions import seconds_from_now
from shared.storage.artifacts import ArtifactStore

__all__ = ["collect_artifacts", "expire_jobs", "unreferenced"]

_BATCH = 500
_DAY_S = 86_400.0

_EXPIRY_GRACE_S = 600.0
"""Grace period between a job's expiry and the collection of its files. A job that reuses them as it
expires is committed by then."""

_UNREFERENCED = text("""
WITH candidate AS (
    SELECT sha256 FROM unnest(CAST(:names AS text[])) AS name (sha256)
), referring AS (
    SELECT a.job_id, a.sha256 FROM artifact a JOIN candidate USING (sha256)
    UNION ALL
    SELECT s.job_id, candidate.sha256 FROM stage_run s
    JOIN candidate ON candidate.sha256 IN (s.output_sha256, s.checkpoint_sha256)
    UNION ALL
    SELECT j.id, candidate.sha256 FROM job j
    JOIN candidate ON candidate.sha256 IN (j.reference_sha256, j.options ->> 'dataset_sha256')
)
SELECT candidate.sha256 FROM candidate
WHERE NOT EXISTS (
        SELECT FROM referring r JOIN job j ON j.id = r.job_id
        WHERE r.sha256 = candidate.sha256
          AND (j.expires_at IS NULL
               OR j.expires_at > clock_timestamp() - make_interval(secs => :expired_s)))
  AND NOT EXISTS (SELECT FROM model_version m WHERE m.sha256 = candidate.sha256)
""")


def unreferenced(session: Session, names: Iterable[str]) -> set[str]:
    """Return the sha256s that no model version and no unexpired job refers to."""
    parameters = {"names": list(names), "expired_s": _EXPIRY_GRACE_S}
    return set(session.scalars(_UNREFERENCED, parameters))


def collect_artifacts(session: Session, store: ArtifactStore, grace_s: float) -> int:
    """Delete unreferenced artifacts stored more than `grace_s` ago and return their count.

    A writer stores the bytes, then commits the row that refers to them, within the grace period.
    Storing the same bytes again restarts the period. The session only reads; its transaction ends
    after each batch.
    """
    store.delete_partial_files(grace_s)
    deleted = 0
    for names in _batches(store.aged(grace_s)):
        garbage = unreferenced(session, names)
        session.commit()
        deleted += sum(store.delete(sha256, older_than_s=grace_s) for sha256 in sorted(garbage))
    return deleted


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(names, _BATCH)):
        yield batch


def expire_jobs(session: Session, *, keep_s: float = 30 * _DAY_S, limit: int = _BATCH) -> int:
    """Delete the rows of jobs whose time is over, and empty batches; return the count of jobs.

    These are jobs that expired more than `keep_s` ago, or that were deleted and can no longer be
    restored. Until then the API answers with job_expired or job_deleted, afterwards with
    job_not_found.
    """
    is_over = (Job.expires_at < seconds_from_now(-keep_s)) | (
        Job.deleted_at < seconds_from_now(-UNDO_S)
    )
    expired = select(Job.id).where(Job.state.in_(ENDED), is_over).limit(limit)
    deleted = session.execute(
        delete(Job)
        .where(Job.id.in_(expired))
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    _delete_empty_batches(session, keep_s)
    return len(deleted.all())


def _delete_empty_batches(session: Session, keep_s: float) -> None:
    has_jobs = select(Job.id).where(Job.batch_id == Batch.id).exists()
    session.execute(
        delete(Batch)
        .where(Batch.created_at < seconds_from_now(-keep_s), ~has_jobs)
        .execution_options(synchronize_session=False)
    )
