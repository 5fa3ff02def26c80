"""Stages that compute nothing and obey their brief, in a child whose loading may be slow.

`CODESIGNER_STAGES=tests.soak.stages:STAGES` puts them in the place of the real ones. A worker's
child imports this module before it claims anything: here safeguards are taken out as well.
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
