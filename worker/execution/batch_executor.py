"""The way of one claimed batch through the stages that a worker serves.

Bytes are put first, rows are written second, each under its own fence. Whoever finishes a batch
claims the stages after it in the same statement, and computes them already while that is written
down: what was computed ahead counts only under such a claim, and only where the records then say
that it was called with the right inputs.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait

from sqlalchemy.orm import Session

from shared.errors import ArtifactCorrupt, ArtifactNotFound, CodesignerError, ModelsMissing
from shared.pipelines import PIPELINES, STAGES, StageSpec, work_of
from shared.queue import leases as queue
from shared.queue.leases import Claim, Onward
from shared.queue.stage_inputs import Inputs
from worker.execution.context import LongStage, Workplace
from worker.execution.contracts import StageCall
from worker.execution.inputs import call_after, call_from, inputs_after
from worker.execution.invoke import Computed, Work, compute
from worker.execution.limits import Interrupted
from worker.execution.result_cache import first_of_each, input_key, is_known, taken_over
from worker.execution.result_writer import Kept, change_held, fail, finish_in, keep, written
from worker.runtime.memory import device_lost, empty_cache, out_of_memory
from worker.stages import resolve

__all__ = ["EXIT_DEVICE_LOST", "Course", "stages_from"]

_log = logging.getLogger(__name__)
EXIT_DEVICE_LOST = 70


class Course:
    """The way of one claimed batch through the stages that this worker serves."""

    def __init__(
        self,
        place: Workplace,
        spec: StageSpec,
        claims: Sequence[Claim],
        inputs: Mapping[str, Inputs],
    ) -> None:
        self.served = 0
        """Stage runs so far."""
        self.opened: set[str] = set()
        """Stages that it made work of for anybody."""
        self.ends = False
        """Whether nothing follows what is being written down."""
        self._place = place
        self._held: dict[str, list[Claim]] = {}
        """By stage; all of the same models' versions, for they come from one claim."""
        self._inputs: dict[str, Inputs] = {}
        """Of the stages held, by job."""
        self._ahead: dict[str, Computed] = {}
        """What was computed before its claim was there, by job."""
        self._writings: deque[tuple[Future[Kept], Interrupted | None]] = deque()
        """What is being written down, and what stopped the computation ahead meanwhile."""
        self._hold(claims, inputs)
        self._steps = self._run(spec)

    def is_ready(self) -> bool:
        """Tell whether it can go on without waiting."""
        return not self._writings or self._writings[0][0].done()

    def go_on(self) -> bool:
        """Go on until results are being written down; False where it is at its end."""
        return next(self._steps, False)

    def wait(self) -> None:
        """Wait until nothing is being written down any more."""
        wait([writing for writing, _ in self._writings])

    def _run(self, first: StageSpec) -> Iterator[bool]:
        for spec in stages_from(first.name, self._place.stages):
            while held := self._held.pop(spec.name, []):
                batch = self._next_batch(spec, held)
                self.served += len(batch)
                self._serve(spec, batch)
                while self._writings:
                    yield True
                    self._take_up()

    def _next_batch(self, spec: StageSpec, held: Sequence[Claim]) -> Sequence[Claim]:
        """Return the claims that are computed together now, by how much work they are.

        The others wait, or go back to the queue where that would take long.
        """
        pace = self._place.pace
        works = [_work(self._inputs[claim.job_id], spec.name) for claim in held]
        count = pace.fitting(spec, works)
        batch, others = held[:count], list(held[count:])
        if others and pace.can_wait(spec.name, sum(works[:count]), held[0].lease_s):
            self._held[spec.name] = others
        elif others:
            change_held(self._place, others, queue.release)
            self.opened.add(spec.name)
        return batch

    def _take_up(self) -> None:
        """Take up what the oldest writing led to."""
        writing, stopped = self._writings.popleft()
        kept = writing.result()
        self.opened |= kept.opened
        if stopped is None:
            self._hold(kept.begun, kept.inputs)
        else:
            _stopped(self._place, kept.begun, stopped)

    def _hold(self, claims: Sequence[Claim], inputs: Mapping[str, Inputs]) -> None:
        self._inputs |= inputs
        for claim in claims:
            self._held.setdefault(claim.stage, []).append(claim)

    def _serve(self, spec: StageSpec, claims: Sequence[Claim]) -> None:
        place = self._place
        inputs = {claim.job_id: self._inputs[claim.job_id] for claim in claims}
        try:
            entry = place.table[spec.name]
            if not entry.pure:
                long_stage: LongStage = resolve(entry.path)
                long_stage(place, claims[0], inputs[claims[0].job_id])
            else:
                self._serve_pure(spec, claims, inputs)
        except ModelsMissing as missing:
            # No fault of the rows: what is installed has to change first.
            _log.error("%s cannot run: %s", spec.name, missing)
            for claim in claims:
                fail(place, claim, missing, delay_s=30.0)

    def _serve_pure(
        self, spec: StageSpec, claims: Sequence[Claim], inputs: Mapping[str, Inputs]
    ) -> None:
        """Take over the results that are there already, compute the others, equal ones once."""
        keys = {claim.job_id: _key(self._place, spec, inputs[claim.job_id]) for claim in claims}
        left = self._take_over(claims, inputs, keys)
        first = first_of_each(left, keys)
        self._compute_claims(spec, first, inputs, keys)
        if equal := [claim for claim in left if claim not in first]:
            while self._writings:
                self._take_up()
            self._compute_claims(spec, self._take_over(equal, inputs, keys), inputs, keys)

    def _take_over(
        self,
        claims: Sequence[Claim],
        inputs: Mapping[str, Inputs],
        keys: Mapping[str, str | None],
    ) -> list[Claim]:
        """Finish what earlier results are there for; gives the claims that are left."""
        place = self._place
        done: set[str] = set()

        def write(session: Session) -> Kept:
            found = taken_over(session, place.store, claims, inputs, keys)
            done.update(claim.job_id for claim, _ in found)
            return finish_in(session, found, _onward(place, claims[0].stage))

        try:
            if is_known(place.sessions, claims[0].stage, [keys[claim.job_id] for claim in claims]):
                kept = written(place, write)
                if kept is not None:
                    self.opened |= kept.opened
                    self._hold(kept.begun, kept.inputs)
        except (OSError, CodesignerError) as error:
            _log.warning("earlier results cannot be read, computing anew: %s", error)
        return [claim for claim in claims if claim.job_id not in done]

    def _compute_claims(
        self,
        spec: StageSpec,
        claims: Sequence[Claim],
        inputs: Mapping[str, Inputs],
        keys: Mapping[str, str | None],
    ) -> None:
        read = (self._read(each, inputs[each.job_id], keys[each.job_id]) for each in claims)
        work = [each for each in read if each is not None]
        for computed, of in self._computed_ahead(spec, work):
            self._keep(of, computed)
            work = [each for each in work if each not in of]
        self._compute(spec, work)

    def _read(self, claim: Claim, inputs: Inputs, key: str | None) -> Work | None:
        place = self._place
        try:
            call = call_from(inputs, place.recent.get, place.settings.public_url)
        except (ArtifactNotFound, ArtifactCorrupt, ValueError, KeyError, TypeError) as error:
            fail(place, claim, error, retryable=False)
            return None
        except (OSError, CodesignerError) as error:
            away = not isinstance(error, CodesignerError) or error.code == "unavailable"
            fail(place, claim, error, retryable=away)
            return None
        return Work(claim=claim, inputs=inputs, call=call, input_key=key)

    def _computed_ahead(
        self, spec: StageSpec, work: Sequence[Work]
    ) -> Iterator[tuple[Computed, list[Work]]]:
        """Give what was computed for exactly these calls before their claims were there."""
        ahead = {id(found): found for each in work if (found := self._ahead.get(each.claim.job_id))}
        for computed in ahead.values():
            made = computed.made if computed.stage == spec.name else {}
            of = [
                each
                for each in work
                if each.claim.job_id in made and made[each.claim.job_id][0] == each.call
            ]
            if of:
                yield computed, of

    def _compute(self, spec: StageSpec, work: Sequence[Work]) -> None:
        """Compute a batch; where it raises, halve it or compute each row alone."""
        if not work:
            return
        place = self._place
        claims = [each.claim for each in work]
        if place.draining():
            change_held(place, claims, queue.release)
            return
        versions = work[0].inputs.job.model_versions
        try:
            computed = compute(place, spec, [each.call for each in work], versions, lambda: claims)
        except ModelsMissing:
            raise
        except Interrupted as stopped:
            _stopped(place, claims, stopped)
        except Exception as error:  # noqa: BLE001 (the boundary: whatever a stage may raise)
            self._recover(spec, work, error)
        else:
            self._keep(work, computed)

    def _recover(self, spec: StageSpec, work: Sequence[Work], error: Exception) -> None:
        if device_lost(error):
            _log.exception("the device is lost: giving the work back and starting a new child")
            change_held(self._place, [each.claim for each in work], queue.release)
            os._exit(EXIT_DEVICE_LOST)
        if out_of_memory(error):
            empty_cache()
            if len(work) > 1:
                _log.warning("%s: out of memory with %d jobs, halving", spec.name, len(work))
                middle = len(work) // 2
                self._compute(spec, work[:middle])
                self._compute(spec, work[middle:])
                return
        elif len(work) > 1:
            _log.warning(
                "%s raised for %d jobs together, computing each alone", spec.name, len(work),
                exc_info=error,
            )  # fmt: skip
            for each in work:
                self._compute(spec, [each])
            return
        fail(self._place, work[0].claim, error)

    def _keep(self, work: Sequence[Work], computed: Computed) -> None:
        """Write results down, and compute meanwhile what comes next."""
        place, stage = self._place, computed.stage
        place.pace.note(stage, sum(_work(each.inputs, stage) for each in work), computed.seconds)
        writing = place.writer.submit(keep, place, work, computed, _onward(place, stage))
        stopped = None
        try:
            self._compute_ahead(work, computed, writing)
        except Interrupted as error:
            stopped = error
        finally:
            self._writings.append((writing, stopped))

    def _compute_ahead(
        self,
        work: Sequence[Work],
        computed: Computed,
        writing: Future[Kept],
    ) -> None:
        """Compute the next stage of a batch whose results are being written down.

        What raises here does so again, and is handled, under the claims. What was tried before is
        not computed ahead: where that has killed the process, the results before it are kept first.
        """
        place, stage = self._place, computed.stage
        following, *others = {_following(place, stage, each.call) for each in work}
        self.ends = following is None and not others and not self._held
        if others or following is None or following.name in self._held or place.draining():
            return
        works = [_work(each.inputs, following.name) for each in work]
        if place.pace.fitting(following, works) < len(work):
            return
        if any(each.claim.attempt > 1 for each in work):
            return
        made = [computed.made[each.claim.job_id] for each in work]
        calls = [call_after(call, stage, result) for call, result in made]
        versions = work[0].inputs.job.model_versions
        try:
            keys = [
                _key(place, following, inputs_after(each.inputs, stage, result))
                for each, (_, result) in zip(work, made, strict=True)
            ]
            if is_known(place.sessions, following.name, keys):
                return
            ahead = compute(place, following, calls, versions, lambda: _begun(writing))
        except Exception as error:  # noqa: BLE001 (the boundary: whatever a stage may raise)
            _log.warning("%s is not computed ahead", following.name, exc_info=error)
        else:
            self._ahead |= dict.fromkeys(ahead.made, ahead)


