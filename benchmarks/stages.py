"""No-op stages that load no model, to measure the overhead of the queue.

`CODESIGNER_STAGES=benchmarks.stages:STAGES` replaces the real stages by them.
"""

from __future__ import annotations

from collections.abc import Sequence

from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress
from worker.stages import StageEntry

__all__ = ["STAGES", "nothing"]


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
