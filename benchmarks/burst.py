"""Benchmark of a burst: a thousand no-op jobs submitted at once by fifty clients.

Run: python -m benchmarks.burst [--jobs 1000] [--clients 50]

No job may be rejected or lost. Meanwhile one more visitor requests the form repeatedly.
"""

from __future__ import annotations

import threading
import time

from sqlalchemy import func, select

from benchmarks.briefs import Asked, asked
from benchmarks.clients import Answer, Visitor, run_concurrently
from benchmarks.installation import NO_STAGES, Installation, installation
from benchmarks.report import Row, command, percentile
from shared.db.models import ACTIVE, Job

__all__ = ["measure", "wait_for_all"]

SMALL = {"jobs": 40, "clients": 10}
_LOOK_EVERY_S = 0.2


def wait_for_all(made: Installation, within_s: float = 900.0) -> None:
    """Wait until all jobs have ended."""

    def over() -> bool:
        with made.sessions() as session:
            return not session.scalar(select(func.count()).where(Job.state.in_(ACTIVE)))

    made.wait(over, within_s)


def _form_times(url: str, over: threading.Event, times: list[float]) -> None:
    visitor = Visitor(url=url)
    while not over.is_set():
        answer = visitor.ask("GET", "/")
        if answer.status != 200:
            raise RuntimeError(f"the form was answered with {answer.status}")
        times.append(1000 * answer.took_s)
        over.wait(_LOOK_EVERY_S)


def _submit(visitor: Visitor, one: Asked) -> Answer:
    return visitor.submit(one)


def measure(jobs: int = 1000, clients: int = 50) -> list[Row]:
    """Submit the jobs, wait until they end, and count the rejected and the lost ones."""
    with installation(stages=NO_STAGES) as made:
        url = made.settings.public_url
        Visitor(url=url).ask("GET", "/")
        form, over = list[float](), threading.Event()
        looking = threading.Thread(target=_form_times, args=(url, over, form))
        requests = asked(jobs, reference=False)
        looking.start()
        began = time.monotonic()
        answers = run_concurrently(url, clients, requests, _submit)
        took_s = time.monotonic() - began
        over.set()
        looking.join()
        wait_for_all(made)
        ended_s = time.monotonic() - began
        taken = [answer.document(202)["id"] for answer in answers if answer.status == 202]
        with made.sessions() as session:
            found = select(func.count()).where(Job.id.in_(taken), Job.state == "succeeded")
            succeeded = session.scalar(found) or 0
    posts = [1000 * answer.took_s for answer in answers]
    return [
        Row(
            name="burst: jobs refused",
            value=len(answers) - len(taken),
            unit="jobs",
            better="lower",
            goal=0,
        ),
        Row(
            name="burst: jobs lost",
            value=len(taken) - succeeded,
            unit="jobs",
            better="lower",
            goal=0,
        ),
        Row(
            name="burst: the form opens, p95",
            value=percentile(form, 0.95),
            unit="ms",
            better="lower",
            goal=300.0,
        ),
        Row(
            name="burst: a submission is answered, p95",
            value=percentile(posts, 0.95),
            unit="ms",
            better="lower",
        ),
        Row(name="burst: taken", value=jobs / took_s, unit="jobs/s", better="higher"),
        Row(name="burst: until all have ended", value=ended_s, unit="s", better="lower"),
    ]


if __name__ == "__main__":
    command("burst", measure)
