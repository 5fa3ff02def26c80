"""The queue's operations on stage runs: claim, report, finish, fail, release.

A broker message is only a hint that a stage has work. A worker holds a stage run under a lease
and a fence: each write checks the fence, and only the database's clock decides when a lease has
expired. Every function leaves the commit to its caller. It raises `StaleFence` if the claim is no
longer valid; the caller then rolls back and drops the work.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_
from sqlalchemy.orm import Session

from shared.db.models import StageRun
from shared.errors import CodesignerError, error_document
from shared.queue.claims import (
    Claim,
    ClaimPreference,
    claim,
    event_body,
    lock_claimed_job,
    update_claimed,
)
from shared.queue.completion import (
    ArtifactRecord,
    Finished,
    StageOutput,
    finish,
    finish_many,
    write_artifacts,
)
from shared.queue.events import Change, record
from shared.queue.outbox import delete_sent, mark_sent, unsent
from shared.queue.recovery.invariants import check_invariants
from shared.queue.recovery.reaper import Reaped, reap
from shared.queue.transitions import announce, end_job, seconds_from_now

__all__ = [
    "ArtifactRecord",
    "Claim",
    "ClaimPreference",
    "Finished",
    "Reaped",
    "StageOutput",
    "check_invariants",
    "checkpoint",
    "claim",
    "delete_sent",
    "fail",
    "finish",
    "finish_many",
    "mark_sent",
    "progress",
    "publish",
    "reap",
    "release",
    "unsent",
]


def _extended_lease(claim: Claim) -> Any:
    """Return SQL for the new end of the lease, at most the time limit of the attempt."""
    return func.least(seconds_from_now(claim.lease_s), StageRun.run_until)


def progress(session: Session, claim: Claim, fraction: float) -> None:
    """Record the fraction of the work that is done, 0 to 1, and extend the lease."""
    job = lock_claimed_job(session, claim)
    update_claimed(session, claim, progress=fraction, lease_until=_extended_lease(claim))
    body = event_body(claim) | {"progress": round(fraction, 4)}
    record(session, job, Change(kind="stage.progress", body=body))


def publish(session: Session, claim: Claim, artifacts: Sequence[ArtifactRecord]) -> None:
    """Record artifacts of a stage that still computes, and extend the lease."""
    job = lock_claimed_job(session, claim)
    update_claimed(session, claim, lease_until=_extended_lease(claim))
    write_artifacts(session, job.id, claim.stage, artifacts)
    files = [{"kind": artifact.kind, "variant": artifact.variant} for artifact in artifacts]
    record(session, job, Change(kind="stage.artifacts", body=event_body(claim) | {"files": files}))


def checkpoint(
    session: Session, claim: Claim, step: int, sha256: str, fraction: float | None = None
) -> None:
    """Record a checkpoint whose bytes are stored and extend the lease; steps only rise.

    Raises:
        StaleFence: also if a checkpoint of this step or a later one exists.
    """
    job = lock_claimed_job(session, claim)
    is_later = or_(StageRun.checkpoint_step.is_(None), StageRun.checkpoint_step < step)
    values: dict[str, Any] = {} if fraction is None else {"progress": fraction}
    update_claimed(
        session,
        claim,
        is_later,
        checkpoint_step=step,
        checkpoint_sha256=sha256,
        lease_until=_extended_lease(claim),
        **values,
    )
    body = event_body(claim) | {"step": step, "sha256": sha256} | values
    record(session, job, Change(kind="stage.checkpoint", body=body))


def fail(
    session: Session,
    claim: Claim,
    error: CodesignerError,
    retryable: bool,
    *,
    delay_s: float = 0.0,
) -> None:
    """Record a failed attempt: retry it after `delay_s` if it is retryable, else fail the job.

    A retryable failure of the last attempt also fails the job, with the error as the reason.
    """
    job = lock_claimed_job(session, claim)
    reason = error_document(error, stage=claim.stage)
    if retryable and claim.attempt < claim.max_attempts:
        update_claimed(
            session,
            claim,
            state="ready",
            lease_until=None,
            run_until=None,
            owner=None,
            error=reason,
            not_before=seconds_from_now(delay_s) if delay_s else None,
            enqueued_at=func.clock_timestamp(),
        )
        record(session, job, Change(kind="stage.retry", body=event_body(claim) | {"error": reason}))
        announce(session, job.id, claim.stage, delay_s=delay_s)
        return
    update_claimed(
        session,
        claim,
        state="dead",
        lease_until=None,
        run_until=None,
        owner=None,
        error=reason,
        finished_at=func.clock_timestamp(),
    )
    record(session, job, Change(kind="stage.dead", body=event_body(claim) | {"error": reason}))
    end_job(session, job, "failed", error=reason)


def release(session: Session, claim: Claim) -> None:
    """Release a claim, as on a drain or a deploy; the attempt is not counted."""
    job = lock_claimed_job(session, claim)
    update_claimed(
        session,
        claim,
        state="ready",
        attempt=StageRun.attempt - 1,
        lease_until=None,
        run_until=None,
        owner=None,
        enqueued_at=func.clock_timestamp(),
    )
    record(session, job, Change(kind="stage.released", body=event_body(claim)))
    announce(session, job.id, claim.stage)
