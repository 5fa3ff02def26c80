"""Benchmark of one job at a time against the earlier version, both as `codesigner up` runs them.

Run: python -m benchmarks.before_rest [--jobs 12]

Both are started, and each request is sent to one and then to the other, alternately first. Times
are the database's: from the job's row until its first sketch is stored and until its end.
"""

from __future__ import annotations

import statistics
from contextlib import ExitStack

from benchmarks.briefs import Asked, asked
from benchmarks.report import Row, command, ratio
from benchmarks.versions import Running, both, running

__all__ = ["measure"]

SMALL = {"jobs": 2}
_EVERY_S = 0.1
_TIMES = """
SELECT extract(epoch FROM j.finished_at - j.created_at),
       (SELECT extract(epoch FROM min(a.created_at) - j.created_at)
        FROM artifact a WHERE a.job_id = j.id AND a.kind = %s)
FROM job j WHERE j.id = %s"""


def _timed(version: Running, one: Asked) -> dict[str, float]:
    """Run a job; return the seconds until its first tile and sketch and until its end."""
    job_id = version.visitor.submit(one).document(202)["id"]
    if (state := version.visitor.wait(job_id, _EVERY_S)) != "succeeded":
        raise RuntimeError(f"job {job_id} {state}")
    found = {}
    for kind in ("tile", "sketch"):
        ((whole, first),) = version.ask(_TIMES, kind, job_id)
        found |= {"whole job": float(whole), f"first {kind}": float(first)}
    return found


def _rows(kind: str, before: list[dict[str, float]], now: list[dict[str, float]]) -> list[Row]:
    def seconds(times: list[dict[str, float]], name: str) -> list[float]:
        return [each[name] for each in times]

    whole = seconds(now, "whole job")
    ratios = [
        ("whole job, against before", ratio(whole, seconds(before, "whole job")), 0.40),
        ("first sketch, against the whole", ratio(seconds(now, "first sketch"), whole), 0.60),
        ("first tile, against the whole", ratio(seconds(now, "first tile"), whole), None),
    ]
    rows = [
        Row(name=f"{kind}, {name}", value=value, unit="x", better="lower", goal=goal)
        for name, value, goal in ratios
    ]
    for version, times in (("before", before), ("now", now)):
        value = statistics.median(seconds(times, "whole job"))
        rows.append(
            Row(name=f"{kind}, whole job, {version}", value=value, unit="s", better="lower")
        )
    return rows


def measure(jobs: int = 12) -> list[Row]:
    """Measure that many jobs of each kind with both versions in turns."""
    rows: list[Row] = []
    with ExitStack() as stack:
        versions = {each.name: stack.enter_context(running(each)) for each in both()}
        for kind in ("text", "reference"):
            times: dict[str, list[dict[str, float]]] = {name: [] for name in versions}
            for number, one in enumerate(asked(jobs, reference=kind == "reference")):
                for name in list(versions)[:: -1 if number % 2 else 1]:
                    times[name].append(_timed(versions[name], one))
                told = ", ".join(
                    f"{name} {each[-1]['whole job']:.2f} s" for name, each in times.items()
                )
                print(f"  {kind} {number + 1}: {told}", flush=True)
            rows += _rows(kind, times["before"], times["now"])
    return rows


if __name__ == "__main__":
    command("before_rest", measure)
