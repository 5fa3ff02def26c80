"""Finishing work: a batch in one statement, each row under its own fence."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.claims import Claim
from shared.errors import StaleFence
from shared.registry import ReleaseManifest, register_release

__all__ = ["ArtifactRecord", "Finished", "StageOutput", "finish", "finish_many"]


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
    release: ReleaseManifest | None = None
    """From the train stage: the release it made."""


# One statement. It locks the jobs, in an order that is always the same, before their stage runs;
# those that have ended, and stage runs whose fence is another's by now, are left alone. Then it
# keeps what was made, makes the next waiting stage ready and notes its hint, or ends the job.
_DONE = text("""
WITH given AS (
    SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS row (
        id bigint, job_id text, fence bigint, attempt integer, output_sha256 text,
        output_media_type text, provenance jsonb, input_key text, reused boolean,
        compute_s double precision, batch integer, description text, notices jsonb,
        artifacts jsonb)
), held AS MATERIALIZED (
    SELECT j.id FROM job j JOIN given g ON g.job_id = j.id
    WHERE j.state IN ('queued', 'running')
    ORDER BY j.id
    FOR NO KEY UPDATE OF j
), done AS (
    UPDATE stage_run s
    SET state = 'done', progress = 1, lease_until = NULL, run_until = NULL,
        finished_at = clock_timestamp(), output_sha256 = g.output_sha256,
        output_media_type = g.output_media_type, provenance = g.provenance,
        input_key = g.input_key, reused = g.reused, compute_s = g.compute_s, batch = g.batch
    FROM given g JOIN held h ON h.id = g.job_id
    WHERE s.id = g.id AND s.fence = g.fence AND s.state = 'running'
    RETURNING s.id, s.job_id, s.stage, g.fence, g.attempt, g.description, g.notices, g.artifacts
), following AS (
    SELECT DISTINCT ON (s.job_id) s.id
    FROM stage_run s JOIN done d ON d.job_id = s.job_id
    WHERE s.state = 'waiting'
    ORDER BY s.job_id, s.position
), opened AS (
    UPDATE stage_run s SET state = 'ready', enqueued_at = clock_timestamp()
    FROM following f WHERE s.id = f.id AND s.state = 'waiting'
    RETURNING s.job_id, s.stage
), hinted AS (
    INSERT INTO outbox (job_id, stage) SELECT job_id, stage FROM opened
), kept AS (
    INSERT INTO artifact (job_id, stage, kind, variant, sha256, media_type, size_bytes,
                          width, height)
    SELECT d.job_id, d.stage, made.* FROM done d, jsonb_to_recordset(d.artifacts) AS made (
        kind text, variant integer, sha256 text, media_type text, size_bytes bigint,
        width integer, height integer)
), moved AS (
    UPDATE job j
    SET version = j.version + CASE WHEN o.job_id IS NULL THEN 2 ELSE 1 END,
        state = CASE WHEN o.job_id IS NULL THEN 'succeeded' ELSE j.state END,
        finished_at = CASE WHEN o.job_id IS NULL THEN clock_timestamp() END,
        description = coalesce(d.description, j.description),
        notices = j.notices || coalesce(
            (SELECT jsonb_agg(told.notice ORDER BY told.place)
             FROM jsonb_array_elements(d.notices) WITH ORDINALITY AS told (notice, place)
             WHERE NOT j.notices @> told.notice), '[]')
    FROM done d LEFT JOIN opened o ON o.job_id = d.job_id
    WHERE j.id = d.job_id
    RETURNING j.id, j.version, o.job_id IS NULL AS ended
), noted AS (
    INSERT INTO job_event (job_id, seq, kind, body)
    SELECT d.job_id, m.version - CASE WHEN m.ended THEN 1 ELSE 0 END, 'stage.done',
           jsonb_build_object('stage', d.stage, 'attempt', d.attempt, 'fence', d.fence)
    FROM done d JOIN moved m ON m.id = d.job_id
    UNION ALL
    SELECT id, version, 'job.succeeded', '{}' FROM moved WHERE ended
)
SELECT d.id, o.stage AS opened FROM done d LEFT JOIN opened o ON o.job_id = d.job_id
""")


@dataclass(frozen=True, kw_only=True)
class Finished:
    """What became of the results of a batch."""

    stale: tuple[Claim, ...]
    """Claims whose fence was stale or whose job has ended; nothing is written for them."""
    opened: frozenset[str]
    """Stages that have new work."""


def finish(session: Session, held: Claim, output: StageOutput) -> None:
    """Note a stage's result and make the next stage ready, or end the job as succeeded.

    Raises:
        StaleFence: the work is another's by now, or the job has ended.
    """
    if finish_many(session, [(held, output)]).stale:
        raise StaleFence(held.job_id, held.stage)


def finish_many(session: Session, done: Sequence[tuple[Claim, StageOutput]]) -> Finished:
    """Finish a batch in one statement, each row under its own fence."""
    if not done:
        return Finished(stale=(), opened=frozenset())
    given = json.dumps([_given(held, output) for held, output in done])
    rows = session.execute(_DONE, {"given": given}).all()
    written = {row.id for row in rows}
    for held, output in done:
        if output.release is not None and held.stage_run_id in written:
            register_release(session, output.release)
    return Finished(
        stale=tuple(held for held, _ in done if held.stage_run_id not in written),
        opened=frozenset(row.opened for row in rows if row.opened is not None),
    )


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
