"""Lineage of a job: the first job that it descends from, and all that were made from that one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from shared.db.models import Job, StageRun
from shared.queue.transitions import unexpired

__all__ = ["MAX_LINEAGE", "changes_of", "lineage"]

MAX_LINEAGE = 200
"""Jobs of a lineage that are returned at most."""


def lineage(session: Session, job: Job) -> Sequence[Job]:
    """Return the jobs of a job's lineage, oldest first."""
    root = session.scalar(_ancestors(job.id).with_only_columns(Job.id).order_by(Job.id).limit(1))
    tree = select(Job.id).where(Job.id == root).cte("tree", recursive=True)
    child = aliased(Job)
    tree = tree.union(select(child.id).where(child.derived_from == tree.c.id))
    query = select(Job).where(
        Job.id.in_(select(tree.c.id)), Job.workspace_id == job.workspace_id, unexpired()
    )
    return session.scalars(query.order_by(Job.id).limit(MAX_LINEAGE)).all()


def _ancestors(job_id: str) -> Any:
    """Return the statement of a job and those that it descends from."""
    line = select(Job.id, Job.derived_from).where(Job.id == job_id).cte("line", recursive=True)
    parent = aliased(Job)
    line = line.union(
        select(parent.id, parent.derived_from).where(parent.id == line.c.derived_from)
    )
    return select(Job).where(Job.id.in_(select(line.c.id)))


def changes_of(session: Session, job_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what the edits among jobs changed, by id; of those that are drawn."""
    rows = session.execute(
        select(StageRun.job_id, StageRun.provenance["details"]["changed"])
        .where(
            StageRun.job_id.in_(job_ids),
            StageRun.state == "done",
            StageRun.provenance["details"]["changed"].is_not(None),
        )
        .order_by(StageRun.position)
    )
    return {job_id: list(changes) for job_id, changes in rows if changes}
