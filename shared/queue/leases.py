"""The queue that the database is: claim, go on, finish, fail, give back.

A broker's message only hints that there is work. Whoever claims a stage run holds it under a
fence and a lease; each write repeats the fence, and the database's clock alone says when a
lease has run out. Every function leaves the commit to its caller and raises `StaleFence`,
upon which the caller rolls back and drops the work.
"""

from typing import Any

from sqlalchemy import func, or_
from sqlalchemy.orm import Session

from shared.db.models import StageRun
from shared.errors import CodesignerError, error_document
from shared.queue.claims import Claim, Wanted, claim, facts, hold, write
from shared.queue.completion import (
    NOWHERE,
    ArtifactRecord,
    Finished,
    Onward,
    StageOutput,
    finish,
    finish_many,
)
from shared.queue.events import Change, record
from shared.queue.outbox import forget_sent, mark_sent, unsent
from shared.queue.recovery.invariants import check_invariants
from shared.queue.recovery.reaper import Reaped, reap
from shared.queue.transitions import announce, end_job, in_s

__all__ = [
    "NOWHERE",
    "ArtifactRecord",
    "Claim",
    "Finished",
    "Onward",
    "Reaped",
    "StageOutput",
    "Wanted",
    "check_invariants",
    "checkpoint",
    "claim",
    "fail",
    "finish",
    "finish_many",
    "forget_sent",
    "mark_sent",
    "progress",
    "reap",
    "release",
    "unsent",
]


def _extended(held: Claim) -> Any:
    """SQL for the lease's new end: never past the attempt's time limit."""
    return func.least(in_s(held.lease_s), StageRun.run_until)


def progress(session: Session, held: Claim, fraction: float) -> None:
    """Note that a part of the work, 0 to 1, is done: the proof that extends the lease."""
    job = hold(session, held)
    write(session, held, progress=fraction, lease_until=_extended(held))
    body = facts(held) | {"progress": round(fraction, 4)}
    record(session, job, Change(kind="stage.progress", body=body))


def checkpoint(
    session: Session, held: Claim, step: int, sha256: str, fraction: float | None = None
) -> None:
    """Note a checkpoint whose bytes are stored; steps only rise. Extends the lease.

    Raises:
        StaleFence: also where a checkpoint of this step or a later one is there already.
    """
    job = hold(session, held)
    later = or_(StageRun.checkpoint_step.is_(None), StageRun.checkpoint_step < step)
    values: dict[str, Any] = {} if fraction is None else {"progress": fraction}
    write(
        session,
        held,
        later,
        checkpoint_step=step,
        checkpoint_sha256=sha256,
        lease_until=_extended(held),
        **values,
    )
    body = facts(held) | {"step": step, "sha256": sha256} | values
    record(session, job, Change(kind="stage.checkpoint", body=body))


def fail(
    session: Session,
    held: Claim,
    error: CodesignerError,
    retryable: bool,
    *,
    delay_s: float = 0.0,
) -> None:
    """Note that the attempt failed: again after `delay_s` where that may help, else the job fails.

    A retryable failure of the last attempt fails the job too, with the error's own reason.
    """
    job = hold(session, held)
    reason = error_document(error, stage=held.stage)
    if retryable and held.attempt < held.max_attempts:
        write(
            session,
            held,
            state="ready",
            lease_until=None,
            run_until=None,
            owner=None,
            error=reason,
            not_before=in_s(delay_s) if delay_s else None,
            enqueued_at=func.clock_timestamp(),
        )
        record(session, job, Change(kind="stage.retry", body=facts(held) | {"error": reason}))
        announce(session, job.id, held.stage, delay_s=delay_s)
        return
    write(
        session,
        held,
        state="dead",
        lease_until=None,
        run_until=None,
        owner=None,
        error=reason,
        finished_at=func.clock_timestamp(),
    )
    record(session, job, Change(kind="stage.dead", body=facts(held) | {"error": reason}))
    end_job(session, job, "failed", error=reason)


def release(session: Session, held: Claim) -> None:
    """Give the work back unharmed, as on a drain or a deploy: no attempt is charged."""
    job = hold(session, held)
    write(
        session,
        held,
        state="ready",
        attempt=StageRun.attempt - 1,
        lease_until=None,
        run_until=None,
        owner=None,
        enqueued_at=func.clock_timestamp(),
    )
    record(session, job, Change(kind="stage.released", body=facts(held)))
    announce(session, job.id, held.stage)
