"""Benchmark of each process' CPU time per no-op job, and of its growth with load.

Run: python -m benchmarks.costs [--jobs 200] [--waiting 20000]

Eight clients submit jobs over HTTP and poll each until it has ended. Three scenarios: one worker;
two workers; one worker while many other jobs wait for a later start. Times are read from
/proc/<pid>/stat of all processes before and after.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psutil
from sqlalchemy import text

from benchmarks.briefs import Asked, asked
from benchmarks.clients import Visitor, run_concurrently
from benchmarks.installation import NO_STAGES, Installation, installation
from benchmarks.report import Row, command
from benchmarks.size import fill

__all__ = ["measure"]

SMALL = {"jobs": 20, "waiting": 100}
_PARTS = ("web", "worker", "drawer", "relay", "valkey", "postgres")
_CLIENTS = 8


def _seconds(made: Installation) -> dict[str, float]:
    """Return the CPU seconds that each process group has used so far."""
    used = dict.fromkeys(_PARTS, 0.0)
    for name in made.supervisor.pids():
        part = name.partition("-")[0]
        for process in made.processes(name):
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            # times of exited children, such as database backends, are counted by their parent
            used[part] += times.user + times.system + times.children_user + times.children_system
    return used


def _stored_kb(made: Installation) -> float:
    """Return the size of the database in kB."""
    with made.sessions() as session:
        return float(session.scalar(text("SELECT pg_database_size(current_database())")) or 0) / 1e3


def _whole_job(visitor: Visitor, one: Asked) -> str:
    return visitor.wait(visitor.submit(one).document(202)["id"], 0.5)


def _scene(made: Installation, jobs: int) -> tuple[dict[str, float], float]:
    """Run jobs; return each process group's milliseconds per job, and jobs per second."""
    requests = asked(jobs, reference=False)
    before, began = _seconds(made), time.monotonic()
    states = run_concurrently(made.settings.public_url, _CLIENTS, requests, _whole_job)
    took_s = time.monotonic() - began
    after = _seconds(made)
    if set(states) != {"succeeded"}:
        raise RuntimeError(f"jobs ended as {sorted(set(states))}")
    return {part: 1000 * (after[part] - before[part]) / jobs for part in _PARTS}, jobs / took_s


@contextmanager
def _waiting(made: Installation, count: int) -> Iterator[None]:
    """Insert waiting jobs that may not start today."""
    with made.sessions() as session:
        fill(session, finished=0, waiting=count, later=True)
    yield


def _rows(scene: str, costs: Mapping[str, float], rate: float) -> list[Row]:
    rows = [
        Row(name=f"costs: {scene}, {part}, a job", value=value, unit="ms", better="lower")
        for part, value in costs.items()
    ]
    total = Row(
        name=f"costs: {scene}, all, a job", value=sum(costs.values()), unit="ms", better="lower"
    )
    return [
        *rows, total, Row(name=f"costs: {scene}", value=rate, unit="jobs/s", better="higher")
    ]  # fmt: skip


def measure(jobs: int = 200, waiting: int = 20_000) -> list[Row]:
    """Measure the three scenarios."""
    rows: list[Row] = []
    with installation(stages=NO_STAGES) as made:
        _scene(made, max(8, jobs // 10))  # warm-up: lazy imports
        before = _stored_kb(made)
        rows += _rows("one worker", *_scene(made, jobs))
        grown = (_stored_kb(made) - before) / jobs
        rows.append(
            Row(name="costs: rows in the database, a job", value=grown, unit="kB", better="lower")
        )
        made.start_worker("worker-2")
        rows += _rows("two workers", *_scene(made, jobs))
        made.stop_worker("worker-2")
        with _waiting(made, waiting):
            rows += _rows(f"{waiting:,} jobs waiting", *_scene(made, jobs))
    return rows


if __name__ == "__main__":
    command("costs", measure)
