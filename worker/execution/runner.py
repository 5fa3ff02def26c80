"""Serves a hint: claims batches of a stage and of the stages after it, and runs them.

The database is authoritative. The broker's message only says that a stage has work.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from shared.failpoints import reach
from shared.pipelines import PIPELINES, STAGES, StageSpec
from shared.queue.claims import ClaimPreference, claim, claimable_stages
from shared.queue.stage_inputs import inputs_of
from worker.execution.batch_executor import Batch, BatchExecutor
from worker.execution.context import WorkerContext
from worker.execution.result_writer import send_hints

__all__ = ["serve"]

_MAX_HINT_S = 5.0
"""How long one hint is served while its stage has more work."""


def serve(context: WorkerContext, stage: str) -> int:
    """Run the waiting work of a stage, and what follows from it in the stages of this worker.

    Returns after some seconds even where more work is waiting, so that hints of other stages are
    served.

    Returns:
        Number of stage runs that were claimed.
    """
    return _HintHandler(context, stage).serve()


class _HintHandler:
    """Claims batches for one hint: of interactive stages, then of late ones, to finish jobs."""

    def __init__(self, context: WorkerContext, stage: str) -> None:
        self._context = context
        self._until = time.monotonic() + _MAX_HINT_S
        following = _stages_from(stage, context.stages)
        self._stages = [spec for spec in following if not spec.is_interactive]
        self._stages += [STAGES[name] for name in context.stages if STAGES[name].is_interactive]
        self._interactive = {spec.name for spec in self._stages if spec.is_interactive}
        self._open = {stage} | self._interactive
        """Stages that may have more work."""

    def serve(self) -> int:
        """Serve until there is no more work or the time is up; return the stage runs claimed."""
        count = 0
        batch = self._claim_after_delay()
        while batch is not None:
            count += len(batch.claims)
            executor = BatchExecutor(self._context, batch, self._claim_next)
            executor.run()
            self._open |= executor.opened_stages
            send_hints(self._context, executor.opened_stages)
            batch = executor.next_batch or self._claim_after_delay()
        return count

    def _claim_after_delay(self) -> Batch | None:
        """Claim a batch in a transaction of its own, after the batching delay."""
        context = self._context
        while (spec := self._latest(self._open)) is not None and time.monotonic() < self._until:
            if not spec.is_interactive:
                time.sleep(context.batch_sizer.batching_delay_s(spec.name))
            with context.sessions.begin() as session:
                batch = self._claim(session, spec)
                if batch is None:
                    self._open = claimable_stages(session, self._open - {spec.name})
            if not spec.is_interactive:
                context.batch_sizer.record_claim(0 if batch is None else len(batch.claims))
            if batch is not None:
                return batch
        return None

    def _claim_next(self, session: Session, opened: Collection[str]) -> Batch | None:
        """Claim the next batch in the transaction that finishes the last one.

        Args:
            opened: stages that the transaction made ready; after the time is up, only these and
                interactive ones.
        """
        stages = set(opened) | self._interactive
        if time.monotonic() < self._until:
            stages |= self._open
        stages = claimable_stages(session, stages)
        while (spec := self._latest(stages)) is not None:
            if (batch := self._claim(session, spec)) is not None:
                return batch
            stages.remove(spec.name)
        return None

    def _latest(self, stages: Collection[str]) -> StageSpec | None:
        if self._context.is_draining():
            return None
        return next((each for each in reversed(self._stages) if each.name in stages), None)

    def _claim(self, session: Session, spec: StageSpec) -> Batch | None:
        context = self._context
        limit = context.batch_sizer.claim_limit(spec)
        preference = _preference(context, spec)
        lease_s = context.settings.lease_s
        claims = claim(session, spec.name, context.owner, limit, lease_s, preference)
        if not claims:
            return None
        reach("claimed")
        return Batch(spec=spec, claims=claims, inputs=inputs_of(session, claims))


def _stages_from(stage: str, served: Collection[str]) -> Iterator[StageSpec]:
    """Yield the stage and those after it in its pipeline that this worker serves."""
    for pipeline in PIPELINES.values():
        names = [spec.name for spec in pipeline.stages]
        if stage in names:
            following = pipeline.stages[names.index(stage) :]
            yield from (spec for spec in following if spec.name in served)


def _preference(context: WorkerContext, spec: StageSpec) -> ClaimPreference | None:
    """Return which rows to claim first: those whose models are resident."""
    entry = context.stage_table[spec.name]
    roles = spec.roles if entry.roles is None else entry.roles
    if not roles or not entry.pure:
        return None
    return ClaimPreference(roles=roles, versions=context.model_cache.loaded_ids())
