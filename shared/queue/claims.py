"""Taking work: the right to run a stage, under a fence and a lease."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job, StageRun
from shared.errors import StaleFence
from shared.pipelines import STAGES
from shared.queue.transitions import lock_job

__all__ = ["CLAIM", "Claim", "Wanted", "claim", "claim_of", "facts", "hold", "write"]


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


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows a claim would rather have: those whose pinned models are loaded already."""

    roles: Sequence[str]
    """Roles whose models the stage uses."""
    versions: Collection[str]
    """Ids of the versions that are loaded."""
    patience_s: float = 10.0
    """A row that waits longer than that is taken whatever it pins."""


# One statement: it locks jobs and stage runs, begins the attempts, numbers and notes their
# events, and spends the hints that were noted for them and are not sent yet.
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
      AND (CAST(:loaded AS text[]) IS NULL
           OR s.enqueued_at < statement_timestamp() - make_interval(secs => :patience_s)
           OR NOT EXISTS (SELECT FROM unnest(CAST(:roles AS text[])) AS needed (role)
                          WHERE j.model_versions ->> needed.role <> ALL (CAST(:loaded AS text[]))))
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
), taken AS (
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
), numbered AS (
    UPDATE job j
    SET state = 'running', version = j.version + 1,
        started_at = coalesce(j.started_at, clock_timestamp())
    FROM taken t WHERE j.id = t.job_id
    RETURNING j.id, j.version
), noted AS (
    INSERT INTO job_event (job_id, seq, kind, body)
    SELECT t.job_id, n.version, 'stage.started',
           jsonb_build_object('stage', CAST(:stage AS text), 'attempt', t.attempt,
                              'fence', t.fence, 'owner', CAST(:owner AS text))
           || CASE WHEN t.was = 'running' THEN jsonb_build_object('lease_expired', true)
                ELSE jsonb_build_object() END
    FROM taken t JOIN numbered n ON n.id = t.job_id
), spent AS (
    UPDATE outbox o SET sent_at = clock_timestamp()
    FROM (SELECT h.id FROM outbox h JOIN taken t ON h.job_id = t.job_id
          WHERE h.stage = :stage AND h.sent_at IS NULL
          FOR UPDATE OF h SKIP LOCKED) AS hint
    WHERE o.id = hint.id
)
SELECT id, job_id, fence, attempt, max_attempts, checkpoint_step, checkpoint_sha256
FROM taken ORDER BY place
""")


def claim(
    session: Session,
    stage: str,
    owner: str,
    limit: int = 1,
    lease_s: float | None = None,
    wanted: Wanted | None = None,
) -> list[Claim]:
    """Take up to `limit` stage runs that can run as one batch: same pinned model versions.

    In the order of `shared.queue.fairness`, those of all owners together; none from a paused stage.
    A row on its second or later attempt comes alone, so that a poisonous one cannot take its
    neighbours along. An empty list: the hint was a duplicate, or stale.

    Args:
        lease_s: None: the stage's own.
        wanted: None: any rows. Where none of those wanted is there, any are taken.
    """
    spec = STAGES[stage]
    lease_s = spec.lease_s if lease_s is None else lease_s
    given = {
        "stage": stage,
        "owner": owner,
        "limit": limit,
        "lease_s": lease_s,
        "limit_s": spec.run_limit_s,
        "roles": [],
        "loaded": None,
        "patience_s": 0.0,
    }
    rows: Sequence[Any] = ()
    if wanted is not None:
        choosy = {
            "roles": list(wanted.roles),
            "loaded": list(wanted.versions),
            "patience_s": wanted.patience_s,
        }
        rows = session.execute(CLAIM, given | choosy).all()
    if not rows:
        rows = session.execute(CLAIM, given).all()
    return [claim_of(row, stage, lease_s) for row in rows]


def claim_of(row: Any, stage: str, lease_s: float) -> Claim:
    """Give the claim that a statement has just made of a stage run."""
    return Claim(
        job_id=row.job_id,
        stage=stage,
        stage_run_id=row.id,
        fence=row.fence,
        attempt=row.attempt,
        max_attempts=row.max_attempts,
        lease_s=lease_s,
        checkpoint_step=row.checkpoint_step,
        checkpoint_sha256=row.checkpoint_sha256,
    )


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
