"""All the I/O around stages: claim, read, compute, put bytes, finish, go on.

The database decides everything; the broker's message only said that a stage has work. Bytes are
put first, rows are written second, each under its own fence.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from shared import queue
from shared.database import at_once
from shared.errors import ArtifactCorrupt, ArtifactNotFound, CodesignerError, ModelsMissing
from shared.failpoints import reach
from shared.handover import Inputs, inputs_of
from shared.pipelines import PIPELINES, StageSpec
from shared.queue import Claim, StageOutput, Wanted
from shared.reuse import known_keys
from worker.contracts import StageCall, StageResult, StageRunner
from worker.inputs import call_from, put_results
from worker.limits import Interrupted
from worker.memory import device_lost, empty_cache, out_of_memory
from worker.outcomes import change_held, fail, finish, tell_others, written
from worker.provenance import RunFacts, run_record
from worker.residency import ResidentModels
from worker.reuse import input_key, taken_over
from worker.stages import resolve
from worker.workplace import LongStage, Workplace

__all__ = ["limits_of", "serve"]

_log = logging.getLogger(__name__)
_TURN_S = 5.0
"""How long one hint is served while there is more work of its stage."""
EXIT_DEVICE_LOST = 70


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One claimed row and what its stage is called with."""

    claim: Claim
    inputs: Inputs
    call: StageCall
    input_key: str | None


def serve(place: Workplace, stage: str) -> int:
    """Do waiting work of a stage batch by batch, each on through the stages after it, in place.

    Comes back after some seconds even where more is waiting, for the hints of other stages.

    Returns:
        Number of stage runs that were claimed.
    """
    claimed = 0
    until = time.monotonic() + _TURN_S
    while time.monotonic() < until:
        time.sleep(place.pace.wait_s(stage))
        taken = _serve_once(place, stage)
        if not taken:
            break
        claimed += taken
    return claimed


def _serve_once(place: Workplace, stage: str) -> int:
    """Serve one batch of a stage, and what that makes ready as far as this worker serves it."""
    claimed = 0
    opened = {stage}
    for spec in _from(stage, place.stages):
        while spec.name in opened and not place.draining():
            most = place.pace.most(spec)
            taken = _serve_batch(place, spec, most)
            claimed += taken
            opened |= place.opened
            place.opened.clear()
            if taken < most or spec.name == stage:
                break
    tell_others(place, opened)
    return claimed


def _from(stage: str, served: Collection[str]) -> Iterator[StageSpec]:
    """List the stage and those after it in its pipeline, as far as this worker serves them."""
    for pipeline in PIPELINES.values():
        names = [spec.name for spec in pipeline.stages]
        if stage in names:
            following = pipeline.stages[names.index(stage) :]
            yield from (spec for spec in following if spec.name in served)


def _serve_batch(place: Workplace, spec: StageSpec, most: int) -> int:
    with at_once(place.sessions) as session:
        claims = queue.claim(
            session, spec.name, place.owner, most, place.settings.lease_s, _wanted(place, spec)
        )
    place.pace.claimed(len(claims))
    if not claims:
        return 0
    reach("claimed")
    try:
        with at_once(place.sessions) as session:
            inputs = inputs_of(session, claims)
        entry = place.table[spec.name]
        if not entry.pure:
            long_stage: LongStage = resolve(entry.path)
            long_stage(place, claims[0], inputs[claims[0].job_id])
        else:
            _serve_pure(place, spec, claims, inputs)
    except ModelsMissing as missing:
        # No fault of the rows: what is installed has to change first.
        _log.error("%s cannot run: %s", spec.name, missing)
        for claim in claims:
            fail(place, claim, missing, delay_s=30.0)
    return len(claims)


def _wanted(place: Workplace, spec: StageSpec) -> Wanted | None:
    """Give which rows come first: those that need no model to be loaded."""
    entry = place.table[spec.name]
    roles = spec.roles if entry.roles is None else entry.roles
    if not roles or not entry.pure:
        return None
    return Wanted(roles=roles, versions=place.residency.loaded_ids())


def _serve_pure(
    place: Workplace, spec: StageSpec, claims: Sequence[Claim], inputs: Mapping[str, Inputs]
) -> None:
    """Take over the results that are there already, compute the others, equal ones once."""
    entry = place.table[spec.name]
    keys = {
        claim.job_id: input_key(spec.name, entry, inputs[claim.job_id])
        if place.settings.reuse
        else None
        for claim in claims
    }
    left = _take_over(place, claims, inputs, keys)
    first = _first_of_each(left, keys)
    _compute_claims(place, spec, first, inputs, keys)
    if equal := [claim for claim in left if claim not in first]:
        _compute_claims(place, spec, _take_over(place, equal, inputs, keys), inputs, keys)


def _first_of_each(claims: Sequence[Claim], keys: Mapping[str, str | None]) -> list[Claim]:
    """List the claims without those whose result is that of an earlier one in the list."""
    seen: set[str] = set()
    first = []
    for claim in claims:
        key = keys[claim.job_id]
        if key is None or key not in seen:
            first.append(claim)
        if key is not None:
            seen.add(key)
    return first


def _compute_claims(
    place: Workplace,
    spec: StageSpec,
    claims: Sequence[Claim],
    inputs: Mapping[str, Inputs],
    keys: Mapping[str, str | None],
) -> None:
    read = (_read(place, each, inputs[each.job_id], keys[each.job_id]) for each in claims)
    _compute(place, spec, [work for work in read if work is not None])


