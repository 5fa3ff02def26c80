"""Several worker processes, kept running until this one is told to end."""

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

from worker.runtime.devices import pin

__all__ = ["Fleet", "Member"]

_log = logging.getLogger(__name__)
_POLL_S = 0.1
_STEADY_S = 60.0
_HURRY_S = 10.0


@dataclass(kw_only=True)
class Member:
    """One worker of the fleet, and how it stands."""

    name: str
    """Of its device, for the log."""
    arguments: list[str]
    environment: Mapping[str, str]
    cores: tuple[int, ...] = ()
    """The cores it is pinned to; none: it is not."""
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0  # monotonic
    start_at: float = 0.0  # monotonic; of the next start, while it does not run
    wait_s: float = 0.0
    """Before the last start anew; 0: it has not died lately."""


@dataclass(kw_only=True)
class Fleet:
    """Starts the members and starts again what dies; the others go on meanwhile.

    Each leads a process group of its own: the terminal's Ctrl-C reaches this process alone, and
    all that a member started can be ended with it.
    """

    members: Sequence[Member]
    patience_s: float
    """Seconds from the first signal on that the members may take to end by themselves."""
    first_wait_s: float = 0.5
    """Before something that died is started again; doubles with each further death."""
    longest_wait_s: float = 30.0
    _asked: list[int] = field(default_factory=list)

    def run(self) -> int:
        """Run until SIGTERM, SIGINT or SIGQUIT.

        The members end what they do; upon a second signal, or SIGQUIT, they break off, and what
        is left after a while is killed.

        Returns:
            0 where all ended well, else the highest exit status; 128 and the signal's number
            where a member had to be killed.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self._ask)
        while not self._asked:
            now = time.monotonic()
            for member in self.members:
                self._look_after(member, now)
            time.sleep(_POLL_S)
        return self._end()

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self._asked.append(number)

    def _look_after(self, member: Member, now: float) -> None:
        if member.running is not None and member.running.poll() is not None:
            self._note_death(member, member.running, now)
        if member.running is None and now >= member.start_at:
            member.started_at = now
            member.running = subprocess.Popen(
                member.arguments,
                env=member.environment,
                process_group=0,
                preexec_fn=_prepared(member.cores),  # noqa: PLW1509 (one thread only)
            )

    def _note_death(self, member: Member, dead: subprocess.Popen[bytes], now: float) -> None:
        _kill_group(dead)  # its child may compute on, with the memory that the next one needs
        steady = now - member.started_at > _STEADY_S
        doubled = self.first_wait_s if steady or not member.wait_s else 2 * member.wait_s
        member.wait_s = min(doubled, self.longest_wait_s)
        member.running, member.start_at = None, now + member.wait_s
        code = dead.returncode
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
        _log.error(
            "the worker on %s %s; it starts again in %.1f s", member.name, how, member.wait_s
        )

    def _end(self) -> int:
        running = [
            each.running
            for each in self.members
            if each.running is not None and each.running.poll() is None
        ]
        for each in running:
            each.send_signal(signal.SIGTERM)
        kill_at = time.monotonic() + self.patience_s
        hurried = False
        while any(each.poll() is None for each in running):
            if not hurried and (len(self._asked) > 1 or signal.SIGQUIT in self._asked):
                hurried = True
                kill_at = min(kill_at, time.monotonic() + _HURRY_S)
                for each in running:
                    each.send_signal(signal.SIGQUIT)
            if time.monotonic() >= kill_at:
                _log.error("killing what does not end")
                for each in running:
                    _kill_group(each)
            time.sleep(_POLL_S)
        for each in running:
            _kill_group(each)
        return max((_status(each.returncode) for each in running), default=0)


def _prepared(cores: tuple[int, ...]) -> Callable[[], None]:
    """Give what a started process does before it becomes the program."""
    parent = os.getpid()

    def prepare() -> None:
        pin(cores)
        if sys.platform == "linux":
            set_pdeathsig(signal.SIGTERM)  # celery's own of this name sends SIGKILL always
        if os.getppid() != parent:  # gone before the line above
            os._exit(1)

    return prepare


def _kill_group(leader: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(leader.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _status(code: int) -> int:
    """Give the exit status for a member's."""
    # told to end before it could listen
    if code == -signal.SIGTERM:
        return 0
    return code if code >= 0 else 128 - code
