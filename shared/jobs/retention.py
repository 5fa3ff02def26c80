"""The end of what nobody needs any more: expired jobs, and artifacts that nothing refers to."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from shared.db.models import ENDED, Batch, Job
from shared.queue.transitions import in_s
from shared.storage.artifacts import ArtifactStore

__all__ = ["collect_artifacts", "expire_jobs", "unreferenced"]

_BATCH = 500
_DAY_S = 86_400.0

_EXPIRED_S = 600.0
"""An expired job's files are collected so much later: a job that takes over its results while it
expires is recorded by then."""

_UNREFERENCED = text("""
WITH given AS (
    SELECT sha256 FROM unnest(CAST(:names AS text[])) AS name (sha256)
), referring AS (
    SELECT a.job_id, a.sha256 FROM artifact a JOIN given USING (sha256)
    UNION ALL
    SELECT s.job_id, given.sha256 FROM stage_run s
    JOIN given ON given.sha256 IN (s.output_sha256, s.checkpoint_sha256)
    UNION ALL
    SELECT j.id, given.sha256 FROM job j
    JOIN given ON given.sha256 IN (j.reference_sha256, j.options ->> 'dataset_sha256')
)
SELECT given.sha256 FROM given
WHERE NOT EXISTS (
        SELECT FROM referring r JOIN job j ON j.id = r.job_id
        WHERE r.sha256 = given.sha256
          AND (j.expires_at IS NULL
               OR j.expires_at > clock_timestamp() - make_interval(secs => :expired_s)))
  AND NOT EXISTS (SELECT FROM model_version m WHERE m.sha256 = given.sha256)
""")


def unreferenced(session: Session, names: Iterable[str]) -> set[str]:
    """Return those of the sha256s that no model version and no unexpired job refers to."""
    given = {"names": list(names), "expired_s": _EXPIRED_S}
    return set(session.scalars(_UNREFERENCED, given))


def collect_artifacts(session: Session, store: ArtifactStore, grace_s: float) -> int:
    """Delete bytes put longer ago than `grace_s` that no row refers to; gives their number.

    A writer puts its bytes, then commits the row that refers to them, all within the grace
    period; bytes put again are young again. Ends the session's transaction after each batch:
    it only reads.
    """
    store.forget_unfinished(grace_s)
    gone = 0
    for names in _batches(store.aged(grace_s)):
        unneeded = unreferenced(session, names)
        session.commit()
        gone += sum(store.delete(sha256, older_than_s=grace_s) for sha256 in sorted(unneeded))
    return gone


def _batches(names: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(names, _BATCH)):
        yield batch


def expire_jobs(session: Session, *, keep_s: float = 30 * _DAY_S, limit: int = _BATCH) -> int:
    """Delete jobs that expired longer ago than `keep_s`, and their batches; gives the jobs' number.

    Until then the API answers that they have expired, afterwards that they are unknown.
    """
    old = select(Job.id).where(Job.state.in_(ENDED), Job.expires_at < in_s(-keep_s)).limit(limit)
    gone = session.execute(
        delete(Job)
        .where(Job.id.in_(old))
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    _forget_empty_batches(session, keep_s)
    return len(gone.all())


def _forget_empty_batches(session: Session, keep_s: float) -> None:
    has_jobs = select(Job.id).where(Job.batch_id == Batch.id).exists()
    session.execute(
        delete(Batch)
        .where(Batch.created_at < in_s(-keep_s), ~has_jobs)
        .execution_options(synchronize_session=False)
    )
