"""What workers tell of themselves, so that others know whether work will be taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.models import WorkerHeartbeat
from shared.pipelines import PIPELINES, STAGES, stages_of
from shared.queue.transitions import in_s

__all__ = ["Heartbeat", "beat", "gone", "stage_workers", "unserved", "workers_ready"]


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """A worker, or a relay."""

    name: str
    """The same for the life of the worker and unique among all."""
    host: str
    device: str
    """Such as cpu, or a GPU's name."""
    queues: tuple[str, ...]
    """Classes of hardware; of a relay: relay."""
    stages: tuple[str, ...] | None = None
    """The stages it serves; None: all of its queues."""
    roles: tuple[str, ...] = ()
    """Roles whose models are resident."""


def beat(session: Session, heartbeat: Heartbeat) -> None:
    """Note that a worker is there, by the database's clock."""
    told = {
        "host": heartbeat.host,
        "device": heartbeat.device,
        "queues": list(heartbeat.queues),
        "stages": list(
            stages_of(heartbeat.queues) if heartbeat.stages is None else heartbeat.stages
        ),
        "roles": list(heartbeat.roles),
    }
    session.execute(
        insert(WorkerHeartbeat)
        .values(name=heartbeat.name, **told)
        .on_conflict_do_update(
            index_elements=["name"], set_=told | {"seen_at": func.clock_timestamp()}
        )
    )


def gone(session: Session, name: str) -> None:
    """Note that a worker has ended."""
    session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.name == name))


def workers_ready(
    session: Session, queue: str | None = None, *, stale_s: float = 30.0
) -> Sequence[WorkerHeartbeat]:
    """List the workers heard of within `stale_s`, of one queue or of all."""
    heard = select(WorkerHeartbeat).where(WorkerHeartbeat.seen_at > in_s(-stale_s))
    if queue is not None:
        heard = heard.where(WorkerHeartbeat.queues.contains([queue]))
    return session.scalars(heard.order_by(WorkerHeartbeat.name)).all()


def stage_workers(session: Session, *, stale_s: float = 30.0) -> dict[str, int]:
    """Count, for every stage, the workers heard of within `stale_s` that serve it."""
    counts = dict.fromkeys(STAGES, 0)
    for worker in workers_ready(session, stale_s=stale_s):
        for stage in set(worker.stages) & set(STAGES):
            counts[stage] += 1
    return counts


def unserved(session: Session, pipeline: str = "design", *, stale_s: float = 30.0) -> list[str]:
    """List the stages of a pipeline that no worker is ready for."""
    counts = stage_workers(session, stale_s=stale_s)
    return [spec.name for spec in PIPELINES[pipeline].stages if not counts[spec.name]]
