"""Runs a claimed batch through consecutive stages that this worker serves.

Bytes are stored first, then rows are written, each under its own fence. The transaction that
finishes a batch also claims the next stages, and these are computed speculatively while it is
written. A speculative result counts only under such a claim, and only if the records then show
that the stage was called with the right inputs.
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
from shared.queue.leases import Claim, NextClaims
from shared.queue.stage_inputs import Inputs
from worker.execution.context import LongStage, WorkerContext
from worker.execution.contracts import StageCall
from worker.execution.inputs import build_call, next_call, next_inputs
from worker.execution.invoke import BatchResult, WorkItem, compute_batch
from worker.execution.limits import Interrupted
from worker.execution.result_cache import (
    cached_outputs,
    distinct_claims,
    has_cached_result,
    input_key,
)
from worker.execution.result_writer import (
    WriteOutcome,
    finish_in_session,
    record_failure,
    run_transaction,
    update_claims,
    write_results,
)
from worker.runtime.memory import device_lost, empty_cache, out_of_memory
from worker.stages import resolve

__all__ = ["EXIT_DEVICE_LOST", "BatchExecutor", "stages_from"]

_log = logging.getLogger(__name__)
EXIT_DEVICE_LOST = 70


class BatchExecutor:
    """Runs one claimed batch through consecutive stages that this worker serves."""

    def __init__(
        self,
        context: WorkerContext,
        spec: StageSpec,
        claims: Sequence[Claim],
        inputs: Mapping[str, Inputs],
    ) -> None:
        self.stage_runs = 0
        """Number of stage runs so far."""
        self.opened_stages: set[str] = set()
        """Stages that have new work for any worker."""
        self.is_last_stage = False
        """Whether no stage follows the one whose results are being written."""
        self._context = context
        self._claims: dict[str, list[Claim]] = {}
        """Held claims by stage; all pin the same model versions, for they come from one claim."""
        self._inputs: dict[str, Inputs] = {}
        """Inputs of the held claims, by job."""
        self._speculative: dict[str, BatchResult] = {}
        """Results that were computed before their claim existed, by job."""
        self._pending_writes: deque[tuple[Future[WriteOutcome], Interrupted | None]] = deque()
        """Writes in progress, and the interrupt that stopped the speculative computation."""
        self._add_claims(claims, inputs)
        self._steps = self._run(spec)

    def is_ready(self) -> bool:
        """Return whether it can advance without waiting for a write."""
        return not self._pending_writes or self._pending_writes[0][0].done()

    def advance(self) -> bool:
        """Run until results are being written; return False at the end of the batch."""
        return next(self._steps, False)

    def wait(self) -> None:
        """Wait until all pending writes are done."""
        wait([writing for writing, _ in self._pending_writes])

    def _run(self, first: StageSpec) -> Iterator[bool]:
        for spec in stages_from(first.name, self._context.stages):
            while claims := self._claims.pop(spec.name, []):
                batch = self._next_batch(spec, claims)
                self.stage_runs += len(batch)
                self._run_stage(spec, batch)
                while self._pending_writes:
                    yield True
                    self._collect_write()

    def _next_batch(self, spec: StageSpec, claims: Sequence[Claim]) -> Sequence[Claim]:
        """Return the claims to compute together now, by their units of work.

        The others wait, or are released where the wait would take long.
        """
        sizer = self._context.batch_sizer
        units = [_work_units(self._inputs[claim.job_id], spec.name) for claim in claims]
        count = sizer.batch_size(spec, units)
        batch, others = claims[:count], list(claims[count:])
        if others and sizer.can_wait(spec.name, sum(units[:count]), claims[0].lease_s):
            self._claims[spec.name] = others
        elif others:
            update_claims(self._context, others, queue.release)
            self.opened_stages.add(spec.name)
        return batch

    def _collect_write(self) -> None:
        """Take the outcome of the oldest write."""
        writing, interrupt = self._pending_writes.popleft()
        outcome = writing.result()
        self.opened_stages |= outcome.opened_stages
        if interrupt is None:
            self._add_claims(outcome.next_claims, outcome.next_inputs)
        else:
            _handle_interrupt(self._context, outcome.next_claims, interrupt)

    def _add_claims(self, claims: Sequence[Claim], inputs: Mapping[str, Inputs]) -> None:
        self._inputs |= inputs
        for claim in claims:
            self._claims.setdefault(claim.stage, []).append(claim)

    def _run_stage(self, spec: StageSpec, claims: Sequence[Claim]) -> None:
        context = self._context
        inputs = {claim.job_id: self._inputs[claim.job_id] for claim in claims}
        try:
            entry = context.stage_table[spec.name]
            if not entry.pure:
                long_stage: LongStage = resolve(entry.path)
                long_stage(context, claims[0], inputs[claims[0].job_id])
            else:
                self._run_pure_stage(spec, claims, inputs)
        except ModelsMissing as missing:
            # Not a fault of the rows: the installed weights have to change first.
            _log.error("%s cannot run: %s", spec.name, missing)
            for claim in claims:
                record_failure(context, claim, missing, delay_s=30.0)

    def _run_pure_stage(
        self, spec: StageSpec, claims: Sequence[Claim], inputs: Mapping[str, Inputs]
    ) -> None:
        """Reuse cached results and compute the others, equal ones once."""
        keys = {claim.job_id: _key(self._context, spec, inputs[claim.job_id]) for claim in claims}
        remaining = self._reuse_results(claims, inputs, keys)
        distinct = distinct_claims(remaining, keys)
        self._compute_claims(spec, distinct, inputs, keys)
        if duplicates := [claim for claim in remaining if claim not in distinct]:
            while self._pending_writes:
                self._collect_write()
            self._compute_claims(spec, self._reuse_results(duplicates, inputs, keys), inputs, keys)

    def _reuse_results(
        self,
        claims: Sequence[Claim],
        inputs: Mapping[str, Inputs],
        keys: Mapping[str, str | None],
    ) -> list[Claim]:
        """Finish the claims with a cached result; return the remaining ones."""
        context = self._context
        done: set[str] = set()

        def write(session: Session) -> WriteOutcome:
            outputs = cached_outputs(session, context.store, claims, inputs, keys)
            done.update(claim.job_id for claim, _ in outputs)
            return finish_in_session(session, outputs, _onward(context, claims[0].stage))

        stage, stage_keys = claims[0].stage, [keys[claim.job_id] for claim in claims]
        try:
            if has_cached_result(context.sessions, stage, stage_keys):
                outcome = run_transaction(context, write)
                if outcome is not None:
                    self.opened_stages |= outcome.opened_stages
                    self._add_claims(outcome.next_claims, outcome.next_inputs)
        except (OSError, CodesignerError) as error:
            _log.warning("cannot read cached results, computing instead: %s", error)
        return [claim for claim in claims if claim.job_id not in done]

    def _compute_claims(
        self,
        spec: StageSpec,
        claims: Sequence[Claim],
        inputs: Mapping[str, Inputs],
        keys: Mapping[str, str | None],
    ) -> None:
        built = (
            self._build_item(claim, inputs[claim.job_id], keys[claim.job_id]) for claim in claims
        )
        items = [item for item in built if item is not None]
        for batch, batch_items in self._matching_speculative(spec, items):
            self._write(batch_items, batch)
            items = [item for item in items if item not in batch_items]
        self._compute(spec, items)

    def _build_item(self, claim: Claim, inputs: Inputs, key: str | None) -> WorkItem | None:
        context = self._context
        try:
            call = build_call(inputs, context.artifact_cache.get, context.settings.public_url)
        except (ArtifactNotFound, ArtifactCorrupt, ValueError, KeyError, TypeError) as error:
            record_failure(context, claim, error, retryable=False)
            return None
        except (OSError, CodesignerError) as error:
            unavailable = not isinstance(error, CodesignerError) or error.code == "unavailable"
            record_failure(context, claim, error, retryable=unavailable)
            return None
        return WorkItem(claim=claim, inputs=inputs, call=call, input_key=key)

    def _matching_speculative(
        self, spec: StageSpec, items: Sequence[WorkItem]
    ) -> Iterator[tuple[BatchResult, list[WorkItem]]]:
        """Yield the speculative results whose calls equal those of the items, with the items."""
        batches = {
            id(batch): batch
            for item in items
            if (batch := self._speculative.get(item.claim.job_id))
        }
        for batch in batches.values():
            results = batch.results if batch.stage == spec.name else {}
            matching = [
                item
                for item in items
                if item.claim.job_id in results and results[item.claim.job_id][0] == item.call
            ]
            if matching:
                yield batch, matching

    def _compute(self, spec: StageSpec, items: Sequence[WorkItem]) -> None:
        """Compute a batch; if it raises, halve it or compute each job alone."""
        if not items:
            return
        context = self._context
        claims = [item.claim for item in items]
        if context.is_draining():
            update_claims(context, claims, queue.release)
            return
        calls, versions = [item.call for item in items], items[0].inputs.job.model_versions
        try:
            batch = compute_batch(context, spec, calls, versions, lambda: claims)
        except ModelsMissing:
            raise
        except Interrupted as interrupt:
            _handle_interrupt(context, claims, interrupt)
        except Exception as error:  # noqa: BLE001 (the boundary: a stage may raise anything)
            self._recover(spec, items, error)
        else:
            self._write(items, batch)

    def _recover(self, spec: StageSpec, items: Sequence[WorkItem], error: Exception) -> None:
        if device_lost(error):
            _log.exception("device lost: releasing the claims and starting a new child process")
            update_claims(self._context, [item.claim for item in items], queue.release)
            os._exit(EXIT_DEVICE_LOST)
        if out_of_memory(error):
            empty_cache()
            if len(items) > 1:
                _log.warning("%s: out of memory with %d jobs, halving", spec.name, len(items))
                middle = len(items) // 2
                self._compute(spec, items[:middle])
                self._compute(spec, items[middle:])
                return
        elif len(items) > 1:
            _log.warning(
                "%s failed for a batch of %d jobs, computing each alone", spec.name, len(items),
                exc_info=error,
            )  # fmt: skip
            for item in items:
                self._compute(spec, [item])
            return
        record_failure(self._context, items[0].claim, error)

    def _write(self, items: Sequence[WorkItem], batch: BatchResult) -> None:
        """Write results in the writer thread, and compute the next stage meanwhile."""
        context, stage = self._context, batch.stage
        units = sum(_work_units(item.inputs, stage) for item in items)
        context.batch_sizer.record_batch(stage, units, batch.seconds)
        onward = _onward(context, stage)
        writing = context.writer.submit(write_results, context, items, batch, onward)
        interrupt = None
        try:
            self._compute_next_stage(items, batch, writing)
        except Interrupted as error:
            interrupt = error
        finally:
            self._pending_writes.append((writing, interrupt))

    def _compute_next_stage(
        self,
        items: Sequence[WorkItem],
        batch: BatchResult,
        writing: Future[WriteOutcome],
    ) -> None:
        """Compute the next stage speculatively while the results of a batch are being written.

        An error here occurs again under the claims, and is handled there. Second attempts are not
        computed speculatively: where a stage kills the process, the results before it must be
        written first.
        """
        context, stage = self._context, batch.stage
        following, *others = {_next_stage(context, stage, item.call) for item in items}
        self.is_last_stage = following is None and not others and not self._claims
        if others or following is None or following.name in self._claims or context.is_draining():
            return
        units = [_work_units(item.inputs, following.name) for item in items]
        if context.batch_sizer.batch_size(following, units) < len(items):
            return
        if any(item.claim.attempt > 1 for item in items):
            return
        results = [batch.results[item.claim.job_id] for item in items]
        calls = [next_call(call, stage, result) for call, result in results]
        versions = items[0].inputs.job.model_versions
        try:
            keys = [
                _key(context, following, next_inputs(item.inputs, stage, result))
                for item, (_, result) in zip(items, results, strict=True)
            ]
            if has_cached_result(context.sessions, following.name, keys):
                return
            speculative = compute_batch(
                context, following, calls, versions, lambda: _next_claims(writing)
            )
        except Exception as error:  # noqa: BLE001 (the boundary: a stage may raise anything)
            _log.warning("speculative computation of %s failed", following.name, exc_info=error)
        else:
            self._speculative |= dict.fromkeys(speculative.results, speculative)


def _key(context: WorkerContext, spec: StageSpec, inputs: Inputs) -> str | None:
    """Return the cache key of a result; None where results are not reused."""
    if not context.settings.reuse:
        return None
    return input_key(spec.name, context.stage_table[spec.name], inputs)


def _work_units(inputs: Inputs, stage: str) -> float:
    return work_of(stage, inputs.job.options)


def _next_claims(writing: Future[WriteOutcome]) -> Sequence[Claim] | None:
    """Return the claims of the next stages; None while they are not known."""
    return writing.result().next_claims if writing.done() and writing.exception() is None else None


def stages_from(stage: str, served: Collection[str]) -> Iterator[StageSpec]:
    """Yield the stage and those after it in its pipeline that this worker serves."""
    for pipeline in PIPELINES.values():
        names = [spec.name for spec in pipeline.stages]
        if stage in names:
            following = pipeline.stages[names.index(stage) :]
            yield from (spec for spec in following if spec.name in served)


def _next_stage(context: WorkerContext, stage: str, call: StageCall) -> StageSpec | None:
    """Predict the stage after this one; None where this worker does not continue with it."""
    for spec in stages_from(stage, STAGES):
        if spec.name != stage and not (spec.needs_reference and call.reference is None):
            serves = spec.name in context.stages and context.stage_table[spec.name].pure
            return spec if serves else None
    return None


def _onward(context: WorkerContext, stage: str) -> NextClaims:
    """Return the stages that this worker continues with after this one."""
    table, sizer = context.stage_table, context.batch_sizer
    pure = [spec for spec in stages_from(stage, context.stages) if table[spec.name].pure]
    limits = {spec.name: sizer.claim_limit(spec) for spec in pure}
    return NextClaims(
        owner=context.owner,
        most={} if context.is_draining() else limits,
        lease_s=context.settings.lease_s,
    )


def _handle_interrupt(
    context: WorkerContext, claims: Sequence[Claim], interrupt: Interrupted
) -> None:
    if interrupt.reason == "draining":
        _log.info("stopped and released %d claims: the worker is shutting down", len(claims))
        update_claims(context, claims, queue.release)
    elif interrupt.reason != "time_limit":
        _log.info("stopped: the claims are no longer held")
    else:
        for claim in claims:
            late = CodesignerError(
                "time_limit",
                f"{claim.stage} did not end within its time limit. "
                "Ask for fewer variants or a smaller size.",
            )
            # Alone it would take as long again; in a batch another job may be the cause.
            record_failure(context, claim, late, retryable=len(claims) > 1)
