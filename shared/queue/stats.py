"""The queue as an administrator sees it: how much waits, whose it is, what is paused."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Job, StageRun
from shared.pipelines import STAGES
from shared.queue.pauses import paused_stages

__all__ = ["OwnerLine", "StageLine", "owner_lines", "stage_lines"]


@dataclass(frozen=True, kw_only=True)
class StageLine:
    """How much of a stage waits and runs."""

    name: str
    queue: str
    paused: bool
    ready: int
    running: int

    @property
    def drained(self) -> bool:
        """Whether it is paused and nothing of it runs any more."""
        return self.paused and not self.running


@dataclass(frozen=True, kw_only=True)
class OwnerLine:
    """How many jobs of an owner have not ended."""

    name: str
    queued: int
    running: int


def stage_lines(session: Session) -> list[StageLine]:
    """Tell of each stage, in the pipelines' order."""
    paused = paused_stages(session)
    rows = session.execute(
        select(StageRun.stage, StageRun.state, func.count())
        .where(StageRun.state.in_(("ready", "running")))
        .group_by(StageRun.stage, StageRun.state)
    )
    counts = {(stage, state): count for stage, state, count in rows}
    return [
        StageLine(
            name=name,
            queue=spec.queue,
            paused=name in paused,
            ready=counts.get((name, "ready"), 0),
            running=counts.get((name, "running"), 0),
        )
        for name, spec in STAGES.items()
    ]


def owner_lines(session: Session, limit: int = 20) -> list[OwnerLine]:
    """Tell of the owners with the most jobs that have not ended."""
    active = func.count()
    queued = func.count().filter(Job.state == "queued")
    rows = session.execute(
        select(Job.owner, queued, active - queued)
        .where(Job.state.in_(ACTIVE))
        .group_by(Job.owner)
        .order_by(active.desc(), Job.owner)
        .limit(limit)
    )
    return [OwnerLine(name=name, queued=waits, running=runs) for name, waits, runs in rows]
