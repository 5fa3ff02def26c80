"""Threads that follow the load."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from worker.models.cpu_threads import allowed_threads, in_threads


@pytest.fixture
def two_at_a_time() -> Iterator[None]:
    token = allowed_threads.set(lambda: 2)
    yield
    allowed_threads.reset(token)


@pytest.mark.usefixtures("two_at_a_time")
def test_as_many_items_are_computed_at_a_time_as_threads_may_compute() -> None:
    meeting = threading.Barrier(2, timeout=20)  # raises unless two wait at a time

    def compute(item: int) -> int:
        meeting.wait()
        return 10 * item

    assert list(in_threads(compute, range(6))) == [0, 10, 20, 30, 40, 50]


def test_items_are_computed_by_the_caller_until_cores_are_idle() -> None:
    def thread_of(_item: int) -> bool:
        return threading.current_thread() is threading.main_thread()

    assert list(in_threads(thread_of, range(3))) == [True, True, True]  # nothing is allowed
    counts = iter([1, 1, 2])
    token = allowed_threads.set(lambda: next(counts))
    try:
        assert list(in_threads(thread_of, range(5))) == [True, True, False, False, False]
    finally:
        allowed_threads.reset(token)
    assert list(in_threads(thread_of, [])) == []


@pytest.mark.usefixtures("two_at_a_time")
def test_error_of_an_item_is_raised_in_its_place() -> None:
    def compute(item: int) -> int:
        if item == 1:
            raise ValueError("one")
        return item

    found = in_threads(compute, range(8))
    assert next(found) == 0
    with pytest.raises(ValueError, match="one"):
        next(found)
