"""Results of one job that another goes on from, without computing them again."""

from datetime import UTC
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from shared.db.models import Job, StageRun
from shared.pipelines import PIPELINES
from shared.queue.events import Change, record

__all__ = ["carry_over"]

_COLUMNS = (
    "stage",
    "position",
    "queue",
    "state",
    "max_attempts",
    "progress",
    "input_key",
    "output_sha256",
    "output_media_type",
)


def carry_over(session: Session, job: Job, source_id: str) -> None:
    """Give a new job the results that its pipeline carries, from a job that has them.

    They are rows of its own, so that it outlives the source; each tells who computed it.
    """
    carried = session.scalars(
        select(StageRun)
        .where(
            StageRun.job_id == source_id,
            StageRun.stage.in_(PIPELINES[job.pipeline].carries),
            StageRun.state.in_(("done", "skipped")),
        )
        .order_by(StageRun.position)
    ).all()
    if not carried:
        return
    at = func.clock_timestamp()
    rows = [_copied(run) | {"job_id": job.id, "turn": job.turn} for run in carried]
    session.execute(insert(StageRun).values(started_at=at, finished_at=at), rows)
    job.description = session.scalar(select(Job.description).where(Job.id == source_id))
    for run in carried:
        if run.state == "done":
            body = {"stage": run.stage, "attempt": 0, "fence": 0, "reused": True}
            record(session, job, Change(kind="stage.done", body=body))


def _copied(run: StageRun) -> dict[str, Any]:
    copied = {name: getattr(run, name) for name in _COLUMNS}
    if run.state != "done" or run.finished_at is None:
        return copied | {"reused": False, "provenance": {}}
    origin = run.provenance.get("reused") or {
        "job_id": run.job_id,
        "finished_at": run.finished_at.astimezone(UTC).isoformat(),
    }
    return copied | {"reused": True, "provenance": dict(run.provenance) | {"reused": origin}}
