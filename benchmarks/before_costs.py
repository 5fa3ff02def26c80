"""Benchmark of the CPU time of jobs whose stages compute nothing against the earlier version.

Run: python -m benchmarks.before_costs [--jobs 100]

Each version runs its own `benchmarks.costs` in turns.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys

from benchmarks.report import Row, command, measure_alternately, ratio
from benchmarks.versions import Version, both

__all__ = ["measure"]

SMALL = {"jobs": 20, "rounds": 1}
_ALL = re.compile(r"costs: one worker, all, a job +([\d.]+) ms")


def _cost_ms(version: Version, jobs: int) -> float:
    """Return the milliseconds of CPU time of all processes for a job, with one worker."""
    line = (sys.executable, "-m", "benchmarks.costs", "--jobs", str(jobs), "--waiting", "1")
    done = subprocess.run(
        line,
        cwd=version.root,
        env=os.environ | {"PYTHONPATH": str(version.root)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = _ALL.search(done.stdout)
    if found is None:
        raise RuntimeError(f"no figure in:\n{done.stdout[-1000:]}")
    return float(found[1])


def measure(jobs: int = 100, rounds: int = 2) -> list[Row]:
    """Measure both versions in turns."""
    versions = {version.name: version for version in both()}
    found = measure_alternately(
        rounds,
        {
            name: lambda version=version: _cost_ms(version, jobs)
            for name, version in versions.items()
        },
    )
    against = ratio(found["now"], found["before"])
    return [
        Row(name="all, a job, against before", value=against, unit="x", better="lower", goal=0.5),
        *(
            Row(
                name=f"all, a job, {name}", value=statistics.median(each), unit="ms", better="lower"
            )
            for name, each in found.items()
        ),
    ]


if __name__ == "__main__":
    command("before_costs", measure)
