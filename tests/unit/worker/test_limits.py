"""Computations are ended at their soft and hard time limits."""

import subprocess
import sys
import threading
import time

import pytest

from worker.execution.limits import EXIT_UNSTOPPABLE, Interrupted, TimeLimiter


def test_soft_limit_raises_in_the_computing_thread() -> None:
    with pytest.raises(Interrupted) as caught, TimeLimiter().enforce(0.05, 60):
        time.sleep(10)
    assert caught.value.reason == "time_limit"


def test_computation_can_be_stopped_from_another_thread() -> None:
    limiter = TimeLimiter()
    threading.Timer(0.05, limiter.stop, args=("gone",)).start()
    with pytest.raises(Interrupted) as caught, limiter.enforce(30, 60):
        time.sleep(10)
    assert caught.value.reason == "gone"


def _swallowing() -> None:
    try:
        time.sleep(10)
    except Exception:  # noqa: BLE001
        return


def test_broad_except_does_not_catch_the_limit() -> None:
    with pytest.raises(Interrupted), TimeLimiter().enforce(0.05, 60):
        _swallowing()


def test_stopping_without_a_computation_has_no_effect() -> None:
    limiter = TimeLimiter()
    limiter.stop("gone")
    with limiter.enforce(30, 60):
        time.sleep(0.05)
        assert limiter.running
    limiter.stop("gone")
    time.sleep(0.05)
    assert not limiter.running


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_hard_limit_ends_a_process_that_holds_the_gil() -> None:
    ended = _run(
        "from worker.execution.limits import TimeLimiter\n"
        "with TimeLimiter().enforce(0.2, 0.6):\n    sum(range(10**13))\n"
    )
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr


def test_hard_limit_ends_a_blocking_native_call() -> None:
    ended = _run(
        "import hashlib, threading\nfrom worker.execution import limits\n"
        "limits._GRACE_S = 0.3\nlimiter = limits.TimeLimiter()\n"
        "threading.Timer(0.1, limiter.stop, args=('gone',)).start()\n"
        "with limiter.enforce(30, 60):\n    hashlib.pbkdf2_hmac('sha256', b'', b'', 10**9)\n"
    )
    assert ended.returncode == EXIT_UNSTOPPABLE
