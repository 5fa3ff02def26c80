"""Worker heartbeats: which workers are alive and which stages they serve."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.models import WorkerHeartbeat
from shared.pipelines import PIPELINES, STAGES, stages_of
from shared.queue.transitions import seconds_from_now

__all__ = [
    "Heartbeat",
    "beat",
    "gone",
    "queue_workers",
    "stage_workers",
    "unserved",
    "workers_ready",
]


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """Heartbeat of a worker or a relay."""

    name: str
    """Unique name, constant over the life of the worker."""
    host: str
    device: str
    """Device name, such as cpu or the name of a GPU."""
    queues: tuple[str, ...]
    """Queues (classes of hardware) it serves; relay for a relay."""
    stages: tuple[str, ...] | None = None
    """Stages it serves; None: all stages of its queues."""
    roles: tuple[str, ...] = ()
    """Roles whose models are loaded."""


def beat(session: Session, heartbeat: Heartbeat) -> None:
    """Insert or update the heartbeat of a worker, by the database's clock."""
    values = {
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
        .values(name=heartbeat.name, **values)
        .on_conflict_do_update(
            index_elements=["name"], set_=values | {"seen_at": func.clock_timestamp()}
        )
    )


def gone(session: Session, name: str) -> None:
    """Delete the heartbeat of a worker that has ended."""
    session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.name == name))


def workers_ready(
    session: Session, queue: str | None = None, *, stale_s: float = 30.0
) -> Sequence[WorkerHeartbeat]:
    """Return the workers with a heartbeat within `stale_s` seconds, of one queue or of all."""
    query = select(WorkerHeartbeat).where(WorkerHeartbeat.seen_at > seconds_from_now(-stale_s))
    if queue is not None:
        query = query.where(WorkerHeartbeat.queues.contains([queue]))
    return session.scalars(query.order_by(WorkerHeartbeat.name)).all()


def queue_workers(session: Session, *, stale_s: float = 30.0) -> Counter[str]:
    """Return the number of live workers that serve each queue."""
    is_live = WorkerHeartbeat.seen_at > seconds_from_now(-stale_s)
    served = session.scalars(select(WorkerHeartbeat.queues).where(is_live))
    return Counter(queue for queues in served for queue in set(queues))


def stage_workers(session: Session, *, stale_s: float = 30.0) -> dict[str, int]:
    """Return the number of live workers that serve each stage."""
    counts = dict.fromkeys(STAGES, 0)
    for worker in workers_ready(session, stale_s=stale_s):
        for stage in set(worker.stages) & set(STAGES):
            counts[stage] += 1
    return counts


def unserved(session: Session, pipeline: str = "design", *, stale_s: float = 30.0) -> list[str]:
    """Return the stages of a pipeline that no live worker serves."""
    counts = stage_workers(session, stale_s=stale_s)
    return [spec.name for spec in PIPELINES[pipeline].stages if not counts[spec.name]]
