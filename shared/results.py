"""Finishing work: a batch in a handful of statements, each row under its own fence."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from shared.claims import Claim, facts
from shared.errors import StaleFence
from shared.events import Change, record
from shared.lifecycle import advance, lock_jobs
from shared.registry import ReleaseManifest, register_release
from shared.rows import ACTIVE, Artifact, Job

__all__ = ["ArtifactRecord", "StageOutput", "finish", "finish_many"]


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


_DONE = text("""
UPDATE stage_run s
SET state = 'done', progress = 1, lease_until = NULL, run_until = NULL,
    finished_at = clock_timestamp(), output_sha256 = given.output_sha256,
    output_media_type = given.output_media_type, provenance = given.provenance,
    input_key = given.input_key, reused = given.reused, compute_s = given.compute_s,
    batch = given.batch
FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS given (
    id bigint, fence bigint, output_sha256 text, output_media_type text, provenance jsonb,
    input_key text, reused boolean, compute_s double precision, batch integer)
WHERE s.id = given.id AND s.fence = given.fence AND s.state = 'running'
RETURNING s.id
""")


def finish(session: Session, held: Claim, output: StageOutput) -> None:
    """Note a stage's result and make the next stage ready, or end the job as succeeded.

    Raises:
        StaleFence: the work is another's by now, or the job has ended.
    """
    if finish_many(session, [(held, output)]):
        raise StaleFence(held.job_id, held.stage)


def finish_many(session: Session, done: Sequence[tuple[Claim, StageOutput]]) -> list[Claim]:
    """Finish a batch in one transaction, each row under its own fence.

    Returns:
        The claims whose fence was stale; nothing is written for them.
    """
    locked = lock_jobs(session, [held.job_id for held, _ in done])
    going = [each for each in done if _goes_on(locked.get(each[0].job_id))]
    written = _write_done(session, going)
    kept = [each for each in going if each[0].stage_run_id in written]
    _insert_artifacts(session, kept)
    for held, output in kept:
        _note(session, locked[held.job_id], held, output)
    advance(session, [locked[held.job_id] for held, _ in kept])
    return [held for held, _ in done if held.stage_run_id not in written]


def _goes_on(job: Job | None) -> bool:
    return job is not None and job.state in ACTIVE


def _write_done(session: Session, done: Iterable[tuple[Claim, StageOutput]]) -> set[int]:
    given = [
        {
            "id": held.stage_run_id,
            "fence": held.fence,
            "output_sha256": output.output_sha256,
            "output_media_type": output.output_media_type,
            "provenance": dict(output.provenance),
            "input_key": output.input_key,
            "reused": output.reused,
            "compute_s": output.compute_s,
            "batch": output.batch,
        }
        for held, output in done
    ]
    return set(session.scalars(_DONE, {"given": json.dumps(given)})) if given else set()


def _insert_artifacts(session: Session, done: Iterable[tuple[Claim, StageOutput]]) -> None:
    rows = [
        {"job_id": held.job_id, "stage": held.stage, **vars(made)}
        for held, output in done
        for made in output.artifacts
    ]
    if rows:
        session.execute(insert(Artifact), rows)


def _note(session: Session, job: Job, held: Claim, output: StageOutput) -> None:
    """Keep with the locked job what its stage tells of it."""
    if output.description is not None:
        job.description = output.description
    if output.notices:
        job.notices = [*job.notices, *(n for n in output.notices if n not in job.notices)]
    if output.release is not None:
        register_release(session, output.release)
    record(session, job, Change(kind="stage.done", body=facts(held)))
