"""Claim stage runs under a lease and a fence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job, StageRun
from shared.errors import StaleFence
from shared.pipelines import STAGES
from shared.queue.transitions import lock_job

__all__ = [
    "CLAIM",
    "Claim",
    "ClaimPreference",
    "claim",
    "claim_from_row",
    "claimable_stages",
    "event_body",
    "lock_claimed_job",
    "update_claimed",
]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claimed stage run; valid until the lease expires or the fence rises."""

    job_id: str
    stage: str
    stage_run_id: int
    fence: int
    attempt: int
    """Number of this attempt, from 1."""
    max_attempts: int
    lease_s: float
    checkpoint_step: int | None
    checkpoint_sha256: str | None


@dataclass(frozen=True, kw_only=True)
class ClaimPreference:
    """Preference of a claim for rows whose pinned models are already loaded."""

    roles: Sequence[str]
    """Roles of the models that the stage uses."""
    versions: Collection[str]
    """Ids of the loaded model versions."""
    patience_s: float = 10.0
    """Seconds of waiting after which a row is claimed whatever it pins."""


# One statement: lock jobs and stage runs, start the attempts, insert their numbered events, and
# mark the unsent hints of the claimed stage runs as sent.
CLAIM = text("""
WITH candidate AS (
    SELECT s.id, s.attempt, s.turn, s.state AS previous_state, j.model_versions
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
    SELECT id, previous_state, attempt, model_versions,
           row_number() OVER line AS rank,
           first_value(attempt) OVER line AS first_attempt,
           first_value(model_versions) OVER line AS first_versions
    FROM candidate
    WINDOW line AS (ORDER BY turn, id)
), claimed AS (
    UPDATE stage_run s
    SET state = 'running', fence = s.fence + 1, attempt = s.attempt + 1, owner = :owner,
        lease_until = clock_timestamp() + make_interval(secs => least(:lease_s, :limit_s)),
        run_until = clock_timestamp() + make_interval(secs => :limit_s),
        started_at = clock_timestamp(), progress = 0, error = NULL
    FROM batch b
    WHERE s.id = b.id
      AND (s.state = 'ready' OR (s.state = 'running' AND s.lease_until < statement_timestamp()))
      AND s.attempt < s.max_attempts
      AND (b.rank = 1 OR (b.first_attempt = 0 AND b.attempt = 0
                          AND b.model_versions = b.first_versions))
    RETURNING b.rank, b.previous_state, s.id, s.job_id, s.fence, s.attempt, s.max_attempts,
              s.checkpoint_step, s.checkpoint_sha256
), started AS (
    UPDATE job j
    SET state = 'running', version = j.version + 1,
        started_at = coalesce(j.started_at, clock_timestamp())
    FROM claimed c WHERE j.id = c.job_id
    RETURNING j.id, j.version
), events AS (
    INSERT INTO job_event (job_id, seq, kind, body)
    SELECT c.job_id, j.version, 'stage.started',
           jsonb_build_object('stage', CAST(:stage AS text), 'attempt', c.attempt,
                              'fence', c.fence, 'owner', CAST(:owner AS text))
           || CASE WHEN c.previous_state = 'running' THEN jsonb_build_object('lease_expired', true)
                ELSE jsonb_build_object() END
    FROM claimed c JOIN started j ON j.id = c.job_id
), sent_hints AS (
    UPDATE outbox o SET sent_at = clock_timestamp()
    FROM (SELECT h.id FROM outbox h JOIN claimed c ON h.job_id = c.job_id
          WHERE h.stage = :stage AND h.sent_at IS NULL
          FOR UPDATE OF h SKIP LOCKED) AS hint
    WHERE o.id = hint.id
)
SELECT id, job_id, fence, attempt, max_attempts, checkpoint_step, checkpoint_sha256
FROM claimed ORDER BY rank
""")


def claim(
    session: Session,
    stage: str,
    owner: str,
    limit: int = 1,
    lease_s: float | None = None,
    wanted: ClaimPreference | None = None,
) -> list[Claim]:
    """Claim up to `limit` stage runs that can run as one batch: same pinned model versions.

    Rows of all owners are claimed in the order of `shared.queue.fairness`, none of a paused stage.
    A row on its second or later attempt is claimed alone, so that a poisonous row cannot fail its
    neighbours. The list is empty if the hint was a duplicate or stale.

    Args:
        lease_s: lease in seconds; None: the default of the stage.
        wanted: preferred rows; None: no preference. If no preferred row exists, any are claimed.
    """
    spec = STAGES[stage]
    lease_s = spec.lease_s if lease_s is None else lease_s
    parameters = {
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
        preference = {
            "roles": list(wanted.roles),
            "loaded": list(wanted.versions),
            "patience_s": wanted.patience_s,
        }
        rows = session.execute(CLAIM, parameters | preference).all()
    if not rows:
        rows = session.execute(CLAIM, parameters).all()
    return [claim_from_row(row, stage, lease_s) for row in rows]


def claimable_stages(session: Session, stages: Collection[str]) -> set[str]:
    """Return those of the stages with a stage run that is ready, or whose lease has expired."""
    if not stages:
        return set()
    return set(session.scalars(_claimable(tuple(sorted(stages)))))


@cache
def _claimable(stages: tuple[str, ...]) -> Select[tuple[str]]:
    names = select(func.unnest(array(stages)).label("stage")).subquery()
    is_own = StageRun.stage == names.c.stage
    is_ready = exists().where(is_own, StageRun.state == "ready")
    has_expired = exists().where(
        is_own,
        StageRun.state == "running",
        StageRun.lease_until < func.statement_timestamp(),
    )
    return select(names.c.stage).where(or_(is_ready, has_expired))


def claim_from_row(row: Any, stage: str, lease_s: float) -> Claim:
    """Return the claim of a stage run from a row of a claiming statement."""
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


def event_body(claim: Claim) -> dict[str, Any]:
    """Return the fields that every event of a claim has."""
    return {"stage": claim.stage, "attempt": claim.attempt, "fence": claim.fence}


def lock_claimed_job(session: Session, claim: Claim) -> Job:
    """Lock the job of a claim and return it.

    Raises:
        StaleFence: the job has ended.
    """
    job = lock_job(session, claim.job_id)
    if job is None or job.state not in ACTIVE:
        raise StaleFence(claim.job_id, claim.stage)
    return job


def update_claimed(session: Session, claim: Claim, *conditions: Any, **values: Any) -> None:
    """Update the stage run of a claim if its fence is still current.

    Raises:
        StaleFence: another worker claimed it, it is not running, or a condition does not hold.
    """
    updated = session.execute(
        update(StageRun)
        .where(
            StageRun.id == claim.stage_run_id,
            StageRun.fence == claim.fence,
            StageRun.state == "running",
            *conditions,
        )
        .values(**values)
        .returning(StageRun.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if updated is None:
        raise StaleFence(claim.job_id, claim.stage)
