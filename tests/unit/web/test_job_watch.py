"""The watch of followed jobs without a database: streams go on, and its thread ends with them."""

import threading
import time
from collections.abc import Callable

from shared.db.engine import engine_for
from web.http.job_watch import JobVersion, JobWatch, Watched

GUARD_S = 30.0
VERSION = JobVersion(number=1, ended=False)


def eventually(so: Callable[[], bool]) -> None:
    until = time.monotonic() + GUARD_S
    while not so():
        assert time.monotonic() < until
        time.sleep(0.01)


def no_database() -> JobWatch:
    bound = engine_for("postgresql://nobody@127.0.0.1:1/none")
    return JobWatch(bound.execution_options(isolation_level="AUTOCOMMIT"), every_s=0.01)


def watching() -> bool:
    return any(each.name == "job-watch" for each in threading.enumerate())


def test_streams_are_stepped_until_they_end_while_the_database_is_away() -> None:
    watch, steps = no_database(), [0, 0]

    def stepped(index: int, ends_after: int) -> Watched:
        def step() -> bool:
            steps[index] += 1
            return steps[index] < ends_after

        watched = Watched("0190d9a1-0000-7000-8000-000000000000", VERSION)
        watched.step = step
        watch.add(watched)
        return watched

    short, long = stepped(0, 2), stepped(1, 5)
    eventually(lambda: steps == [2, 5])
    assert short.step is None
    assert long.step is None
    assert (short.version, short.is_gone) == (VERSION, False)
    watch.remove(short)
    watch.remove(long)
    eventually(lambda: not watching())


def test_error_of_one_step_does_not_end_the_watch() -> None:
    watch = no_database()
    steps: list[str] = []

    def fail() -> bool:
        steps.append("failed")
        raise RuntimeError

    watched = Watched("0190d9a1-0000-7000-8000-000000000000", VERSION)
    watched.step = fail
    watch.add(watched)
    eventually(lambda: len(steps) > 2)
    watch.close()
    eventually(lambda: not watching())
