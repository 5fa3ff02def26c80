"""Garbage collection of expired jobs and unreferenced artifacts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Table, delete, func, select, text
from sqlalchemy.orm import Session

from shared.db import account_models, library_models, webhook_models  # noqa: F401 (their tables)
from shared.db.models import ENDED, Base, Batch, Job
from shared.queue.transitions import seconds_from_now
from shared.storage.artifacts import ArtifactStore

__all__ = [
    "DeletedRows",
    "collect_artifacts",
    "delete_rows",
    "expire_jobs",
    "lock_ended",
    "unreferenced",
]

_BATCH = 500
_DAY_S = 86_400.0

_EXPIRY_GRACE_S = 600.0
"""Grace period between a job's expiry and the collection of its files. A job that reuses them as it
expires is committed by then."""

_UNREFERENCED = text("""
WITH candidate AS (
    SELECT sha256 FROM unnest(CAST(:names AS text[])) AS name (sha256)
), referring AS (
    SELECT a.job_id, sha256 FROM artifact a JOIN candidate USING (sha256)
    UNION ALL
    SELECT s.job_id, sha256 FROM stage_run s JOIN candidate ON sha256 = s.output_sha256
    UNION ALL
    SELECT s.job_id, sha256 FROM stage_run s JOIN candidate ON sha256 = s.checkpoint_sha256
    UNION ALL
    SELECT j.id, sha256 FROM job j JOIN candidate ON sha256 = j.reference_sha256
    UNION ALL
    SELECT j.id, sha256 FROM job j JOIN candidate ON sha256 = j.options ->> 'dataset_sha256'
)
SELECT candidate.sha256 FROM candidate
WHERE NOT EXISTS (
        SELECT FROM referring r JOIN job j ON j.id = r.job_id
        WHERE r.sha256 = candidate.sha256
          AND (j.expires_at IS NULL
               OR j.expires_at > clock_timestamp() - make_interval(secs => :expired_s)))
  AND NOT EXISTS (SELECT FROM model_version m WHERE m.sha256 = candidate.sha256)
  AND NOT EXISTS (SELECT FROM search_picture p WHERE p.sha256 = candidate.sha256)
""")


def unreferenced(session: Session, names: Iterable[str]) -> set[str]:
    """Return the sha256s that no model version, searched picture or unexpired job refers to."""
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
    """Delete the rows of jobs that expired more than `keep_s` ago, and return their count.

    Until then the API answers with job_expired, afterwards with job_not_found.
    """
    is_over = Job.expires_at < seconds_from_now(-keep_s)
    return delete_rows(session, lock_ended(session, is_over, limit)).jobs


def lock_ended(session: Session, condition: ColumnElement[bool], limit: int) -> list[str]:
    """Return the ids of ended jobs that meet a condition, and lock their rows.

    A concurrent transaction that restores one ends first, and it is not among them.
    """
    statement = select(Job.id).where(Job.state.in_(ENDED), condition)
    return list(session.scalars(statement.order_by(Job.id).limit(limit).with_for_update()))


@dataclass(frozen=True, kw_only=True)
class DeletedRows:
    """Counts of deleted rows."""

    jobs: int
    rows: int
    """All of them, those of jobs among them."""


def delete_rows(session: Session, job_ids: Sequence[str]) -> DeletedRows:
    """Delete jobs and all that belongs to them, and their batches once these are empty.

    Briefs that no remaining job of a batch has are deleted from what its request had.
    """
    if not job_ids:
        return DeletedRows(jobs=0, rows=0)
    batch_ids = session.scalars(
        select(Job.batch_id).where(Job.id.in_(job_ids), Job.batch_id.is_not(None)).distinct()
    ).all()
    owned = sum(_count(session, table, job_ids) for table in _tables_of_jobs())
    deleted = session.execute(
        delete(Job)
        .where(Job.id.in_(job_ids))
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    jobs = len(deleted.all())
    batches = sum(_trim_batch(session, batch_id) for batch_id in sorted(map(str, batch_ids)))
    return DeletedRows(jobs=jobs, rows=jobs + owned + batches)


def _tables_of_jobs() -> Iterator[Table]:
    """Yield the tables whose rows are deleted with their job."""
    for table in Base.metadata.sorted_tables:
        if any(
            "job_id" in key.column_keys and key.ondelete == "CASCADE"
            for key in table.foreign_key_constraints
        ):
            yield table


def _count(session: Session, table: Table, job_ids: Sequence[str]) -> int:
    statement = select(func.count()).select_from(table).where(table.c.job_id.in_(job_ids))
    return session.scalar(statement) or 0


def _trim_batch(session: Session, batch_id: str) -> bool:
    """Delete a batch without jobs, or the briefs that none of its jobs has; return whether it is.

    A batch and its jobs are inserted in one transaction, so it gets no further ones.
    """
    batch = session.get(Batch, batch_id, with_for_update=True)
    if batch is None:
        return False
    briefs = set(session.scalars(select(Job.brief).where(Job.batch_id == batch_id)))
    if not briefs:
        session.delete(batch)
        session.flush()
        return True
    kept = [brief for brief in batch.asked.get("briefs", ()) if brief in briefs]
    if len(kept) < len(batch.asked.get("briefs", ())):
        batch.asked = batch.asked | {"briefs": kept or sorted(briefs)}
        session.flush()
    return False
