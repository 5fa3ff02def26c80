"""The concurrency limiter: the number of waiting requests and their wait are bounded."""

import threading
import time

from web.http.concurrency import ConcurrencyLimiter


def test_request_beyond_the_waiting_limit_is_rejected_immediately() -> None:
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


def test_request_is_rejected_after_the_wait_timeout() -> None:
    desks = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    assert desks.take()
    assert not desks.take()
    desks.give_back()
    assert desks.take()
