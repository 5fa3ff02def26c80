"""Benchmark of the overhead of an idle system: a job's latency minus the stages' compute time.

Run: python -m benchmarks.rest [--jobs 30]

Jobs are submitted one at a time over HTTP, alternately without and with a reference. The compute
time is that of the stages' functions (`stage_run.compute_s`).
"""

from __future__ import annotations

import statistics
import time

from sqlalchemy import func, select

from benchmarks.briefs import PRODUCTS, Asked, asked
from benchmarks.clients import Visitor
from benchmarks.installation import Installation, installation
from benchmarks.report import Row, command, percentile
from shared.db.models import Artifact, Job, StageRun

__all__ = ["measure", "warm_up"]

SMALL = {"jobs": 3}
_EVERY_S = 0.1
_GOALS_MS = {"text": 60.0, "reference": 100.0}


def warm_up(made: Installation) -> None:
    """Warm up: render every product scene and trigger lazy loading."""
    visitor = Visitor(url=made.settings.public_url)
    for one in (*asked(PRODUCTS, reference=False, variants=1), *asked(1, reference=True)):
        visitor.wait(visitor.submit(one).document(202)["id"], _EVERY_S)


def _timed(made: Installation, visitor: Visitor, one: Asked) -> tuple[float, float]:
    """Run one job; return its latency and compute time in seconds."""
    began = time.time()  # same clock as the database's, on the same machine
    job_id = visitor.submit(one).document(202)["id"]
    state = visitor.wait(job_id, _EVERY_S)
    if state != "succeeded":
        raise RuntimeError(f"job {job_id} {state}")
    with made.sessions() as session:
        job = session.get_one(Job, job_id)
        own = select(func.sum(StageRun.compute_s)).where(StageRun.job_id == job_id)
        assert job.finished_at is not None
        return job.finished_at.timestamp() - began, float(session.scalar(own) or 0.0)


def _rows(kind: str, times: list[tuple[float, float]]) -> list[Row]:
    added = [1000 * (whole - own) for whole, own in times]
    goals = {
        "median": (statistics.median(added), _GOALS_MS[kind]),
        "p99": (percentile(added, 0.99), 150.0),
    }
    rows = [
        Row(name=f"rest: added, {kind}, {name}", value=value, unit="ms", better="lower", goal=goal)
        for name, (value, goal) in goals.items()
    ]
    whole = statistics.median(whole for whole, _ in times)
    return [*rows, Row(name=f"rest: whole job, {kind}", value=whole, unit="s", better="lower")]


def measure(jobs: int = 30) -> list[Row]:
    """Measure that many jobs of each kind in alternation."""
    with installation(worker_threads=0) as made:
        warm_up(made)
        visitor = Visitor(url=made.settings.public_url)
        kinds = {"text": asked(jobs, reference=False), "reference": asked(jobs, reference=True)}
        times: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
        for number in range(jobs):
            for kind, requests in kinds.items():
                times[kind].append(_timed(made, visitor, requests[number]))
        with made.sessions() as session:
            held = select(func.sum(Artifact.size_bytes), func.count(Artifact.job_id.distinct()))
            size, count = session.execute(held).one()
    rows = [row for kind, found in times.items() for row in _rows(kind, found)]
    stored = float(size) / count / 1e6
    return [
        *rows,
        Row(name="rest: pictures stored, a job", value=stored, unit="MB", better="lower"),
    ]


if __name__ == "__main__":
    command("rest", measure)
