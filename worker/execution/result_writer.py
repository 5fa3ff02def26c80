"""Writing down what became of claimed work, each row under its own fence."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from shared.broker.hints import hint
from shared.errors import CodesignerError, StaleFence
from shared.failpoints import reach
from shared.queue import leases as queue
from shared.queue.leases import Claim, Onward, StageOutput
from shared.queue.stage_inputs import Inputs, inputs_of, note_failure
from worker.execution.context import Workplace
from worker.execution.inputs import put_results
from worker.execution.invoke import Computed, Work
from worker.execution.provenance import RunFacts, failure_record, run_record
from worker.runtime.memory import out_of_memory

__all__ = ["Kept", "change_held", "fail", "finish", "finish_in", "keep", "tell_others", "written"]

_log = logging.getLogger(__name__)
_WRITE_TRIES = 6
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What became of a batch's results, and what comes of it."""

    opened: frozenset[str] = frozenset()
    """Stages that have new work for anybody."""
    begun: tuple[Claim, ...] = ()
    """The claims to go on with."""
    inputs: Mapping[str, Inputs] = field(default_factory=dict)
    """Theirs, by job."""


def keep(place: Workplace, work: Sequence[Work], computed: Computed, onward: Onward) -> Kept:
    """Store what was computed and finish its rows."""
    results = [computed.made[each.claim.job_id][1] for each in work]
    try:
        stored = put_results(results, place.recent.put_many)
    except CodesignerError as error:
        for each in work:
            fail(place, each.claim, error, delay_s=10.0)
        return Kept()
    done: list[tuple[Claim, StageOutput]] = []
    for each, result, (output_sha256, artifacts) in zip(work, results, stored, strict=True):
        facts = RunFacts(
            claim=each.claim,
            inputs=each.inputs,
            batch=len(computed.made),
            models=computed.models,
            device=place.device,
            started_at=computed.began,
            finished_at=computed.ended,
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
            input_key=each.input_key,
            compute_s=computed.seconds,
            batch=len(computed.made),
        )
        done.append((each.claim, output))
    reach("stored")
    return finish(place, done, onward)


def finish(
    place: Workplace, done: Sequence[tuple[Claim, StageOutput]], onward: Onward = queue.NOWHERE
) -> Kept:
    """Write the results of a batch in one transaction, each row under its own fence.

    Args:
        onward: the stages to go on with in place.
    """

    def write(session: Session) -> Kept:
        kept = finish_in(session, done, onward)
        reach("before-commit")
        return kept

    kept = written(place, write) if done else None
    if kept is None:
        return Kept()
    reach("after-commit")
    return kept


def finish_in(session: Session, done: Sequence[tuple[Claim, StageOutput]], onward: Onward) -> Kept:
    """Finish a batch in this transaction, and read what comes next."""
    finished = queue.finish_many(session, done, onward)
    for claim in finished.stale:
        _log.info("%s of job %s is no longer ours: dropped", claim.stage, claim.job_id)
    inputs = inputs_of(session, finished.begun) if finished.begun else {}
    return Kept(opened=finished.opened, begun=finished.begun, inputs=inputs)


def tell_others(place: Workplace, opened: Iterable[str]) -> None:
    """Hint at once at new work of stages that other workers serve; the relay does so later."""
    for stage in sorted(set(opened) - set(place.stages)):
        hint(place.settings, stage)


def fail(
    place: Workplace,
    claim: Claim,
    error: BaseException,
    *,
    retryable: bool = True,
    delay_s: float | None = None,
) -> None:
    """Note that an attempt failed, with its reason and traceback."""
    _log.error(
        "%s of job %s failed, attempt %d of %d: %s\n%s",
        claim.stage,
        claim.job_id,
        claim.attempt,
        claim.max_attempts,
        error,
        "".join(traceback.format_exception(error)),
    )
    reason = _reason(claim, error)
    wait_s = min(30.0, 0.5 * 2.0**claim.attempt) if delay_s is None else delay_s
    noted = failure_record(claim, reason, error)

    def change(session: Session, held: Claim) -> None:
        queue.fail(session, held, reason, retryable, delay_s=wait_s)
        note_failure(session, held, noted)

    change_held(place, [claim], change)


def _reason(claim: Claim, error: BaseException) -> CodesignerError:
    if isinstance(error, CodesignerError):
        return error
    code = "out_of_memory" if out_of_memory(error) else "stage_failed"
    return CodesignerError(code, f"{claim.stage}: {type(error).__name__}: {error}")


def change_held(
    place: Workplace, claims: Sequence[Claim], change: Callable[[Session, Claim], Any]
) -> list[Claim]:
    """Change claimed rows one by one; gives those that are still held, the others are dropped."""
    held = []
    for claim in claims:

        def write(session: Session, claim: Claim = claim) -> bool:
            change(session, claim)
            return True

        try:
            if written(place, write):
                held.append(claim)
        except StaleFence:
            _log.info("%s of job %s is no longer ours: dropped", claim.stage, claim.job_id)
    return held


def written(place: Workplace, write: Callable[[Session], _T]) -> _T | None:
    """Run a transaction, again while the database is away; None where it stays away.

    Computed results are worth waiting for. Where a commit's answer was lost, the second try finds
    a stale fence: nothing is written twice.
    """
    for attempt in range(_WRITE_TRIES):
        try:
            with place.sessions.begin() as session:
                return write(session)
        except (OperationalError, DBAPIError) as error:
            if not (isinstance(error, OperationalError) or error.connection_invalidated):
                raise
            _log.warning("the database does not answer, trying again: %s", error.orig)
            time.sleep(min(5.0, 0.25 * 2.0**attempt))
    _log.error("the database stays away: the work is left to its lease")
    return None
