"""Handles a hint: claims batches of a stage and runs them through the stages of this worker.

The database is authoritative. The broker's message only says that a stage has work.
"""

from __future__ import annotations

import time

from sqlalchemy.exc import OperationalError

from shared.db.engine import autocommit_session
from shared.failpoints import reach
from shared.pipelines import StageSpec
from shared.queue import leases as queue
from shared.queue.leases import Claim, ClaimPreference
from shared.queue.stage_inputs import Inputs, inputs_of
from worker.execution.batch_executor import BatchExecutor, stages_from
from worker.execution.context import WorkerContext
from worker.execution.result_writer import send_hints

__all__ = ["serve"]

_MAX_HINT_S = 5.0
"""How long one hint is served while its stage has more work."""
_MAX_BATCHES = 2
"""Batches in progress at a time."""


def serve(context: WorkerContext, stage: str) -> int:
    """Run the waiting work of a stage, each batch through the following stages as well.

    Returns after some seconds even where more work is waiting, so that hints of other stages are
    served.

    Returns:
        Number of stage runs that were claimed.
    """
    handler = _HintHandler(context, stage)
    try:
        return handler.serve()
    finally:
        handler.wait()


class _HintHandler:
    """Batches of one hint; results of some are written while others are computed."""

    def __init__(self, context: WorkerContext, stage: str) -> None:
        self._context = context
        self._until = time.monotonic() + _MAX_HINT_S
        self._stages = list(stages_from(stage, context.stages))
        self._open = {stage}
        """Stages that may have more work."""
        self._executors: list[BatchExecutor] = []

    def serve(self) -> int:
        """Serve until there is no more work or the time is up; return the stage runs claimed."""
        claimed = 0
        opened: set[str] = set()
        while (spec := self._next_open()) is not None or self._executors:
            executor = next((each for each in self._executors if each.is_ready()), None)
            if executor is None and spec is not None and self._has_room(spec):
                self._start_batch(spec)
                continue
            executor = executor or self._executors[0]
            if not executor.advance():
                self._executors.remove(executor)
                claimed += executor.stage_runs
                opened |= executor.opened_stages
                self._open |= executor.opened_stages & {each.name for each in self._stages}
        send_hints(self._context, opened)
        return claimed

    def wait(self) -> None:
        """Wait until all pending writes are done."""
        for executor in self._executors:
            executor.wait()

    def _next_open(self) -> StageSpec | None:
        """Return the stage to claim work of: late stages first, to finish started jobs."""
        if self._context.is_draining() or time.monotonic() > self._until:
            return None
        return next((each for each in reversed(self._stages) if each.name in self._open), None)

    def _has_room(self, spec: StageSpec) -> bool:
        """Return whether to start another batch while results of the others are being written.

        Only where more work is likely, and where the new batch does not delay the others for long.
        """
        if not self._executors:
            return True
        if len(self._executors) == _MAX_BATCHES or not self._context.batch_sizer.has_backlog:
            return False
        return self._executors[0].is_last_stage or self._context.batch_sizer.is_quick(spec)

    def _start_batch(self, spec: StageSpec) -> None:
        context = self._context
        limit = context.batch_sizer.claim_limit(spec)
        if not self._executors:
            time.sleep(context.batch_sizer.batching_delay_s(spec.name))
        try:
            claims, inputs = _claim(context, spec, limit)
        except OperationalError:
            if not self._executors:
                raise
            claims, inputs = [], {}  # the batches in progress continue
        if not claims or (len(claims) < limit and spec is not self._stages[0]):
            self._open.remove(spec.name)
        if claims:
            self._executors.append(BatchExecutor(context, spec, claims, inputs))


def _claim(
    context: WorkerContext, spec: StageSpec, limit: int
) -> tuple[list[Claim], dict[str, Inputs]]:
    """Claim a batch and read its inputs, by job."""
    lease_s = context.settings.lease_s
    with autocommit_session(context.sessions) as session:
        preference = _preference(context, spec)
        claims = queue.claim(session, spec.name, context.owner, limit, lease_s, preference)
        context.batch_sizer.record_claim(len(claims))
        if not claims:
            return [], {}
        reach("claimed")
        return claims, inputs_of(session, claims)


def _preference(context: WorkerContext, spec: StageSpec) -> ClaimPreference | None:
    """Return which rows to claim first: those whose models are resident."""
    entry = context.stage_table[spec.name]
    roles = spec.roles if entry.roles is None else entry.roles
    if not roles or not entry.pure:
        return None
    return ClaimPreference(roles=roles, versions=context.model_cache.loaded_ids())
