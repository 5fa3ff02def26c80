"""Write stage results: finish a batch in one statement, each row under its own fence."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.errors import StaleFence
from shared.pipelines import STAGES
from shared.queue.claims import Claim, claim_from_row

__all__ = [
    "NO_NEXT_CLAIMS",
    "ArtifactRecord",
    "Finished",
    "NextClaims",
    "StageOutput",
    "finish",
    "finish_many",
]


@dataclass(frozen=True, kw_only=True)
class ArtifactRecord:
    """A file made by a stage; its bytes are already in the artifact store."""

    kind: str
    variant: int
    sha256: str
    media_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class StageOutput:
    """Result of a finished stage."""

    output_sha256: str
    output_media_type: str
    artifacts: tuple[ArtifactRecord, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    description: str | None = None
    """Text of the caption stage, d(I)."""
    notices: tuple[str, ...] = ()
    """Notice codes for the designer."""
    input_key: str | None = None
    """Hash of everything the result depends on; None: the result is not reusable."""
    reused: bool = False
    compute_s: float | None = None
    """Seconds of computation of its batch; None: nothing was computed."""
    batch: int | None = None
    """Jobs in that batch."""
    on_done: Callable[[Session], object] | None = None
    """Called in the finishing transaction once the row is written, never under a stale fence.
    What it raises rolls the finish back."""


@dataclass(frozen=True, kw_only=True)
class NextClaims:
    """Next stages that the finishing transaction claims for the same worker."""

    owner: str = ""
    most: Mapping[str, int] = field(default_factory=dict)
    """Maximum number of claims by stage; the other rows become ready for any worker."""
    lease_s: float | None = None
    """Lease in seconds; None: the default of each stage."""

    def lease_of(self, stage: str) -> float:
        """Return the lease of a stage in seconds."""
        return STAGES[stage].lease_s if self.lease_s is None else self.lease_s


NO_NEXT_CLAIMS = NextClaims()
"""No claims: all next stages become ready for any worker."""


# One statement. It locks the jobs, always in the same order, before their stage runs, and skips
# jobs that have ended and stage runs with a stale fence. Then it stores the results and ends the
# job, or claims the next waiting stage for the same worker, or makes that stage ready and inserts
# its hint.
_DONE = text("""
WITH results AS (
    SELECT * FROM jsonb_to_recordset(CAST(:results AS jsonb)) AS row (
        id bigint, job_id text, fence bigint, attempt integer, output_sha256 text,
        output_media_type text, provenance jsonb, input_key text, reused boolean,
        compute_s double precision, batch integer, description text, notices jsonb,
        artifacts jsonb)
), locked_jobs AS MATERIALIZED (
    SELECT j.id, j.deadline FROM job j JOIN results r ON r.job_id = j.id
    WHERE j.state IN ('queued', 'running')
    ORDER BY j.id
    FOR NO KEY UPDATE OF j
), done AS (
    UPDATE stage_run s
    SET state = 'done', progress = 1, lease_until = NULL, run_until = NULL,
        started_at = least(s.started_at,
                           clock_timestamp() - make_interval(secs => r.compute_s)),
        finished_at = clock_timestamp(), output_sha256 = r.output_sha256,
        output_media_type = r.output_media_type, provenance = r.provenance,
        input_key = r.input_key, reused = r.reused, compute_s = r.compute_s, batch = r.batch
    FROM results r JOIN locked_jobs lj ON lj.id = r.job_id
    WHERE s.id = r.id AND s.fence = r.fence AND s.state = 'running'
    RETURNING s.id, s.job_id, s.stage, r.fence, r.attempt, r.description, r.notices, r.artifacts
), next_stage AS (
    SELECT DISTINCT ON (s.job_id) s.id, s.job_id, s.stage, s.turn, s.attempt, s.not_before
    FROM stage_run s JOIN done d ON d.job_id = s.job_id
    WHERE s.state = 'waiting'
    ORDER BY s.job_id, s.position
), claimable AS (
    SELECT n.id, m.max_claims, m.lease_s, m.limit_s,
           row_number() OVER (PARTITION BY n.stage ORDER BY n.turn, n.id) AS rank
    FROM next_stage n
    JOIN locked_jobs lj ON lj.id = n.job_id
    JOIN jsonb_to_recordset(CAST(:next_claims AS jsonb)) AS m (
        stage text, max_claims integer, lease_s double precision, limit_s double precision)
      ON m.stage = n.stage
    WHERE n.attempt = 0
      AND (n.not_before IS NULL OR n.not_before <= statement_timestamp())
      AND (lj.deadline IS NULL OR lj.deadline > statement_timestamp())
      AND NOT EXISTS (SELECT FROM pause p WHERE p.stage IN (n.stage, 'all'))
), opened AS (
    UPDATE stage_run s
    SET enqueued_at = clock_timestamp(),
        state = CASE WHEN c.id IS NULL THEN 'ready' ELSE 'running' END,
        fence = s.fence + CASE WHEN c.id IS NULL THEN 0 ELSE 1 END,
        attempt = s.attempt + CASE WHEN c.id IS NULL THEN 0 ELSE 1 END,
        owner = CASE WHEN c.id IS NOT NULL THEN :owner END,
        started_at = CASE WHEN c.id IS NOT NULL THEN clock_timestamp() END,
        lease_until = clock_timestamp() + make_interval(secs => least(c.lease_s, c.limit_s)),
        run_until = clock_timestamp() + make_interval(secs => c.limit_s)
    FROM next_stage n LEFT JOIN claimable c ON c.id = n.id AND c.rank <= c.max_claims
    WHERE s.id = n.id AND s.state = 'waiting'
    RETURNING s.id, s.job_id, s.stage, s.fence, s.attempt, s.max_attempts, s.checkpoint_step,
              s.checkpoint_sha256, c.id IS NOT NULL AS claimed
), hints AS (
    INSERT INTO outbox (job_id, stage) SELECT job_id, stage FROM opened WHERE NOT claimed
), artifacts AS (
    INSERT INTO artifact (job_id, stage, kind, variant, sha256, media_type, size_bytes,
                          width, height)
    SELECT d.job_id, d.stage, file.* FROM done d, jsonb_to_recordset(d.artifacts) AS file (
        kind text, variant integer, sha256 text, media_type text, size_bytes bigint,
        width integer, height integer)
), updated_jobs AS (
    UPDATE job j
    SET version = j.version + CASE WHEN o.job_id IS NULL OR o.claimed THEN 2 ELSE 1 END,
        state = CASE WHEN o.job_id IS NULL THEN 'succeeded' ELSE j.state END,
        finished_at = CASE WHEN o.job_id IS NULL THEN clock_timestamp() END,
        expires_at = CASE WHEN o.job_id IS NULL
                          THEN clock_timestamp() + make_interval(secs => j.ttl_s) END,
        description = coalesce(d.description, j.description),
        notices = j.notices || coalesce(
            (SELECT jsonb_agg(added.notice ORDER BY added.position)
             FROM jsonb_array_elements(d.notices) WITH ORDINALITY AS added (notice, position)
             WHERE NOT j.notices @> added.notice), '[]')
    FROM done d LEFT JOIN opened o ON o.job_id = d.job_id
    WHERE j.id = d.job_id
    RETURNING j.id, j.version, o.job_id IS NULL AS ended, coalesce(o.claimed, false) AS claimed
), events AS (
    INSERT INTO job_event (job_id, seq, kind, body)
    SELECT d.job_id, u.version - CASE WHEN u.ended OR u.claimed THEN 1 ELSE 0 END, 'stage.done',
           jsonb_build_object('stage', d.stage, 'attempt', d.attempt, 'fence', d.fence)
    FROM done d JOIN updated_jobs u ON u.id = d.job_id
    UNION ALL
    SELECT id, version, 'job.succeeded', '{}' FROM updated_jobs WHERE ended
    UNION ALL
    SELECT u.id, u.version, 'stage.started',
           jsonb_build_object('stage', o.stage, 'attempt', o.attempt, 'fence', o.fence,
                              'owner', CAST(:owner AS text))
    FROM updated_jobs u JOIN opened o ON o.job_id = u.id WHERE o.claimed
)
SELECT d.id AS done, o.*
FROM done d LEFT JOIN opened o ON o.job_id = d.job_id
ORDER BY o.id
""")


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Outcome of finishing a batch."""

    stale: tuple[Claim, ...]
    """Claims with a stale fence or an ended job; nothing was written for them."""
    opened: frozenset[str]
    """Stages with new ready rows, for any worker."""
    begun: tuple[Claim, ...] = ()
    """Claims of next stages, made for the same worker."""


