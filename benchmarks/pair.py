"""Benchmark of two single-threaded workers on two cores (`--devices cpu:2`) against one.

Run: python -m benchmarks.pair [--jobs 16] [--rounds 2]

There are as many drawers as workers. All jobs are queued first. Measured from the start of the
first job to the end of the last.
"""

from __future__ import annotations

import statistics

from sqlalchemy import delete, func, select

from benchmarks.briefs import PRODUCTS, Asked, asked
from benchmarks.burst import wait_for_all
from benchmarks.clients import Visitor, run_concurrently
from benchmarks.installation import Installation, installation
from benchmarks.report import Row, command, measure_alternately, ratio
from shared.db.models import Job
from shared.queue import pauses

__all__ = ["measure"]

SMALL = {"jobs": 4, "rounds": 1}
_CLIENTS = 4


def _submit(made: Installation, requests: list[Asked]) -> None:
    def send(visitor: Visitor, one: Asked) -> None:
        visitor.submit(one).document(202)

    run_concurrently(made.settings.public_url, _CLIENTS, requests, send)


def _rate(made: Installation, workers: int, jobs: int) -> float:
    """Start and warm up workers; return their total jobs per second."""
    made.start_worker(devices=f"cpu:{workers}", count=workers)
    made.start_drawers(workers)
    # Warm-up: each worker renders every product scene once, whichever jobs it claims.
    for _ in range(workers):
        _submit(made, asked(PRODUCTS * workers, reference=False, variants=1))
        wait_for_all(made)
    with made.sessions.begin() as session:
        session.execute(delete(Job))
        pauses.pause(session, pauses.ALL, "benchmark")
    _submit(made, asked(jobs, reference=False))
    with made.sessions.begin() as session:
        pauses.resume(session, pauses.ALL)
    wait_for_all(made)
    with made.sessions() as session:
        began, ended, count = session.execute(
            select(func.min(Job.started_at), func.max(Job.finished_at), func.count()).where(
                Job.state == "succeeded"
            )
        ).one()
    made.stop_drawers(workers)
    made.stop_worker(count=workers)
    if count != jobs:
        raise RuntimeError(f"{count} of {jobs} jobs succeeded")
    return jobs / float((ended - began).total_seconds())


def measure(jobs: int = 16, rounds: int = 2) -> list[Row]:
    """Measure both in alternation."""
    with installation(worker=False) as made:
        found = measure_alternately(
            rounds,
            {
                "two workers": lambda: _rate(made, 2, jobs),
                "one worker": lambda: _rate(made, 1, jobs),
            },
        )
    two, one = found["two workers"], found["one worker"]
    return [
        Row(
            name="pair: two workers against one",
            value=ratio(two, one),
            unit="x",
            better="higher",
            goal=1.8,
        ),
        Row(name="pair: two workers", value=statistics.median(two), unit="jobs/s", better="higher"),
        Row(name="pair: one worker", value=statistics.median(one), unit="jobs/s", better="higher"),
    ]


if __name__ == "__main__":
    command("pair", measure)