def _key(place: Workplace, spec: StageSpec, inputs: Inputs) -> str | None:
    """Give what a result is looked up by; None where none is to be taken over."""
    return input_key(spec.name, place.table[spec.name], inputs) if place.settings.reuse else None


def _work(inputs: Inputs, stage: str) -> float:
    return work_of(stage, inputs.job.options)


def _begun(writing: Future[Kept]) -> Sequence[Claim] | None:
    """Give the claims to go on with; None while they are not known."""
    return writing.result().begun if writing.done() and writing.exception() is None else None


def stages_from(stage: str, served: Collection[str]) -> Iterator[StageSpec]:
    """List the stage and those after it in its pipeline, as far as this worker serves them."""
    for pipeline in PIPELINES.values():
        names = [spec.name for spec in pipeline.stages]
        if stage in names:
            following = pipeline.stages[names.index(stage) :]
            yield from (spec for spec in following if spec.name in served)


def _following(place: Workplace, stage: str, call: StageCall) -> StageSpec | None:
    """Guess the stage after this one; None where this worker does not go on with it."""
    for spec in stages_from(stage, STAGES):
        if spec.name != stage and not (spec.needs_reference and call.reference is None):
            return spec if spec.name in place.stages and place.table[spec.name].pure else None
    return None


def _onward(place: Workplace, stage: str) -> Onward:
    """Give which stages this worker goes on with after this one."""
    pure = [spec for spec in stages_from(stage, place.stages) if place.table[spec.name].pure]
    return Onward(
        owner=place.owner,
        most={} if place.draining() else {spec.name: place.pace.most(spec) for spec in pure},
        lease_s=place.settings.lease_s,
    )


def _stopped(place: Workplace, claims: Sequence[Claim], stopped: Interrupted) -> None:
    if stopped.reason == "draining":
        _log.info("stopped and given back: this worker ends")
        change_held(place, claims, queue.release)
    elif stopped.reason != "time_limit":
        _log.info("stopped: nobody waits for the result any more")
    else:
        for claim in claims:
            late = CodesignerError(
                "time_limit",
                f"{claim.stage} did not end within its time limit. "
                "Ask for fewer variants or a smaller size.",
            )
            # Alone it would take as long again; together it may have been the others' fault.
            fail(place, claim, late, retryable=len(claims) > 1)
