"""Restart delays and exit reasons of supervised processes."""

import signal
import subprocess

import pytest

from shared.child_processes import exit_reason, restart_delay_s, signal_group


def test_delays_double_up_to_the_maximum_and_reset_after_a_long_uptime() -> None:
    delays = [0.0]
    for uptime_s in (1, 1, 1, 1, 1, 60, 61, 1):
        delays.append(restart_delay_s(delays[-1], uptime_s, 0.5, 5.0))
    assert delays[1:] == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 0.5, 1.0]


def test_first_delay_is_at_most_the_maximum() -> None:
    assert restart_delay_s(0.0, 1.0, 0.5, 0.2) == 0.2


@pytest.mark.parametrize(
    ("script", "reason"),
    [("exit 3", "exited with status 3"), ("kill -9 $$", "was killed by signal 9")],
)
def test_reason_is_that_of_the_return_code(script: str, reason: str) -> None:
    assert exit_reason(subprocess.run(["sh", "-c", script], check=False).returncode) == reason


def test_signal_reaches_the_group_and_a_dead_group_is_ignored() -> None:
    leader = subprocess.Popen(["sleep", "60"], start_new_session=True)
    signal_group(leader.pid, signal.SIGKILL)
    assert leader.wait() == -signal.SIGKILL
    signal_group(leader.pid, signal.SIGKILL)
