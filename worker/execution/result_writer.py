"""Writes results and failures of claimed stage runs, each row under its own fence."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from shared.broker.hints import hint
from shared.deletions.disposal import release_bytes
from shared.errors import CodesignerError, StaleFence
from shared.failpoints import reach
from shared.logs import log_fields
from shared.queue import leases as queue
from shared.queue.leases import Claim, Finished, StageOutput
from shared.queue.stage_inputs import append_failure
from worker.execution.context import WorkerContext
from worker.execution.inputs import put_outputs
from worker.execution.invoke import BatchResult, WorkItem
from worker.execution.provenance import RunFacts, failure_record, run_record
from worker.runtime.memory import out_of_memory

__all__ = [
    "drop_bytes",
    "finish",
    "finish_in_session",
    "record_failure",
    "run_transaction",
    "send_hints",
    "store_results",
    "update_claims",
]

_log = logging.getLogger(__name__)
_WRITE_ATTEMPTS = 6
_T = TypeVar("_T")


def store_results(
    context: WorkerContext, items: Sequence[WorkItem], batch: BatchResult
) -> list[tuple[Claim, StageOutput]]:
    """Store the bytes of a computed batch; return the rows to write, by claim.

    Raises:
        CodesignerError: storage_full or unavailable.
    """
    results = [batch.results[item.claim.job_id] for item in items]
    stored = put_outputs(results, context.artifact_cache.put_many)
    outputs: list[tuple[Claim, StageOutput]] = []
    for item, result, (output_sha256, artifacts) in zip(items, results, stored, strict=True):
        facts = RunFacts(
            claim=item.claim,
            inputs=item.inputs,
            batch=len(items),
            models=batch.models,
            device=context.device,
            started_at=batch.started_at,
            finished_at=batch.finished_at,
            output_sha256=output_sha256,
            artifacts=artifacts,
            details=result.details,
        )
        output = StageOutput(
            output_sha256=output_sha256,
            output_media_type=result.media_type,
            artifacts=artifacts,
            provenance=run_record(facts),
            description=result.description,
            notices=tuple(result.details.get("notices", ())),
            input_key=item.input_key,
            compute_s=batch.seconds,
            batch=len(items),
        )
        outputs.append((item.claim, output))
    reach("stored")
    return outputs


def finish(context: WorkerContext, claim: Claim, output: StageOutput) -> None:
    """Write the result of one stage run in a transaction of its own."""
    run_transaction(context, lambda session: finish_in_session(session, [(claim, output)]))


def finish_in_session(session: Session, outputs: Sequence[tuple[Claim, StageOutput]]) -> Finished:
    """Finish stage runs in the session's transaction, each under its own fence.

    What was stored for a lost claim, as of a job that was deleted meanwhile, is deleted again.
    """
    finished = queue.finish_many(session, outputs)
    for claim in finished.stale:
        _log.info("dropped %s: the claim was lost", claim.stage, extra=_fields(claim))
    dropped = [output for claim, output in outputs if claim in finished.stale]
    release_bytes(session, [sha256 for output in dropped for sha256 in output.sha256s])
    return finished


def drop_bytes(context: WorkerContext, sha256s: Sequence[str]) -> None:
    """Delete the bytes that were stored for a lost claim, unless something refers to them."""

    def write(session: Session) -> None:
        release_bytes(session, sha256s)

    run_transaction(context, write)


def send_hints(context: WorkerContext, stages: Iterable[str]) -> None:
    """Send hints at once for stages that other workers serve; the relay would send them later."""
    for stage in sorted(set(stages) - set(context.stages)):
        hint(context.settings, stage)


def record_failure(
    context: WorkerContext,
    claim: Claim,
    error: BaseException,
    *,
    retryable: bool = True,
    delay_s: float | None = None,
) -> None:
    """Record a failed attempt with its reason and traceback."""
    _log.error(
        "%s failed, attempt %d of %d: %s",
        claim.stage,
        claim.attempt,
        claim.max_attempts,
        error,
        exc_info=error,
        extra=_fields(claim),
    )
    reason = _reason(claim, error)
    retry_delay_s = min(30.0, 0.5 * 2.0**claim.attempt) if delay_s is None else delay_s
    record = failure_record(claim, reason, error)

    def change(session: Session, held: Claim) -> None:
        queue.fail(session, held, reason, retryable, delay_s=retry_delay_s)
        append_failure(session, held, record)

    update_claims(context, [claim], change)


def _fields(claim: Claim) -> dict[str, Any]:
    return log_fields(job=claim.job_id, stage=claim.stage, attempt=claim.attempt)


def _reason(claim: Claim, error: BaseException) -> CodesignerError:
    if isinstance(error, CodesignerError):
        return error
    code = "out_of_memory" if out_of_memory(error) else "stage_failed"
    return CodesignerError(code, f"{claim.stage}: {type(error).__name__}: {error}")


def update_claims(
    context: WorkerContext, claims: Sequence[Claim], change: Callable[[Session, Claim], Any]
) -> list[Claim]:
    """Change claimed rows one by one; return the claims that are still held, drop the others."""
    held = []
    for claim in claims:

        def write(session: Session, claim: Claim = claim) -> bool:
            change(session, claim)
            return True

        try:
            if run_transaction(context, write):
                held.append(claim)
        except StaleFence:
            _log.info("dropped %s: the claim was lost", claim.stage, extra=_fields(claim))
    return held


def run_transaction(context: WorkerContext, write: Callable[[Session], _T]) -> _T | None:
    """Run a transaction, retrying while the database is unavailable; return None if it stays so.

    Computed results are worth the wait. Where the reply to a commit was lost, the retry finds a
    stale fence: nothing is written twice.
    """
    for attempt in range(_WRITE_ATTEMPTS):
        try:
            with context.sessions.begin() as session:
                return write(session)
        except (OperationalError, DBAPIError) as error:
            if not (isinstance(error, OperationalError) or error.connection_invalidated):
                raise
            _log.warning("the database is unavailable, retrying: %s", error.orig)
            time.sleep(min(5.0, 0.25 * 2.0**attempt))
    _log.error("the database stays unavailable: leaving the work until its lease expires")
    return None
