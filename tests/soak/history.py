"""History of each job, from the numbered events in the database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.models import Artifact, Job, JobEvent, StageRun

__all__ = ["Attempt", "History", "read_history"]

_OVER = {"stage.done", "stage.retry", "stage.released", "stage.dead"}


@dataclass(kw_only=True)
class Attempt:
    """One attempt of a stage; times are by the system's clock."""

    job_id: str
    stage: str
    owner: str
    fence: int
    started_at: float
    over: str | None = None
    """Kind of the event that ended it; None: it was lost, or its job ended meanwhile."""
    next_at: float | None = None
    """When the stage was started again."""
    expired_at: float | None = None
    """When the reaper gave it back."""
    given_up_at: float | None = None
    """When its job ended, or the reaper gave it up."""

    @property
    def pid(self) -> int:
        """Process id of the child that ran it."""
        return int(self.owner.rpartition("/")[2] or 0)

    @property
    def lost(self) -> bool:
        """Whether it neither ended nor was released nor became void with the end of its job."""
        return self.over is None


@dataclass(kw_only=True)
class History:
    """All rows of a run."""

    jobs: dict[str, Job]
    runs: dict[str, list[StageRun]]
    artifacts: dict[str, list[Artifact]]
    events: dict[str, list[JobEvent]]
    attempts: list[Attempt] = field(default_factory=list)

    def of_stage(self, job_id: str, stage: str) -> list[Attempt]:
        """Return the attempts of a stage."""
        return [a for a in self.attempts if (a.job_id, a.stage) == (job_id, stage)]


def read_history(session: Session) -> History:
    """Read all rows and build the attempts of each job."""
    history = History(
        jobs={job.id: job for job in session.scalars(select(Job))},
        runs=_by_job(session.scalars(select(StageRun).order_by(StageRun.position)).all()),
        artifacts=_by_job(session.scalars(select(Artifact)).all()),
        events=_by_job(session.scalars(select(JobEvent).order_by(JobEvent.seq)).all()),
    )
    for job_id, events in history.events.items():
        history.attempts += _attempts(job_id, events)
    return history


def _by_job(rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.job_id].append(row)
    return found


def _attempts(job_id: str, events: Sequence[JobEvent]) -> list[Attempt]:
    found: list[Attempt] = []
    last: dict[str, Attempt] = {}
    for event in events:
        at, stage = event.at.timestamp(), event.body.get("stage", "")
        before = last.get(stage)
        if event.kind == "stage.started":
            if before is not None:
                before.next_at = at
            last[stage] = Attempt(
                job_id=job_id,
                stage=stage,
                owner=event.body.get("owner", ""),
                fence=event.body["fence"],
                started_at=at,
            )
            found.append(last[stage])
        elif before is not None and before.over is None:
            if event.kind == "stage.expired":
                before.expired_at = at
            elif event.kind == "stage.dead" and _given_up(event):
                before.given_up_at = at
            elif event.kind in _OVER:
                before.over = event.kind
        if event.kind in {"job.cancelled", "job.failed"}:
            for open_one in last.values():
                if open_one.over is None and open_one.given_up_at is None:
                    open_one.over = event.kind
    return found


def _given_up(event: JobEvent) -> bool:
    return (event.body.get("error") or {}).get("code") == "attempts_used_up"
