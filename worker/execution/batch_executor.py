"""Runs one claimed batch of a stage: reuse or compute each result, store it, write it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from shared.errors import (
    ArtifactCorrupt,
    ArtifactNotFound,
    CodesignerError,
    ModelsMissing,
)
from shared.failpoints import reach
from shared.pipelines import StageSpec, work_of
from shared.queue import leases as queue
from shared.queue.leases import Claim, Finished, StageOutput
from shared.queue.stage_inputs import Inputs
from worker.execution.context import LongStage, WorkerContext
from worker.execution.inputs import build_call
from worker.execution.invoke import WorkItem, compute_batch
from worker.execution.limits import Interrupted
from worker.execution.result_cache import cached_outputs, distinct_claims, input_key
from worker.execution.result_writer import (
    finish_in_session,
    record_failure,
    run_transaction,
    store_results,
    update_claims,
)
from worker.runtime.memory import device_lost, empty_cache, out_of_memory
from worker.stages import resolve

__all__ = ["EXIT_DEVICE_LOST", "Batch", "BatchExecutor"]

_log = logging.getLogger(__name__)
EXIT_DEVICE_LOST = 70
_UNUSABLE_INPUT = frozenset(
    {
        "invalid_request",
        "malformed_request",
        "payload_too_large",
        "edit_not_possible",
        "edit_without_effect",
    }
)
"""Codes of errors that every attempt would meet, such as a record that cannot be drawn."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Claimed stage runs of one stage that pin the same model versions."""

    spec: StageSpec
    claims: Sequence[Claim]
    inputs: Mapping[str, Inputs]
    """By job."""