def finish(session: Session, claim: Claim, output: StageOutput) -> None:
    """Write a stage's result and make the next stage ready, or end the job as succeeded.

    Raises:
        StaleFence: another worker claimed the stage run, or the job has ended.
    """
    if finish_many(session, [(claim, output)]).stale:
        raise StaleFence(claim.job_id, claim.stage)


def finish_many(
    session: Session,
    done: Sequence[tuple[Claim, StageOutput]],
    onward: NextClaims = NO_NEXT_CLAIMS,
) -> Finished:
    """Finish a batch in one statement, each row under its own fence.

    Args:
        onward: next stages to claim at once; none that is paused, overdue or was tried before.
    """
    if not done:
        return Finished(stale=(), opened=frozenset())
    parameters = {
        "results": json.dumps([_result_row(claim, output) for claim, output in done]),
        "next_claims": json.dumps([_claim_limit(onward, stage) for stage in onward.most]),
        "owner": onward.owner,
    }
    rows = session.execute(_DONE, parameters).all()
    written = {row.done for row in rows}
    for claim, output in done:
        if output.on_done is not None and claim.stage_run_id in written:
            output.on_done(session)
    return Finished(
        stale=tuple(claim for claim, _ in done if claim.stage_run_id not in written),
        opened=frozenset(row.stage for row in rows if row.claimed is False),
        begun=tuple(
            claim_from_row(row, row.stage, onward.lease_of(row.stage))
            for row in rows
            if row.claimed
        ),
    )


def _claim_limit(onward: NextClaims, stage: str) -> dict[str, Any]:
    return {
        "stage": stage,
        "max_claims": onward.most[stage],
        "lease_s": onward.lease_of(stage),
        "limit_s": STAGES[stage].run_limit_s,
    }


def _result_row(claim: Claim, output: StageOutput) -> dict[str, Any]:
    return {
        "id": claim.stage_run_id,
        "job_id": claim.job_id,
        "fence": claim.fence,
        "attempt": claim.attempt,
        "output_sha256": output.output_sha256,
        "output_media_type": output.output_media_type,
        "provenance": dict(output.provenance),
        "input_key": output.input_key,
        "reused": output.reused,
        "compute_s": output.compute_s,
        "batch": output.batch,
        "description": output.description,
        "notices": list(dict.fromkeys(output.notices)),
        "artifacts": [vars(artifact) for artifact in output.artifacts],
    }
