"""Supervises several worker processes and restarts them until it is told to shut down."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from billiard.util import set_pdeathsig

from shared.child_processes import exit_reason, restart_delay_s, signal_group

__all__ = ["Fleet", "Member"]

_log = logging.getLogger(__name__)
_POLL_S = 0.1
_FORCED_SHUTDOWN_S = 10.0


@dataclass(kw_only=True)
class Member:
    """A worker process of the fleet and its state."""

    name: str
    """Name of its device, for the log."""
    arguments: list[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0  # monotonic
    restart_at: float = 0.0  # monotonic; while it does not run
    backoff_s: float = 0.0
    """Delay before the last restart; 0: no recent exit."""


@dataclass(kw_only=True)
class Fleet:
    """Starts the members and restarts those that exit, without affecting the others.

    Each member leads its own process group: the terminal's Ctrl-C reaches this process alone, and
    the children of a member can be killed with it.
    """

    members: Sequence[Member]
    shutdown_timeout_s: float
    """Seconds after the first signal before members that still run are killed."""
    initial_backoff_s: float = 0.5
    """Delay before a restart; doubles with each further exit."""
    max_backoff_s: float = 30.0
    _signals: list[int] = field(default_factory=list)

    def run(self) -> int:
        """Run until SIGTERM, SIGINT or SIGQUIT.

        The members drain. After a second signal, or SIGQUIT, they abort, and those that still run
        after a while are killed.

        Returns:
            0 if all exited cleanly, else the highest exit status; 128 plus the signal's number
            for a member that had to be killed.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self._on_signal)
        while not self._signals:
            now = time.monotonic()
            for member in self.members:
                self._restart_if_exited(member, now)
            time.sleep(_POLL_S)
        return self._shut_down()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)

    def _restart_if_exited(self, member: Member, now: float) -> None:
        if member.process is not None and member.process.poll() is not None:
            self._handle_exit(member, member.process, now)
        if member.process is None and now >= member.restart_at:
            member.started_at = now
            member.process = subprocess.Popen(
                member.arguments,
                env=member.environment,
                process_group=0,
                preexec_fn=_preexec(),  # noqa: PLW1509 (one thread only)
            )

    def _handle_exit(self, member: Member, exited: subprocess.Popen[bytes], now: float) -> None:
        signal_group(
            exited.pid, signal.SIGKILL
        )  # its child may still compute, in memory that the next one needs
        member.backoff_s = restart_delay_s(
            member.backoff_s, now - member.started_at, self.initial_backoff_s, self.max_backoff_s
        )
        member.process, member.restart_at = None, now + member.backoff_s
        reason = exit_reason(exited.returncode)
        _log.error("worker on %s %s; restarting in %.1f s", member.name, reason, member.backoff_s)

    def _shut_down(self) -> int:
        running = [
            member.process
            for member in self.members
            if member.process is not None and member.process.poll() is None
        ]
        for process in running:
            process.send_signal(signal.SIGTERM)
        kill_at = time.monotonic() + self.shutdown_timeout_s
        forced = False
        while any(process.poll() is None for process in running):
            if not forced and (len(self._signals) > 1 or signal.SIGQUIT in self._signals):
                forced = True
                kill_at = min(kill_at, time.monotonic() + _FORCED_SHUTDOWN_S)
                for process in running:
                    process.send_signal(signal.SIGQUIT)
            if time.monotonic() >= kill_at:
                _log.error("killing workers that did not shut down in time")
                for process in running:
                    signal_group(process.pid, signal.SIGKILL)
            time.sleep(_POLL_S)
        for process in running:
            signal_group(process.pid, signal.SIGKILL)
        return max((_exit_status(process.returncode) for process in running), default=0)


def _preexec() -> Callable[[], None]:
    """Return the function that runs in the new process before exec."""
    parent = os.getpid()

    def prepare() -> None:
        if sys.platform == "linux":
            set_pdeathsig(signal.SIGTERM)  # celery's function of this name always sends SIGKILL
        if os.getppid() != parent:  # the parent exited before the line above
            os._exit(1)

    return prepare


def _exit_status(code: int) -> int:
    """Return the exit status for a member's return code."""
    # terminated before it installed its signal handler
    if code == -signal.SIGTERM:
        return 0
    return code if code >= 0 else 128 - code
