"""The figures of training runs, kept while they run."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.models import TrainingMetric

__all__ = ["record_metrics", "training_metrics"]


def record_metrics(session: Session, job_id: str, step: int, metrics: Mapping[str, float]) -> None:
    """Note a training run's figures at a step; a repeated step replaces what was there.

    Steps are repeated where a run goes on from a checkpoint before them.
    """
    if not metrics:
        return
    given = insert(TrainingMetric).values(
        [
            {"job_id": job_id, "step": step, "name": name, "value": value}
            for name, value in metrics.items()
        ]
    )
    session.execute(
        given.on_conflict_do_update(
            index_elements=["job_id", "name", "step"],
            set_={"value": given.excluded.value, "at": given.excluded.at},
        )
    )


def training_metrics(
    session: Session, job_id: str, name: str | None = None
) -> Sequence[TrainingMetric]:
    """List a training run's figures by name and step."""
    found = select(TrainingMetric).where(TrainingMetric.job_id == job_id)
    if name is not None:
        found = found.where(TrainingMetric.name == name)
    return session.scalars(found.order_by(TrainingMetric.name, TrainingMetric.step)).all()
