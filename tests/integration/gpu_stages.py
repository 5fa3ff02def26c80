"""Stages of tests that need a GPU: the commanded ones, with a drawing that fills its memory.

`CODESIGNER_STAGES=gpu_stages:STAGES`.
"""

from collections.abc import Sequence
from dataclasses import replace

import stages_for_worker
import torch

from worker.execution.contracts import Models, StageCall, StageResult
from worker.execution.progress import OnProgress

__all__ = ["STAGES", "generate"]


def generate(
    calls: Sequence[StageCall], models: Models, on_progress: OnProgress
) -> list[StageResult]:
    """Run out of GPU memory for more than one job, and run a small computation for one."""
    device = torch.device("cuda:0")
    _free, total = torch.cuda.mem_get_info(device)
    held = torch.ones(total if len(calls) > 1 else 1024, dtype=torch.uint8, device=device)
    assert int(held[:1024].sum(dtype=torch.int32)) == 1024
    return stages_for_worker.generate(calls, models, on_progress)


STAGES = stages_for_worker.STAGES | {
    "generate": replace(
        stages_for_worker.STAGES["generate"],
        path="gpu_stages:generate",
        soft_limit_s=100.0,
        hard_limit_s=110.0,
    )
}
