"""Stages that compute nothing and follow commands in the brief, in a child that may load slowly.

`CODESIGNER_STAGES=tests.soak.stages:STAGES` replaces the real stages. A worker's child imports this
module before it claims anything, so mutants are applied to it here too.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

import stages_for_worker

from tests.soak import mutants
from tests.soak.pace import LIMITS, LOADING

__all__ = ["STAGES"]

_soft_s, _hard_s = map(float, os.environ[LIMITS].split(","))
STAGES = {
    name: replace(entry, soft_limit_s=_soft_s, hard_limit_s=_hard_s)
    for name, entry in stages_for_worker.STAGES.items()
}


def _load() -> None:
    told = Path(os.environ.get(LOADING, "nowhere"))
    try:
        end = time.monotonic() + float(told.read_text())
    except FileNotFoundError:
        return
    while told.exists() and time.monotonic() < end:
        time.sleep(0.05)


mutants.take_out_of_this_process()
_load()
