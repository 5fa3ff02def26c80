"""Queue statistics for administrators: stage runs by stage, active jobs by owner."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job, StageRun
from shared.pipelines import STAGES
from shared.queue.pauses import paused_stages

__all__ = ["OwnerCounts", "StageCounts", "owner_lines", "stage_lines"]


@dataclass(frozen=True, kw_only=True)
class StageCounts:
    """Numbers of ready and running stage runs of a stage."""

    name: str
    queue: str
    paused: bool
    ready: int
    running: int

    @property
    def drained(self) -> bool:
        """Return whether the stage is paused and none of its stage runs is running."""
        return self.paused and not self.running


@dataclass(frozen=True, kw_only=True)
class OwnerCounts:
    """Numbers of active jobs of an owner."""

    name: str
    queued: int
    running: int


def stage_lines(session: Session) -> list[StageCounts]:
    """Return the statistics of each stage, in the order of the pipelines."""
    paused = paused_stages(session)
    rows = session.execute(
        select(StageRun.stage, StageRun.state, func.count())
        .where(StageRun.state.in_(("ready", "running")))
        .group_by(StageRun.stage, StageRun.state)
    )
    counts = {(stage, state): count for stage, state, count in rows}
    return [
        StageCounts(
            name=name,
            queue=spec.queue,
            paused=name in paused,
            ready=counts.get((name, "ready"), 0),
            running=counts.get((name, "running"), 0),
        )
        for name, spec in STAGES.items()
    ]


def owner_lines(session: Session, limit: int = 20) -> list[OwnerCounts]:
    """Return the owners with the most active jobs, most first."""
    active_count = func.count()
    queued_count = func.count().filter(Job.state == "queued")
    rows = session.execute(
        select(Job.owner, queued_count, active_count - queued_count)
        .where(Job.state.in_(ACTIVE))
        .group_by(Job.owner)
        .order_by(active_count.desc(), Job.owner)
        .limit(limit)
    )
    return [
        OwnerCounts(name=name, queued=queued, running=running) for name, queued, running in rows
    ]