class BatchExecutor:
    """Runs one claimed batch; bytes are stored before rows are written.

    Args:
        claim_next: claims the next batch in the transaction that finishes the last stage run of
            this one; it gets the session and the names of the stages that have new work.
    """

    def __init__(
        self,
        context: WorkerContext,
        batch: Batch,
        claim_next: Callable[[Session, Collection[str]], Batch | None],
    ) -> None:
        self.opened_stages: set[str] = set()
        """Stages that have new work for any worker."""
        self.next_batch: Batch | None = None
        """What the last transaction claimed."""
        self._context = context
        self._batch = batch
        self._claim_next = claim_next
        self._unfinished = {claim.stage_run_id for claim in batch.claims}

    def run(self) -> None:
        """Run all stage runs of the batch, as many at a time as their units of work allow."""
        sizer, spec = self._context.batch_sizer, self._batch.spec
        claims = self._batch.claims
        while claims:
            units = [self._work_units(claim) for claim in claims]
            count = sizer.batch_size(spec, units)
            together, others = claims[:count], claims[count:]
            if others and not sizer.can_wait(spec.name, sum(units[:count]), claims[0].lease_s):
                self._release(others)
                others = ()
            self._run_stage(together)
            claims = others

    def _work_units(self, claim: Claim) -> float:
        return work_of(claim.stage, self._batch.inputs[claim.job_id].job.options)

    def _run_stage(self, claims: Sequence[Claim]) -> None:
        entry = self._context.stage_table[self._batch.spec.name]
        try:
            if entry.pure:
                self._run_pure_stage(claims)
            else:
                long_stage: LongStage = resolve(entry.path)
                long_stage(self._context, claims[0], self._batch.inputs[claims[0].job_id])
        except ModelsMissing as missing:
            # Not a fault of the rows: the installed weights have to change first.
            _log.error("%s cannot run: %s", self._batch.spec.name, missing)
            for claim in claims:
                self._fail(claim, missing, delay_s=30.0)

    def _run_pure_stage(self, claims: Sequence[Claim]) -> None:
        """Reuse cached results and compute the others, equal ones once."""
        keys = {claim.job_id: self._input_key(claim) for claim in claims}
        remaining = self._reuse_results(claims, keys)
        distinct = distinct_claims(remaining, keys)
        self._compute_claims(distinct, keys)
        if duplicates := [claim for claim in remaining if claim not in distinct]:
            self._compute_claims(self._reuse_results(duplicates, keys), keys)

    def _input_key(self, claim: Claim) -> str | None:
        """Return the cache key of the claim's result; None where results are not reused."""
        if not self._context.settings.reuse:
            return None
        entry = self._context.stage_table[claim.stage]
        return input_key(claim.stage, entry, self._batch.inputs[claim.job_id])

    def _reuse_results(
        self, claims: Sequence[Claim], keys: Mapping[str, str | None]
    ) -> Sequence[Claim]:
        """Finish the claims with a cached result; return the remaining ones."""
        if not any(keys[claim.job_id] for claim in claims):
            return claims
        store, inputs = self._context.store, self._batch.inputs
        try:
            done = self._finish(
                lambda session: cached_outputs(session, store, claims, inputs, keys)
            )
        except (OSError, CodesignerError) as error:
            _log.warning("cannot read cached results, computing instead: %s", error)
            return claims
        return [claim for claim in claims if claim not in done]

    def _compute_claims(self, claims: Sequence[Claim], keys: Mapping[str, str | None]) -> None:
        built = (self._build_item(claim, keys[claim.job_id]) for claim in claims)
        self._compute([item for item in built if item is not None])

    def _build_item(self, claim: Claim, key: str | None) -> WorkItem | None:
        context, inputs = self._context, self._batch.inputs[claim.job_id]
        try:
            call = build_call(inputs, context.artifact_cache.get, context.settings.public_url)
        except (ArtifactNotFound, ArtifactCorrupt, ValueError, KeyError, TypeError) as error:
            self._fail(claim, error, retryable=False)
            return None
        except (OSError, CodesignerError) as error:
            unavailable = not isinstance(error, CodesignerError) or error.code == "unavailable"
            self._fail(claim, error, retryable=unavailable)
            return None
        return WorkItem(claim=claim, inputs=inputs, call=call, input_key=key)

    def _compute(self, items: Sequence[WorkItem]) -> None:
        """Compute the items together; if that raises, halve them or compute each alone."""
        if not items:
            return
        context = self._context
        claims = [item.claim for item in items]
        if context.is_draining():
            self._release(claims)
            return
        try:
            batch = compute_batch(context, self._batch.spec, items)
        except ModelsMissing:
            raise
        except Interrupted as interrupt:
            self._handle_interrupt(claims, interrupt)
            return
        except Exception as error:  # noqa: BLE001 (the boundary: a stage may raise anything)
            self._recover(items, error)
            return
        units = sum(self._work_units(claim) for claim in claims)
        context.batch_sizer.record_batch(batch.stage, units, batch.seconds)
        try:
            outputs = store_results(context, items, batch)
        except CodesignerError as error:
            for claim in claims:
                self._fail(claim, error, delay_s=10.0)
        else:
            self._finish(lambda _: outputs)

    def _recover(self, items: Sequence[WorkItem], error: Exception) -> None:
        stage = self._batch.spec.name
        if device_lost(error):
            _log.exception("device lost: releasing the claims and starting a new child process")
            self._release([item.claim for item in items])
            os._exit(EXIT_DEVICE_LOST)
        if out_of_memory(error):
            empty_cache()
            if len(items) > 1:
                _log.warning("%s: out of memory with %d jobs, halving", stage, len(items))
                middle = len(items) // 2
                self._compute(items[:middle])
                self._compute(items[middle:])
                return
        elif len(items) > 1:
            _log.warning(
                "%s failed for a batch of %d jobs, computing each alone", stage, len(items),
                exc_info=error,
            )  # fmt: skip
            for item in items:
                self._compute([item])
            return
        is_unusable = isinstance(error, CodesignerError) and error.code in _UNUSABLE_INPUT
        self._fail(items[0].claim, error, retryable=not is_unusable)

    def _handle_interrupt(self, claims: Sequence[Claim], interrupt: Interrupted) -> None:
        if interrupt.reason == "draining":
            _log.info("stopped and released %d claims: the worker is shutting down", len(claims))
            self._release(claims)
        elif interrupt.reason != "time_limit":
            _log.info("stopped: the claims are no longer held")
            self._unfinished -= {claim.stage_run_id for claim in claims}
        else:
            for claim in claims:
                late = CodesignerError(
                    "time_limit",
                    f"{claim.stage} did not end within its time limit. "
                    "Ask for fewer variants or a smaller size.",
                )
                # Alone it would take as long again; in a batch another job may be the cause.
                self._fail(claim, late, retryable=len(claims) > 1)

    def _finish(
        self, get_outputs: Callable[[Session], Sequence[tuple[Claim, StageOutput]]]
    ) -> list[Claim]:
        """Write results in one transaction; with the last of the batch, claim the next batch.

        Returns:
            The claims of the results.
        """

        def write(session: Session) -> tuple[list[Claim], Finished, Batch | None]:
            outputs = get_outputs(session)
            claims = [claim for claim, _ in outputs]
            finished = finish_in_session(session, outputs)
            is_last = self._unfinished <= {claim.stage_run_id for claim in claims}
            following = self._claim_next(session, finished.opened) if is_last else None
            reach("before-commit")
            return claims, finished, following

        result = run_transaction(self._context, write)
        if result is None:
            return []
        reach("after-commit")
        claims, finished, self.next_batch = result
        self.opened_stages |= finished.opened
        self._unfinished -= {claim.stage_run_id for claim in claims}
        return claims

    def _fail(
        self,
        claim: Claim,
        error: BaseException,
        *,
        retryable: bool = True,
        delay_s: float | None = None,
    ) -> None:
        record_failure(self._context, claim, error, retryable=retryable, delay_s=delay_s)
        self._unfinished.discard(claim.stage_run_id)

    def _release(self, claims: Sequence[Claim]) -> None:
        update_claims(self._context, claims, queue.release)
        self.opened_stages.add(self._batch.spec.name)
        self._unfinished -= {claim.stage_run_id for claim in claims}
