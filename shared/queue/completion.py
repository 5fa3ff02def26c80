"""Finishing work: a batch in one statement, each row under its own fence."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.errors import StaleFence
from shared.pipelines import STAGES
from shared.queue.claims import Claim, claim_of

__all__ = [
    "NOWHERE",
    "ArtifactRecord",
    "Finished",
    "Onward",
    "StageOutput",
    "finish",
    "finish_many",
]


@dataclass(frozen=True, kw_only=True)
class ArtifactRecord:
    """A file that a stage made; its bytes are in the store already."""

    kind: str
    variant: int
    sha256: str
    media_type: str
    size_bytes: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class StageOutput:
    """What is kept of a stage that ran to its end."""

    output_sha256: str
    output_media_type: str
    artifacts: tuple[ArtifactRecord, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    description: str | None = None
    """d(I), from the caption stage."""
    notices: tuple[str, ...] = ()
    """Codes of what the designer should know."""
    input_key: str | None = None
    """Hash of all that the result depends on; None: it is not to be taken over."""
    reused: bool = False
    compute_s: float | None = None
    """Seconds that its batch was computed; None: nothing was."""
    batch: int | None = None
    """Jobs in that batch."""
    on_done: Callable[[Session], object] | None = None
    """Called in the finishing transaction once the row is written, never under a stale fence.
    What it raises rolls the finish back."""


@dataclass(frozen=True, kw_only=True)
class Onward:
    """Which stages whoever finishes a batch goes on with: claimed by the finish itself."""

    owner: str = ""
    most: Mapping[str, int] = field(default_factory=dict)
    """Most rows of each such stage; the others become ready, for anybody."""
    lease_s: float | None = None
    """None: each stage's own."""

    def lease_of(self, stage: str) -> float:
        """Give the lease of a stage in seconds."""
        return STAGES[stage].lease_s if self.lease_s is None else self.lease_s


NOWHERE = Onward()
"""With no stage: all that follows becomes ready, for anybody."""


