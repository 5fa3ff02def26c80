"""What the supervisors of services and of workers share: restart delays, exit reasons, signals."""

import os
import signal

__all__ = ["exit_reason", "restart_delay_s", "signal_group"]

_STABLE_S = 60.0
"""Uptime after which the restart delay is reset."""


def restart_delay_s(previous_s: float, uptime_s: float, initial_s: float, max_s: float) -> float:
    """Return the delay before the restart of a process that exited: exponential back-off.

    Args:
        previous_s: delay before the last restart, seconds; 0: it has not exited before.
        uptime_s: seconds that the process ran.
        initial_s: delay after the first exit, and after a long uptime.
        max_s: maximum delay.
    """
    reset = not previous_s or uptime_s > _STABLE_S
    return min(initial_s if reset else 2 * previous_s, max_s)


def exit_reason(returncode: int) -> str:
    """Return how a process ended, as a predicate for a message about it."""
    if returncode < 0:
        return f"was killed by signal {-returncode}"
    return f"exited with status {returncode}"


def signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group, unless all its processes have exited."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass
