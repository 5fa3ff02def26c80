"""Write stage results: finish a batch, each stage run under its own fence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, defer

from shared.db.models import ACTIVE, Artifact, Job, StageRun
from shared.errors import StaleFence
from shared.queue.claims import Claim, event_body
from shared.queue.events import Change, record
from shared.queue.transitions import announce, end_job, lock_jobs

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
    written: list[StageOutput] = []
    stale: list[Claim] = []
    opened: set[str] = set()
    for claim, output in done:
        job, run = jobs.get(claim.job_id), runs.get(claim.stage_run_id)
        if job is None or run is None or not _is_held(claim, job, run):
            stale.append(claim)
            continue
        _write(session, job, run, output)
        record(session, job, Change(kind="stage.done", body=event_body(claim)))
        waiting = (
            each for each in runs.values() if each.job_id == job.id and each.state == "waiting"
        )
        if (following := next(waiting, None)) is None:
            end_job(session, job, "succeeded")
        else:
            following.state, following.enqueued_at = "ready", func.clock_timestamp()
            announce(session, job.id, following.stage)
            opened.add(following.stage)
        written.append(output)
    session.flush()
    for output in written:
        if output.on_done is not None:
            output.on_done(session)
    return Finished(stale=tuple(stale), opened=frozenset(opened))


def _is_held(claim: Claim, job: Job, run: StageRun) -> bool:
    """Return whether the claim is still valid for its locked job."""
    return job.state in ACTIVE and run.state == "running" and run.fence == claim.fence


def _stage_runs(session: Session, jobs: Mapping[str, Job]) -> dict[int, StageRun]:
    """Return the stage runs of locked jobs by id, in the order of their stages."""
    rows = session.scalars(
        select(StageRun)
        .where(StageRun.job_id.in_(list(jobs)))
        .order_by(StageRun.job_id, StageRun.position)
        .options(defer(StageRun.provenance))
        .execution_options(populate_existing=True)
    )
    return {run.id: run for run in rows}


def _write(session: Session, job: Job, run: StageRun, output: StageOutput) -> None:
    """Store the result in the rows of the stage run and of its job."""
    run.state, run.progress = "done", 1.0
    run.lease_until = run.run_until = None
    run.finished_at = func.clock_timestamp()
    run.output_sha256, run.output_media_type = output.output_sha256, output.output_media_type
    run.provenance = dict(output.provenance)
    run.input_key, run.reused = output.input_key, output.reused
    run.compute_s, run.batch = output.compute_s, output.batch
    if output.description is not None:
        job.description = output.description
    added = [code for code in dict.fromkeys(output.notices) if code not in job.notices]
    if added:
        job.notices = [*job.notices, *added]
    write_artifacts(session, job.id, run.stage, output.artifacts)


def write_artifacts(
    session: Session, job_id: str, stage: str, artifacts: Sequence[ArtifactRecord]
) -> None:
    """Insert the rows of a stage's artifacts; those that were published before are replaced."""
    if not artifacts:
        return
    rows = [{"job_id": job_id, "stage": stage, **vars(artifact)} for artifact in artifacts]
    statement = insert(Artifact).values(rows)
    key = ("job_id", "stage", "kind", "variant")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=key,
            set_={name: statement.excluded[name] for name in rows[0] if name not in key},
        )
    )


def submitted_artifacts(session: Session, job_id: str) -> tuple[ArtifactRecord, ...]:
    """Return the artifacts that were submitted with a job."""
    names = [column.name for column in fields(ArtifactRecord)]
    rows = session.execute(
        select(*(getattr(Artifact, name) for name in names))
        .where(Artifact.job_id == job_id, Artifact.stage == REQUEST_STAGE)
        .order_by(Artifact.id)
    )
    return tuple(ArtifactRecord(**row) for row in rows.mappings())
