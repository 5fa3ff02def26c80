"""Write stage results: finish a batch, each stage run under its own fence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import BigInteger, Row, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Artifact, Job
from shared.errors import StaleFence
from shared.queue.claims import Claim, event_body
from shared.queue.events import Change, NumberedChange, numbered, record_each
from shared.queue.transitions import announce_each, close_job, lock_jobs

__all__ = [
    "REQUEST_STAGE",
    "ArtifactRecord",
    "Finished",
    "StageOutput",
    "finish",
    "finish_many",
    "submitted_artifacts",
    "write_artifacts",
]


_RUNS = text("""
SELECT id, job_id, stage, state, fence FROM stage_run
WHERE job_id IN :job_ids ORDER BY job_id, position
""").bindparams(bindparam("job_ids", type_=Text, expanding=True))
_FINISH = text("""
UPDATE stage_run
SET state = 'done', progress = 1, lease_until = NULL, run_until = NULL,
    finished_at = clock_timestamp(), output_sha256 = :output_sha256,
    output_media_type = :output_media_type, provenance = :provenance, input_key = :input_key,
    reused = :reused, compute_s = :compute_s, batch = :batch
WHERE id = :id
""").bindparams(bindparam("provenance", type_=JSONB))
_OPEN = text("""
UPDATE stage_run SET state = 'ready', enqueued_at = clock_timestamp() WHERE id IN :ids
""").bindparams(bindparam("ids", type_=BigInteger, expanding=True))
_INSERT_ARTIFACTS = text("""
INSERT INTO artifact (job_id, stage, kind, variant, sha256, media_type, size_bytes, width, height)
SELECT job_id, stage, kind, variant, sha256, media_type, size_bytes, width, height
FROM jsonb_to_recordset(:rows) AS file
    (job_id text, stage text, kind text, variant integer, sha256 text, media_type text,
     size_bytes bigint, width integer, height integer)
ON CONFLICT (job_id, stage, kind, variant) DO UPDATE
SET sha256 = excluded.sha256, media_type = excluded.media_type, size_bytes = excluded.size_bytes,
    width = excluded.width, height = excluded.height
""").bindparams(bindparam("rows", type_=JSONB))

REQUEST_STAGE = "request"
"""In place of a stage: artifacts that were submitted with the job."""


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

    @property
    def sha256s(self) -> list[str]:
        """Return the sha256 of all its bytes."""
        return [self.output_sha256, *(artifact.sha256 for artifact in self.artifacts)]


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Outcome of finishing a batch."""

    stale: tuple[Claim, ...]
    """Claims with a stale fence or an ended job; nothing was written for them."""
    opened: frozenset[str]
    """Stages with new ready stage runs."""


def finish(session: Session, claim: Claim, output: StageOutput) -> None:
    """Write a stage's result and make the next stage ready, or end the job as succeeded.

    Raises:
        StaleFence: another worker claimed the stage run, or the job has ended.
    """
    if finish_many(session, [(claim, output)]).stale:
        raise StaleFence(claim.job_id, claim.stage)


def finish_many(session: Session, done: Sequence[tuple[Claim, StageOutput]]) -> Finished:
    """Finish a batch, each stage run under its own fence.

    The job rows stay locked until the transaction ends, so that no other transaction changes
    their stage runs meanwhile.
    """
    jobs = lock_jobs(session, [claim.job_id for claim, _ in done])
    runs = _stage_runs(session, jobs)
    held: list[tuple[Claim, Job, Row[Any], StageOutput]] = []
    stale: list[Claim] = []
    for claim, output in done:  # a claim that is given twice is stale the second time
        job, run = jobs.get(claim.job_id), runs.pop(claim.stage_run_id, None)
        if job is None or run is None or not _is_held(claim, job, run):
            stale.append(claim)
        else:
            held.append((claim, job, run, output))
    _write(session, [(run, output) for _, _, run, output in held])
    changes: list[NumberedChange] = []
    following: list[Row[Any]] = []
    for claim, job, _, output in held:
        _describe(job, output)
        changes.append(numbered(job, Change(kind="stage.done", body=event_body(claim))))
        waiting = (
            each for each in runs.values() if each.job_id == job.id and each.state == "waiting"
        )
        if (next_run := next(waiting, None)) is None:
            changes.append(numbered(job, close_job(session, job, "succeeded")))
        else:
            following.append(next_run)
    if following:
        session.execute(_OPEN, {"ids": [run.id for run in following]})
    session.flush()
    record_each(session, changes)
    announce_each(session, [(run.job_id, run.stage) for run in following])
    for *_, output in held:
        if output.on_done is not None:
            output.on_done(session)
    return Finished(stale=tuple(stale), opened=frozenset(run.stage for run in following))


def _is_held(claim: Claim, job: Job, run: Row[Any]) -> bool:
    """Return whether the claim is still valid for its locked job."""
    return job.state in ACTIVE and run.state == "running" and run.fence == claim.fence


def _stage_runs(session: Session, jobs: Mapping[str, Job]) -> dict[int, Row[Any]]:
    """Return the stage runs of locked jobs by id, in the order of their stages."""
    return {run.id: run for run in session.execute(_RUNS, {"job_ids": list(jobs)})}


def _describe(job: Job, output: StageOutput) -> None:
    """Store in the job's row what the result says of the job."""
    if output.description is not None:
        job.description = output.description
    added = [code for code in dict.fromkeys(output.notices) if code not in job.notices]
    if added:
        job.notices = [*job.notices, *added]


def _write(session: Session, written: Sequence[tuple[Row[Any], StageOutput]]) -> None:
    """Store results in the rows of their stage runs and artifacts."""
    if not written:
        return
    rows = [
        {
            "id": run.id,
            "output_sha256": output.output_sha256,
            "output_media_type": output.output_media_type,
            "provenance": dict(output.provenance),
            "input_key": output.input_key,
            "reused": output.reused,
            "compute_s": output.compute_s,
            "batch": output.batch,
        }
        for run, output in written
    ]
    session.execute(_FINISH, rows)
    for run, output in written:
        write_artifacts(session, run.job_id, run.stage, output.artifacts)


def write_artifacts(
    session: Session, job_id: str, stage: str, artifacts: Sequence[ArtifactRecord]
) -> None:
    """Insert the rows of a stage's artifacts; those that were published before are replaced."""
    if artifacts:
        rows = [{"job_id": job_id, "stage": stage, **vars(artifact)} for artifact in artifacts]
        session.execute(_INSERT_ARTIFACTS, {"rows": rows})


def submitted_artifacts(session: Session, job_id: str) -> tuple[ArtifactRecord, ...]:
    """Return the artifacts that were submitted with a job."""
    names = [column.name for column in fields(ArtifactRecord)]
    rows = session.execute(
        select(*(getattr(Artifact, name) for name in names))
        .where(Artifact.job_id == job_id, Artifact.stage == REQUEST_STAGE)
        .order_by(Artifact.id)
    )
    return tuple(ArtifactRecord(**row) for row in rows.mappings())