# One statement. It locks the jobs, in an order that is always the same, before their stage runs;
# those that have ended, and stage runs whose fence is another's by now, are left alone. Then it
# keeps what was made, and ends the job, or has the next waiting stage begin for whoever goes on
# with it, as a claim would, or makes it ready and notes its hint.
_DONE = text("""
WITH given AS (
    SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS row (
        id bigint, job_id text, fence bigint, attempt integer, output_sha256 text,
        output_media_type text, provenance jsonb, input_key text, reused boolean,
        compute_s double precision, batch integer, description text, notices jsonb,
        artifacts jsonb)
), held AS MATERIALIZED (
    SELECT j.id, j.deadline FROM job j JOIN given g ON g.job_id = j.id
    WHERE j.state IN ('queued', 'running')
    ORDER BY j.id
    FOR NO KEY UPDATE OF j
), done AS (
    UPDATE stage_run s
    SET state = 'done', progress = 1, lease_until = NULL, run_until = NULL,
        started_at = least(s.started_at,
                           clock_timestamp() - make_interval(secs => g.compute_s)),
        finished_at = clock_timestamp(), output_sha256 = g.output_sha256,
        output_media_type = g.output_media_type, provenance = g.provenance,
        input_key = g.input_key, reused = g.reused, compute_s = g.compute_s, batch = g.batch
    FROM given g JOIN held h ON h.id = g.job_id
    WHERE s.id = g.id AND s.fence = g.fence AND s.state = 'running'
    RETURNING s.id, s.job_id, s.stage, g.fence, g.attempt, g.description, g.notices, g.artifacts
), following AS (
    SELECT DISTINCT ON (s.job_id) s.id, s.job_id, s.stage, s.turn, s.attempt, s.not_before
    FROM stage_run s JOIN done d ON d.job_id = s.job_id
    WHERE s.state = 'waiting'
    ORDER BY s.job_id, s.position
), line AS (
    SELECT f.id, o.most, o.lease_s, o.limit_s,
           row_number() OVER (PARTITION BY f.stage ORDER BY f.turn, f.id) AS place
    FROM following f
    JOIN held h ON h.id = f.job_id
    JOIN jsonb_to_recordset(CAST(:onward AS jsonb)) AS o (
        stage text, most integer, lease_s double precision, limit_s double precision)
      ON o.stage = f.stage
    WHERE f.attempt = 0
      AND (f.not_before IS NULL OR f.not_before <= statement_timestamp())
      AND (h.deadline IS NULL OR h.deadline > statement_timestamp())
      AND NOT EXISTS (SELECT FROM pause p WHERE p.stage IN (f.stage, 'all'))
), opened AS (
    UPDATE stage_run s
    SET enqueued_at = clock_timestamp(),
        state = CASE WHEN l.id IS NULL THEN 'ready' ELSE 'running' END,
        fence = s.fence + CASE WHEN l.id IS NULL THEN 0 ELSE 1 END,
        attempt = s.attempt + CASE WHEN l.id IS NULL THEN 0 ELSE 1 END,
        owner = CASE WHEN l.id IS NOT NULL THEN :owner END,
        started_at = CASE WHEN l.id IS NOT NULL THEN clock_timestamp() END,
        lease_until = clock_timestamp() + make_interval(secs => least(l.lease_s, l.limit_s)),
        run_until = clock_timestamp() + make_interval(secs => l.limit_s)
    FROM following f LEFT JOIN line l ON l.id = f.id AND l.place <= l.most
    WHERE s.id = f.id AND s.state = 'waiting'
    RETURNING s.id, s.job_id, s.stage, s.fence, s.attempt, s.max_attempts, s.checkpoint_step,
              s.checkpoint_sha256, l.id IS NOT NULL AS begun
), hinted AS (
    INSERT INTO outbox (job_id, stage) SELECT job_id, stage FROM opened WHERE NOT begun
), kept AS (
    INSERT INTO artifact (job_id, stage, kind, variant, sha256, media_type, size_bytes,
                          width, height)
    SELECT d.job_id, d.stage, made.* FROM done d, jsonb_to_recordset(d.artifacts) AS made (
        kind text, variant integer, sha256 text, media_type text, size_bytes bigint,
        width integer, height integer)
), moved AS (
    UPDATE job j
    SET version = j.version + CASE WHEN o.job_id IS NULL OR o.begun THEN 2 ELSE 1 END,
        state = CASE WHEN o.job_id IS NULL THEN 'succeeded' ELSE j.state END,
        finished_at = CASE WHEN o.job_id IS NULL THEN clock_timestamp() END,
        expires_at = CASE WHEN o.job_id IS NULL
                          THEN clock_timestamp() + make_interval(secs => j.ttl_s) END,
        description = coalesce(d.description, j.description),
        notices = j.notices || coalesce(
            (SELECT jsonb_agg(told.notice ORDER BY told.place)
             FROM jsonb_array_elements(d.notices) WITH ORDINALITY AS told (notice, place)
             WHERE NOT j.notices @> told.notice), '[]')
    FROM done d LEFT JOIN opened o ON o.job_id = d.job_id
    WHERE j.id = d.job_id
    RETURNING j.id, j.version, o.job_id IS NULL AS ended, coalesce(o.begun, false) AS begun
), noted AS (
    INSERT INTO job_event (job_id, seq, kind, body)
    SELECT d.job_id, m.version - CASE WHEN m.ended OR m.begun THEN 1 ELSE 0 END, 'stage.done',
           jsonb_build_object('stage', d.stage, 'attempt', d.attempt, 'fence', d.fence)
    FROM done d JOIN moved m ON m.id = d.job_id
    UNION ALL
    SELECT id, version, 'job.succeeded', '{}' FROM moved WHERE ended
    UNION ALL
    SELECT m.id, m.version, 'stage.started',
           jsonb_build_object('stage', o.stage, 'attempt', o.attempt, 'fence', o.fence,
                              'owner', CAST(:owner AS text))
    FROM moved m JOIN opened o ON o.job_id = m.id WHERE o.begun
)
SELECT d.id AS done, o.*
FROM done d LEFT JOIN opened o ON o.job_id = d.job_id
ORDER BY o.id
""")


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What became of the results of a batch."""

    stale: tuple[Claim, ...]
    """Claims whose fence was stale or whose job has ended; nothing is written for them."""
    opened: frozenset[str]
    """Stages that have new work for anybody."""
    begun: tuple[Claim, ...] = ()
    """Claims of the stages that whoever finished goes on with."""


def finish(session: Session, held: Claim, output: StageOutput) -> None:
    """Note a stage's result and make the next stage ready, or end the job as succeeded.

    Raises:
        StaleFence: the work is another's by now, or the job has ended.
    """
    if finish_many(session, [(held, output)]).stale:
        raise StaleFence(held.job_id, held.stage)


def finish_many(
    session: Session,
    done: Sequence[tuple[Claim, StageOutput]],
    onward: Onward = NOWHERE,
) -> Finished:
    """Finish a batch in one statement, each row under its own fence.

    Args:
        onward: what is claimed at once of the stages that follow; nothing that is paused, too
            late, or tried before.
    """
    if not done:
        return Finished(stale=(), opened=frozenset())
    given = json.dumps([_given(held, output) for held, output in done])
    goes_on = json.dumps([_onward(onward, stage) for stage in onward.most])
    rows = session.execute(_DONE, {"given": given, "onward": goes_on, "owner": onward.owner}).all()
    written = {row.done for row in rows}
    for held, output in done:
        if output.on_done is not None and held.stage_run_id in written:
            output.on_done(session)
    return Finished(
        stale=tuple(held for held, _ in done if held.stage_run_id not in written),
        opened=frozenset(row.stage for row in rows if row.begun is False),
        begun=tuple(
            claim_of(row, row.stage, onward.lease_of(row.stage)) for row in rows if row.begun
        ),
    )


def _onward(onward: Onward, stage: str) -> dict[str, Any]:
    return {
        "stage": stage,
        "most": onward.most[stage],
        "lease_s": onward.lease_of(stage),
        "limit_s": STAGES[stage].run_limit_s,
    }


def _given(held: Claim, output: StageOutput) -> dict[str, Any]:
    return {
        "id": held.stage_run_id,
        "job_id": held.job_id,
        "fence": held.fence,
        "attempt": held.attempt,
        "output_sha256": output.output_sha256,
        "output_media_type": output.output_media_type,
        "provenance": dict(output.provenance),
        "input_key": output.input_key,
        "reused": output.reused,
        "compute_s": output.compute_s,
        "batch": output.batch,
        "description": output.description,
        "notices": list(dict.fromkeys(output.notices)),
        "artifacts": [vars(made) for made in output.artifacts],
    }
