"""Benchmark of jobs an hour of a busy machine against the earlier version, one and two workers.

Run: python -m benchmarks.before_saturation [--jobs 12] [--rounds 2]

Both versions run as `codesigner up` starts them, with `--devices cpu` and then `cpu:2`. Jobs, every
second one with a reference, are submitted at once to one version and then to the other.
"""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack

from benchmarks.briefs import asked
from benchmarks.report import Row, command, measure_alternately, ratio
from benchmarks.versions import Running, both, running

__all__ = ["measure"]

SMALL = {"jobs": 4, "rounds": 1}
_WITHIN_S = 240.0
_ENDED = """
SELECT count(*) FILTER (WHERE state = 'succeeded'), count(*),
       extract(epoch FROM max(finished_at) - min(created_at))
FROM job WHERE id = ANY(%s) AND finished_at IS NOT NULL"""


def _jobs_per_hour(version: Running, jobs: int) -> float:
    halves = [asked(jobs // 2, reference=reference) for reference in (False, True)]
    requests = [each for pair in zip(*halves, strict=True) for each in pair]
    ids = [version.visitor.submit(one).document(202)["id"] for one in requests]
    until = time.monotonic() + _WITHIN_S
    while True:
        ((succeeded, ended, seconds),) = version.ask(_ENDED, ids)
        if ended == len(ids):
            break
        if time.monotonic() > until:
            raise TimeoutError(f"{ended} of {len(ids)} jobs ended in {_WITHIN_S:.0f} s")
        time.sleep(0.2)
    if succeeded != len(ids):
        raise RuntimeError(f"{succeeded} of {len(ids)} jobs succeeded")
    return 3600 * len(ids) / float(seconds)


def measure(jobs: int = 12, rounds: int = 2) -> list[Row]:
    """Measure both versions in turns, with one worker and then with two."""
    rows: list[Row] = []
    for label, devices in (("one worker", "cpu"), ("two workers", "cpu:2")):
        with ExitStack() as stack:
            versions = {
                each.name: stack.enter_context(running(each, devices=devices)) for each in both()
            }
            found = measure_alternately(
                rounds,
                {
                    name: lambda version=version: _jobs_per_hour(version, jobs)
                    for name, version in versions.items()
                },
            )
        against = ratio(found["now"], found["before"])
        rows.append(
            Row(name=f"{label}, against before", value=against, unit="x", better="higher", goal=2.0)
        )
        rows += [
            Row(
                name=f"{label}, {name}",
                value=statistics.median(values),
                unit="jobs/h",
                better="higher",
            )
            for name, values in found.items()
        ]
    return rows


if __name__ == "__main__":
    command("before_saturation", measure)
