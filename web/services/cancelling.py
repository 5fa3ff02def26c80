"""Cancelling of jobs and batches, with the audit event; what has ended is left as it is."""

from sqlalchemy.orm import Session

from shared.db.models import ACTIVE, Batch, Job
from shared.jobs import batches, submission
from shared.queue.transitions import lock_job
from web.http.audit import audit

__all__ = ["cancel_batch", "cancel_job"]


def cancel_job(session: Session, job: Job) -> None:
    """Cancel an active job."""
    locked = lock_job(session, job.id)
    if locked is None or locked.state not in ACTIVE:
        return
    before = {"state": locked.state, "owner": locked.owner}
    submission.cancel(session, locked.id)
    action = "training.cancel" if locked.pipeline == "training" else "job.cancel"
    audit(session, action, locked.id, before=before, after={"state": locked.state})


def cancel_batch(session: Session, batch: Batch) -> None:
    """Cancel the active jobs of a batch."""
    count = batches.cancel_batch(session, batch.id)
    if count:
        before, after = {"owner": batch.owner}, {"jobs_cancelled": count}
        audit(session, "batch.cancel", batch.id, before=before, after=after)
