"""Stages that load no model and compute nothing, to measure the queue and the front end.

`CODESIGNER_STAGES=benchmarks.stages:STAGES` replaces the real stages by them; those of
`SLOW_STAGES` take time and report progress, so that there are running jobs to follow.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress
from worker.stages import StageEntry

__all__ = ["SLOW_STAGES", "STAGES", "nothing", "slow_drawing"]

_DRAWING_S = 8.0
_REPORTS = 16


def nothing(
    calls: Sequence[StageCall],
    models: Models,  # noqa: ARG001
    on_progress: OnProgress,  # noqa: ARG001
) -> list[StageResult]:
    """Return a distinct output for each job, so that each is stored."""
    return [
        StageResult(
            output=b'{"job": "%s", "after": %d}' % (call.job_id.encode(), len(call.outputs)),
            media_type="application/json",
        )
        for call in calls
    ]


STAGES = {
    name: StageEntry(path="benchmarks.stages:nothing", roles=())
    for name in ("caption", "vision", "fusion", "generate", "draw", "present", "print", "render")
}


def slow_drawing(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress
) -> list[StageResult]:
    """Take eight seconds for a batch, with two reports a second, as real drawing does."""
    for step in range(_REPORTS):
        time.sleep(_DRAWING_S / _REPORTS)
        on_progress((step + 1) / _REPORTS)
    return nothing(calls, models, on_progress)


SLOW_STAGES = STAGES | {"draw": StageEntry(path="benchmarks.stages:slow_drawing", roles=())}
