"""Metrics of training runs, recorded while they run."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.db.models import TrainingMetric

__all__ = ["record_metrics", "training_metrics"]


def record_metrics(session: Session, job_id: str, step: int, metrics: Mapping[str, float]) -> None:
    """Upsert a training run's metrics at a step.

    Steps repeat where a run resumes from an earlier checkpoint; the new values replace the old.
    """
    if not metrics:
        return
    statement = insert(TrainingMetric).values(
        [
            {"job_id": job_id, "step": step, "name": name, "value": value}
            for name, value in metrics.items()
        ]
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["job_id", "name", "step"],
            set_={"value": statement.excluded.value, "at": statement.excluded.at},
        )
    )


def training_metrics(
    session: Session, job_id: str, name: str | None = None
) -> Sequence[TrainingMetric]:
    """Return a training run's metrics, ordered by name and step."""
    query = select(TrainingMetric).where(TrainingMetric.job_id == job_id)
    if name is not None:
        query = query.where(TrainingMetric.name == name)
    return session.scalars(query.order_by(TrainingMetric.name, TrainingMetric.step)).all()
