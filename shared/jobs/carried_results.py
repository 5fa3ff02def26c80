"""Copy results of one job to another, which continues from them."""

from datetime import UTC
from typing import Any

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, StageRun
from shared.pipelines import PIPELINES
from shared.queue.events import Change, record

__all__ = ["copy_results"]

_COLUMNS = (
    "stage",
    "queue",
    "state",
    "max_attempts",
    "progress",
    "input_key",
    "output_sha256",
    "output_media_type",
)


def copy_results(session: Session, job: Job, source_id: str) -> None:
    """Copy to a new job the results and files of the source job that its pipeline carries.

    The copies are rows of the new job, so that it outlives the source. Their provenance names the
    job that computed them.
    """
    source_runs = session.scalars(
        select(StageRun)
        .where(
            StageRun.job_id == source_id,
            StageRun.stage.in_(PIPELINES[job.pipeline].carries),
            StageRun.state.in_(("done", "skipped")),
        )
        .order_by(StageRun.position)
    ).all()
    if not source_runs:
        return
    now = func.clock_timestamp()
    rows = [
        _copied_values(run) | {"job_id": job.id, "turn": job.turn, "position": position}
        for position, run in enumerate(source_runs)
    ]
    session.execute(insert(StageRun).values(started_at=now, finished_at=now), rows)
    _copy_artifacts(session, job, source_id)
    job.description = session.scalar(select(Job.description).where(Job.id == source_id))
    for run in source_runs:
        if run.state == "done":
            body = {"stage": run.stage, "attempt": 0, "fence": 0, "reused": True}
            record(session, job, Change(kind="stage.done", body=body))


def _copy_artifacts(session: Session, job: Job, source_id: str) -> None:
    """Copy the records and the files of their layers; others of those stages are not inputs."""
    columns = ("stage", "kind", "variant", "sha256", "media_type", "width", "height", "size_bytes")
    rows = select(literal(job.id), *(getattr(Artifact, name) for name in columns)).where(
        Artifact.job_id == source_id,
        Artifact.stage.in_(PIPELINES[job.pipeline].carries),
        (Artifact.kind == "design") | Artifact.kind.like("layer-%"),
    )
    session.execute(insert(Artifact).from_select(["job_id", *columns], rows))


def _copied_values(run: StageRun) -> dict[str, Any]:
    values = {name: getattr(run, name) for name in _COLUMNS}
    if run.state != "done" or run.finished_at is None:
        return values | {"reused": False, "provenance": {}}
    origin = run.provenance.get("reused") or {
        "job_id": run.job_id,
        "finished_at": run.finished_at.astimezone(UTC).isoformat(),
    }
    return values | {"reused": True, "provenance": dict(run.provenance) | {"reused": origin}}
