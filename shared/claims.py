"""Taking work: the right to run a stage, under a fence and a lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, text, update
from sqlalchemy.orm import Session

from shared.errors import StaleFence
from shared.events import Change, record_each
from shared.lifecycle import lock_job
from shared.pipelines import STAGES
from shared.rows import ACTIVE, Job, StageRun

__all__ = ["CLAIM", "Claim", "claim", "facts", "hold", "write"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to run one stage of one job, while the fence stands."""

    job_id: str
    stage: str
    stage_run_id: int
    fence: int
    attempt: int
    """1 at the first attempt."""
    max_attempts: int
    lease_s: float
    checkpoint_step: int | None
    checkpoint_sha256: str | None


CLAIM = text("""
WITH candidate AS (
    SELECT s.id, s.attempt, s.turn, s.state AS was, j.model_versions
    FROM stage_run s JOIN job j ON j.id = s.job_id
    WHERE s.stage = :stage
      AND (s.state = 'ready' OR (s.state = 'running' AND s.lease_until < statement_timestamp()))
      AND s.attempt < s.max_attempts
      AND (s.not_before IS NULL OR s.not_before <= statement_timestamp())
      AND j.state IN ('queued', 'running')
      AND (j.deadline IS NULL OR j.deadline > statement_timestamp())
      AND NOT EXISTS (SELECT FROM pause p WHERE p.stage IN (:stage, 'all'))
    ORDER BY s.turn, s.id
    LIMIT :limit
    FOR NO KEY UPDATE OF j, s SKIP LOCKED
), batch AS (
    SELECT id, was, attempt, model_versions,
           row_number() OVER line AS place,
           first_value(attempt) OVER line AS first_attempt,
           first_value(model_versions) OVER line AS first_versions
    FROM candidate
    WINDOW line AS (ORDER BY turn, id)
)
UPDATE stage_run s
SET state = 'running', fence = s.fence + 1, attempt = s.attempt + 1, owner = :owner,
    lease_until = clock_timestamp() + make_interval(secs => least(:lease_s, :limit_s)),
    run_until = clock_timestamp() + make_interval(secs => :limit_s),
    started_at = clock_timestamp(), progress = 0, error = NULL
FROM batch b
WHERE s.id = b.id
  AND (s.state = 'ready' OR (s.state = 'running' AND s.lease_until < statement_timestamp()))
  AND s.attempt < s.max_attempts
  AND (b.place = 1 OR (b.first_attempt = 0 AND b.attempt = 0
                       AND b.model_versions = b.first_versions))
RETURNING b.place, b.was, s.id, s.job_id, s.fence, s.attempt, s.max_attempts,
          s.checkpoint_step, s.checkpoint_sha256
""")


def claim(
    session: Session, stage: str, owner: str, limit: int = 1, lease_s: float | None = None
) -> list[Claim]:
    """Take up to `limit` stage runs that can run as one batch: same pinned model versions.

    In the order of `shared.fairness`, those of all owners together; none from a paused stage.
    A row on its second or later attempt comes alone, so that a poisonous one cannot take its
    neighbours along. An empty list: the hint was a duplicate, or stale.

    Args:
        lease_s: None: the stage's own.
    """
    spec = STAGES[stage]
    lease_s = spec.lease_s if lease_s is None else lease_s
    rows = session.execute(
        CLAIM,
        {
            "stage": stage,
            "owner": owner,
            "limit": limit,
            "lease_s": lease_s,
            "limit_s": spec.hard_limit_s,
        },
    ).all()
    taken = [
        (
            row.was,
            Claim(
                job_id=row.job_id,
                stage=stage,
                stage_run_id=row.id,
                fence=row.fence,
                attempt=row.attempt,
                max_attempts=row.max_attempts,
                lease_s=lease_s,
                checkpoint_step=row.checkpoint_step,
                checkpoint_sha256=row.checkpoint_sha256,
            ),
        )
        for row in sorted(rows, key=lambda row: row.place)
    ]
    _note_started(session, taken, owner)
    return [each for _, each in taken]


def _note_started(session: Session, taken: Sequence[tuple[str, Claim]], owner: str) -> None:
    """Number the start of each claim; their jobs' rows are locked by the claim."""
    if not taken:
        return
    numbered = session.execute(
        update(Job)
        .where(Job.id.in_([each.job_id for _, each in taken]))
        .values(
            state="running",
            version=Job.version + 1,
            started_at=func.coalesce(Job.started_at, func.clock_timestamp()),
        )
        .returning(Job.id, Job.version)
        .execution_options(synchronize_session=False)
    )
    numbers = dict(numbered.all())
    record_each(
        session,
        (
            (each.job_id, numbers[each.job_id], _started(each, owner, expired=was == "running"))
            for was, each in taken
        ),
    )


def _started(taken: Claim, owner: str, *, expired: bool) -> Change:
    body = facts(taken) | {"owner": owner}
    return Change(kind="stage.started", body=body | {"lease_expired": True} if expired else body)


def facts(held: Claim) -> dict[str, Any]:
    """Give what a claim's events tell of it."""
    return {"stage": held.stage, "attempt": held.attempt, "fence": held.fence}


def hold(session: Session, held: Claim) -> Job:
    """Lock the claim's job; StaleFence where it has ended."""
    job = lock_job(session, held.job_id)
    if job is None or job.state not in ACTIVE:
        raise StaleFence(held.job_id, held.stage)
    return job


def write(session: Session, held: Claim, *further: Any, **values: Any) -> None:
    """Change the claim's stage run where the fence is still the claim's; else StaleFence."""
    written = session.execute(
        update(StageRun)
        .where(
            StageRun.id == held.stage_run_id,
            StageRun.fence == held.fence,
            StageRun.state == "running",
            *further,
        )
        .values(**values)
        .returning(StageRun.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if written is None:
        raise StaleFence(held.job_id, held.stage)
