"""Places for short work: who waits is bounded in number and time."""

import threading
import time

from web.http.concurrency import ConcurrencyLimiter


def test_so_many_wait_and_the_next_one_is_refused_at_once() -> None:
    desks = ConcurrencyLimiter(1, waiting=2, wait_s=600.0)
    assert desks.take()
    got: list[bool] = []
    waiting = [threading.Thread(target=lambda: got.append(desks.take())) for _ in range(2)]
    for thread in waiting:
        thread.start()
    while desks._waiters.acquire(blocking=False):  # until both wait
        desks._waiters.release()
    assert not desks.take()
    desks.give_back()
    while not got:  # one of the two has it now
        time.sleep(0.01)
    desks.give_back()
    for thread in waiting:
        thread.join()
    assert got == [True, True]


def test_who_waits_too_long_is_refused() -> None:
    desks = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    assert desks.take()
    assert not desks.take()
    desks.give_back()
    assert desks.take()
