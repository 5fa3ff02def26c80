"""Benchmark of six no-op stages: durable queue against a plain Celery chain without storage.

Run: python -m benchmarks.noop [--jobs 1000] [--rounds 2]

In both systems the jobs are queued before the single worker starts; this one's drawers, which it
needs beside, wait already. Measured from the start of the first stage to the end of the last.
"""

from __future__ import annotations

import statistics
import time

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from benchmarks.briefs import references
from benchmarks.installation import NO_STAGES, Installation, installation
from benchmarks.report import Row, command, measure_alternately, ratio
from benchmarks.rivals.celery_chain import Chain
from shared.db.models import ACTIVE, Job, Outbox
from shared.jobs.insertion import DesignInput, Submission
from shared.jobs.submission import submit
from shared.storage.artifacts import ArtifactStore

__all__ = ["measure", "submit_directly"]

SMALL = {"jobs": 100, "rounds": 1}
_A_TRANSACTION = 100
_OPTIONS = {
    "variants": 4,
    "seed": 1,
    "product": "mug",
    "reference_strength": 0.6,
    "size": 256,
}


def submit_directly(made: Installation, count: int) -> None:
    """Submit jobs with a reference, so that all six stages run; wait until the hints are sent."""
    reference = ArtifactStore(made.settings.artifacts_url).put(references()[0])
    for start in range(0, count, _A_TRANSACTION):
        with made.sessions.begin() as session:
            for number in range(start, min(count, start + _A_TRANSACTION)):
                options = _OPTIONS | {"seed": number}
                submit(
                    session,
                    Submission(options=options, design=DesignInput(reference_sha256=reference)),
                )
    made.wait(lambda: _unsent(made) == 0)


def _unsent(made: Installation) -> int:
    with made.sessions() as session:
        return _count(session, select(func.count()).where(Outbox.sent_at.is_(None)))


def _count(session: Session, counting: object) -> int:
    return int(session.scalar(counting) or 0)  # type: ignore[call-overload]


def _ours(made: Installation, count: int) -> float:
    """Return jobs per second."""
    with made.sessions.begin() as session:
        session.execute(delete(Job))
    submit_directly(made, count)
    made.start_worker()
    active = select(func.count()).where(Job.state.in_(ACTIVE))
    while True:
        with made.sessions() as session:
            if _count(session, active) == 0:
                break
        time.sleep(0.5)
    with made.sessions() as session:
        succeeded = _count(session, select(func.count()).where(Job.state == "succeeded"))
        began, ended = session.execute(
            select(func.min(Job.started_at), func.max(Job.finished_at))
        ).one()
    made.stop_worker()
    if succeeded != count:
        raise RuntimeError(f"{succeeded} of {count} jobs succeeded")
    return count / float((ended - began).total_seconds())


def measure(jobs: int = 1000, rounds: int = 2) -> list[Row]:
    """Measure jobs per second of both systems in alternation."""
    with installation(stages=NO_STAGES, web=False, worker=False) as made:
        made.start_drawers()
        chain = Chain(broker_url=made.settings.broker_url, logs=made.home.logs)
        found = measure_alternately(
            rounds,
            {
                "codesigner": lambda: _ours(made, jobs),
                "celery chain": lambda: jobs / chain.nothing(jobs),
            },
        )
    ours, theirs = found["codesigner"], found["celery chain"]
    return [
        Row(
            name="noop: against a Celery chain that stores nothing",
            value=ratio(ours, theirs),
            unit="x",
            better="higher",
            goal=3.0,
        ),
        Row(
            name="noop: jobs of six stages, durable",
            value=statistics.median(ours),
            unit="jobs/s",
            better="higher",
        ),
        Row(
            name="noop: the Celery chain",
            value=statistics.median(theirs),
            unit="jobs/s",
            better="higher",
        ),
    ]


if __name__ == "__main__":
    command("noop", measure)
