"""Reaper: requeue expired leases, resend lost hints, fail overdue jobs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, text, update
from sqlalchemy.orm import Session

from shared.db.models import StageRun
from shared.errors import CodesignerError, error_document
from shared.queue.events import Change, record
from shared.queue.transitions import announce, end_job, lock_job

__all__ = ["Reaped", "expire_leases_of", "reap"]


@dataclass(frozen=True, kw_only=True)
class Reaped:
    """Numbers of rows that one pass of the reaper changed."""

    expired: int
    """Stage runs with an expired lease, made ready again."""
    dead: int
    """Stage runs with an expired lease and no attempt left; their jobs failed."""
    announced: int
    """Ready stage runs that were not claimed, hinted at again."""
    overdue: int
    """Jobs past their deadline, failed."""


# Each of these locks job and stage run, skips locked rows, and repeats its whole predicate in the
# UPDATE: between the SELECT and the UPDATE the worker may have renewed its lease.
_EXPIRED = text("""
WITH lapsed AS (
    SELECT s.id FROM stage_run s JOIN job j ON j.id = s.job_id
    WHERE s.state = 'running' AND s.lease_until < statement_timestamp()
      AND s.attempt < s.max_attempts AND j.state IN ('queued', 'running')
    ORDER BY s.lease_until LIMIT :limit
    FOR NO KEY UPDATE OF j, s SKIP LOCKED
)
UPDATE stage_run s
SET state = 'ready', owner = NULL, lease_until = NULL, run_until = NULL,
    enqueued_at = clock_timestamp()
FROM lapsed
WHERE s.id = lapsed.id AND s.state = 'running' AND s.lease_until < statement_timestamp()
  AND s.attempt < s.max_attempts
RETURNING s.job_id, s.stage, s.attempt, s.fence
""")

_DEAD = text("""
WITH lapsed AS (
    SELECT s.id FROM stage_run s JOIN job j ON j.id = s.job_id
    WHERE s.state = 'running' AND s.lease_until < statement_timestamp()
      AND s.attempt >= s.max_attempts AND j.state IN ('queued', 'running')
    ORDER BY s.lease_until LIMIT :limit
    FOR NO KEY UPDATE OF j, s SKIP LOCKED
)
UPDATE stage_run s
SET state = 'dead', owner = NULL, lease_until = NULL, run_until = NULL,
    finished_at = clock_timestamp()
FROM lapsed
WHERE s.id = lapsed.id AND s.state = 'running' AND s.lease_until < statement_timestamp()
  AND s.attempt >= s.max_attempts
RETURNING s.job_id, s.stage, s.attempt, s.fence
""")

_UNCLAIMED = text("""
SELECT s.job_id, s.stage FROM stage_run s
WHERE s.state = 'ready' AND s.enqueued_at < statement_timestamp() - make_interval(secs => :age_s)
  AND (s.not_before IS NULL OR s.not_before <= statement_timestamp())
  AND NOT EXISTS (
      SELECT FROM outbox o WHERE o.job_id = s.job_id AND o.stage = s.stage
        AND (o.sent_at IS NULL
             OR o.sent_at > statement_timestamp() - make_interval(secs => :age_s)))
  AND NOT EXISTS (SELECT FROM pause p WHERE p.stage IN (s.stage, 'all'))
ORDER BY s.enqueued_at LIMIT :limit
FOR NO KEY UPDATE OF s SKIP LOCKED
""")

_OVERDUE = text("""
SELECT id FROM job
WHERE state IN ('queued', 'running') AND deadline < statement_timestamp()
ORDER BY deadline LIMIT :limit
FOR NO KEY UPDATE SKIP LOCKED
""")


def reap(session: Session, *, ready_timeout_s: float = 30.0, limit: int = 200) -> Reaped:
    """Run one pass of the reaper over at most `limit` rows of each kind."""
    overdue = _fail_overdue(session, limit)
    dead = _fail_dead(session, limit)
    expired = _requeue_expired(session, limit)
    unclaimed = session.execute(_UNCLAIMED, {"age_s": ready_timeout_s, "limit": limit}).all()
    for row in unclaimed:
        announce(session, row.job_id, row.stage)
    return Reaped(expired=expired, dead=dead, announced=len(unclaimed), overdue=overdue)


def expire_leases_of(session: Session, worker: str, current_owner: str) -> int:
    """End the leases that a worker's earlier children hold; return their number.

    A worker replaces a child only once it is dead, so nobody renews these leases. The next pass of
    the reaper makes their stage runs ready again, or fails them.

    Args:
        worker: name of the worker; owners are `<worker>/<pid of the child>`.
        current_owner: the present child's, which is left alone.
    """
    expired = session.execute(
        update(StageRun)
        .where(
            StageRun.state == "running",
            func.starts_with(StageRun.owner, f"{worker}/"),
            StageRun.owner != current_owner,
        )
        .values(lease_until=func.clock_timestamp())
        .returning(StageRun.id)
        .execution_options(synchronize_session=False)
    )
    return len(expired.all())


def _requeue_expired(session: Session, limit: int) -> int:
    rows = session.execute(_EXPIRED, {"limit": limit}).all()
    for row in rows:
        job = lock_job(session, row.job_id)
        assert job is not None
        record(session, job, Change(kind="stage.expired", body=_event_body(row)))
        announce(session, row.job_id, row.stage)
    return len(rows)


def _fail_dead(session: Session, limit: int) -> int:
    rows = session.execute(_DEAD, {"limit": limit}).all()
    for row in rows:
        job = lock_job(session, row.job_id)
        assert job is not None
        message = f"The lease of {row.stage} expired in its last attempt, {row.attempt}."
        reason = error_document(CodesignerError("attempts_used_up", message), stage=row.stage)
        record(session, job, Change(kind="stage.dead", body=_event_body(row) | {"error": reason}))
        end_job(session, job, "failed", error=reason)
    return len(rows)


def _fail_overdue(session: Session, limit: int) -> int:
    ids = session.scalars(_OVERDUE, {"limit": limit}).all()
    for job_id in ids:
        job = lock_job(session, job_id)
        assert job is not None
        error = CodesignerError("deadline_passed", "The job did not end before its deadline.")
        end_job(session, job, "failed", error=error_document(error))
    return len(ids)


def _event_body(row: Any) -> dict[str, Any]:
    return {"stage": row.stage, "attempt": row.attempt, "fence": row.fence}
