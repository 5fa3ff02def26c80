"""Threads that follow the load."""

from __future__ import annotations

import threading
import time
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


def test_one_item_is_computed_at_a_time_where_nothing_is_set() -> None:
    lock = threading.Lock()

    def compute(item: int) -> int:
        assert lock.acquire(blocking=False)
        time.sleep(0.01)
        lock.release()
        return item

    assert list(in_threads(compute, range(5))) == list(range(5))
    assert list(in_threads(compute, [])) == []


@pytest.mark.usefixtures("two_at_a_time")
def test_error_of_an_item_is_raised_and_later_items_are_not_begun() -> None:
    begun: list[int] = []

    def compute(item: int) -> int:
        begun.append(item)
        if item == 1:
            raise ValueError("one")
        return item

    found = in_threads(compute, range(8))
    assert next(found) == 0
    with pytest.raises(ValueError, match="one"):
        next(found)
    assert set(begun) == {0, 1}