def _take_over(
    place: Workplace,
    claims: Sequence[Claim],
    inputs: Mapping[str, Inputs],
    keys: Mapping[str, str | None],
) -> list[Claim]:
    """Finish what earlier results are there for; gives the claims that are left."""
    done: set[str] = set()

    def write(session: Session) -> None:
        found = taken_over(session, place.store, claims, inputs, keys)
        place.opened.update(queue.finish_many(session, found).opened)
        done.update(claim.job_id for claim, _ in found)

    try:
        if _is_known(place, claims, keys):
            written(place, write)
    except (OSError, CodesignerError) as error:
        _log.warning("earlier results cannot be read, computing anew: %s", error)
    return [claim for claim in claims if claim.job_id not in done]


def _is_known(place: Workplace, claims: Sequence[Claim], keys: Mapping[str, str | None]) -> bool:
    """Tell whether there is a result of any of these keys, without locking it."""
    wanted = [key for claim in claims if (key := keys[claim.job_id]) is not None]
    if not wanted:
        return False
    with at_once(place.sessions) as session:
        return bool(known_keys(session, claims[0].stage, wanted))


def _read(place: Workplace, claim: Claim, inputs: Inputs, key: str | None) -> _Work | None:
    try:
        call = call_from(inputs, place.recent.get, place.settings.public_url)
    except (ArtifactNotFound, ArtifactCorrupt, ValueError, KeyError, TypeError) as error:
        fail(place, claim, error, retryable=False)
        return None
    except (OSError, CodesignerError) as error:
        away = not isinstance(error, CodesignerError) or error.code == "unavailable"
        fail(place, claim, error, retryable=away)
        return None
    return _Work(claim=claim, inputs=inputs, call=call, input_key=key)


def _compute(place: Workplace, spec: StageSpec, work: Sequence[_Work]) -> None:
    """Compute a batch; where it raises, halve it or compute each row alone."""
    if not work:
        return
    if place.draining():
        change_held(place, [each.claim for each in work], queue.release)
        return
    versions = work[0].inputs.job.model_versions  # a claim takes rows of the same versions only
    models = ResidentModels(versions, place.residency)
    began = datetime.now(UTC)
    try:
        results = _run(place, spec, work, models)
    except ModelsMissing:
        raise
    except Interrupted as stopped:
        _stopped(place, spec, work, stopped)
    except Exception as error:  # noqa: BLE001 (the boundary: whatever a stage may raise)
        _recover(place, spec, work, error)
    else:
        _keep(place, work, results, models, began)


def _run(
    place: Workplace, spec: StageSpec, work: Sequence[_Work], models: ResidentModels
) -> list[StageResult]:
    entry = place.table[spec.name]
    run: StageRunner = resolve(entry.path)
    with place.limited([each.claim for each in work], *limits_of(place, spec)):
        results = run([each.call for each in work], models)
    if len(results) != len(work):
        raise RuntimeError(f"{spec.name} gave {len(results)} results for {len(work)} calls")
    return results


def limits_of(place: Workplace, spec: StageSpec) -> tuple[float, float]:
    """Give a stage's soft and hard limit in seconds."""
    entry = place.table[spec.name]
    return (
        spec.soft_limit_s if entry.soft_limit_s is None else entry.soft_limit_s,
        spec.hard_limit_s if entry.hard_limit_s is None else entry.hard_limit_s,
    )


def _recover(place: Workplace, spec: StageSpec, work: Sequence[_Work], error: Exception) -> None:
    if device_lost(error):
        _log.exception("the device is lost: giving the work back and starting a new child")
        change_held(place, [each.claim for each in work], queue.release)
        os._exit(EXIT_DEVICE_LOST)
    if out_of_memory(error):
        empty_cache()
        if len(work) > 1:
            _log.warning("%s: out of memory with %d jobs, halving", spec.name, len(work))
            middle = len(work) // 2
            _compute(place, spec, work[:middle])
            _compute(place, spec, work[middle:])
            return
    elif len(work) > 1:
        _log.warning(
            "%s raised for %d jobs together, computing each alone", spec.name, len(work),
            exc_info=error,
        )  # fmt: skip
        for each in work:
            _compute(place, spec, [each])
        return
    fail(place, work[0].claim, error)


def _stopped(
    place: Workplace, spec: StageSpec, work: Sequence[_Work], stopped: Interrupted
) -> None:
    if stopped.reason == "draining":
        _log.info("%s stopped and given back: this worker ends", spec.name)
        change_held(place, [each.claim for each in work], queue.release)
        return
    if stopped.reason != "time_limit":
        _log.info("%s stopped: nobody waits for its result any more", spec.name)
        return
    late = CodesignerError("time_limit", f"{spec.name} did not end within its time limit.")
    for each in work:
        fail(place, each.claim, late)


def _keep(
    place: Workplace,
    work: Sequence[_Work],
    results: Sequence[StageResult],
    models: ResidentModels,
    began: datetime,
) -> None:
    ended = datetime.now(UTC)
    compute_s = (ended - began).total_seconds()
    place.pace.note(work[0].claim.stage, len(work), compute_s)
    try:
        stored = put_results(results, place.recent.put_many)
    except CodesignerError as error:
        for each in work:
            fail(place, each.claim, error, delay_s=10.0)
        return
    done: list[tuple[Claim, StageOutput]] = []
    for each, result, (output_sha256, artifacts) in zip(work, results, stored, strict=True):
        facts = RunFacts(
            claim=each.claim,
            inputs=each.inputs,
            batch=len(work),
            models=models.used,
            device=place.device,
            started_at=began,
            finished_at=ended,
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
            compute_s=compute_s,
            batch=len(work),
        )
        done.append((each.claim, output))
    reach("stored")
    finish(place, done)
