"""Keeps an installation's processes running: starts, watches, restarts and stops them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import psutil

from codesigner.home import Home
from codesigner.process_spec import Service, command_line

__all__ = ["NotReady", "StopRequested", "Supervisor", "stop_signals"]

_POLL_S = 0.1
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 30.0
_STEADY_S = 60.0
_OFTEN = 3
_LOG_BYTES = 10 * 1024 * 1024


class StopRequested(Exception):
    """Somebody asked this process to end."""


class NotReady(Exception):
    """A service did not get ready in time."""

    def __init__(self, name: str, log: Path) -> None:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        super().__init__(f"{name} did not get ready; the end of {log}:\n{tail}")


@dataclass(kw_only=True)
class _Child:
    service: Service
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0  # monotonic
    start_at: float = 0.0  # monotonic; of the next start, while it is not running
    delay_s: float = _FIRST_DELAY_S
    deaths: int = 0
    stopping: bool = False
    """Whether it has been told to stop."""


@dataclass(kw_only=True)
class Supervisor:
    """Runs services from one thread; their output goes to the home folder's logs.

    Each service leads a process session of its own, so that the terminal's Ctrl-C reaches the
    supervisor alone, and so that all a service started can be ended with it.
    """

    home: Home
    tell: Callable[[str], None] = lambda _: None
    """Is given a line where a service died and is started again."""
    orphans_patience_s: float = 15.0
    """Seconds that an earlier supervisor's processes have to end before they are killed."""
    longest_delay_s: float = _LONGEST_DELAY_S
    """Longest pause before something that died is started again; the pauses double up to it."""
    stopping: bool = False
    """Set by a signal handler; whatever waits here raises StopRequested then."""
    _children: dict[str, _Child] = field(default_factory=dict)

    def end_orphans(self) -> None:
        """End what an earlier supervisor of this home folder left when it was killed."""
        recorded = self.home.read_state("children").values()
        groups = {each["pid"] for each in recorded if _may_be(each["pid"], each["created"])}
        for stop in (signal.SIGTERM, signal.SIGKILL):
            for group in groups:
                _signal_group(group, stop)
            _wait_for(lambda: not _any_lives(groups), self.orphans_patience_s)
        self.home.write_state("children", {})

    def start(self, service: Service) -> None:
        """Start a service and keep it running from now on."""
        child = _Child(service=service)
        self._children[service.name] = child
        self._spawn(child)

    def wait_ready(self, name: str, timeout_s: float) -> None:
        """Wait until a service answers.

        Raises:
            NotReady: it did not within the time.
            StopRequested: somebody asked this process to end.
        """
        service = self._children[name].service
        if service.ready is not None and not self.wait(service.ready, timeout_s):
            raise NotReady(name, self.log_of(name))

    def wait(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Watch the services until a condition holds; tell whether it came to hold in time.

        Raises:
            StopRequested: somebody asked this process to end.
        """
        until = time.monotonic() + timeout_s
        while True:
            self.look_after()
            if condition():
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(_POLL_S)

    def look_after(self) -> None:
        """Start again what died, each time after a longer pause.

        Raises:
            StopRequested: somebody asked this process to end.
        """
        if self.stopping:
            raise StopRequested
        now = time.monotonic()
        for child in self._children.values():
            if child.running is not None and child.running.poll() is not None:
                self._note_death(child, now)
            if child.running is None and now >= child.start_at:
                self._spawn(child)

    def often_dead(self) -> str | None:
        """Name a service that died so often that waiting for it makes no sense."""
        for name, child in self._children.items():
            if child.deaths >= _OFTEN:
                return name
        return None

    def pids(self) -> dict[str, int]:
        """Give the process id of each service that runs."""
        return {
            name: child.running.pid
            for name, child in self._children.items()
            if child.running is not None
        }

    def stop(self, name: str) -> None:
        """Stop a service and all that it started, and wait for it; it is not started again."""
        child = self._children.pop(name)
        if child.running is None:
            return
        _ask_to_stop(child)
        try:
            child.running.wait(child.service.stop_timeout_s)
        except subprocess.TimeoutExpired:
            self.tell(f"{name} did not stop in {child.service.stop_timeout_s:.0f} s: killed")
        _signal_group(child.running.pid, signal.SIGKILL)
        child.running.wait()
        self._record()

    def stop_all(self) -> None:
        """Stop everything: first, at once, what uses the servers, then the servers."""
        for child in self._children.values():
            if child.service.ready is None:
                _ask_to_stop(child)
        for name in reversed(list(self._children)):
            self.stop(name)

    def log_of(self, name: str) -> Path:
        """Give the path of a service's log."""
        return self.home.logs / f"{name}.log"

    def _spawn(self, child: _Child) -> None:
        name = child.service.name
        path = self.log_of(name)
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            stamp = datetime.now(UTC).isoformat(timespec="seconds")
            log.write(f"--- {stamp} codesigner starts {name}\n".encode())
            log.flush()
            child.running = subprocess.Popen(
                command_line(child.service),
                env={**os.environ, **child.service.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child.started_at = time.monotonic()
        self._record()

    def _note_death(self, child: _Child, now: float) -> None:
        assert child.running is not None
        _signal_group(child.running.pid, signal.SIGKILL)
        if now - child.started_at > _STEADY_S:
            child.delay_s = _FIRST_DELAY_S
        pause_s = min(child.delay_s, self.longest_delay_s)
        child.start_at = now + pause_s
        child.deaths += 1
        code = child.running.returncode
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
        self.tell(f"{child.service.name} {how}; it starts again in {pause_s:.1f} s")
        child.delay_s = pause_s * 2
        child.running = None
        self._record()

    def _record(self) -> None:
        recorded = {}
        for name, pid in self.pids().items():
            try:
                created = psutil.Process(pid).create_time()
            except psutil.NoSuchProcess:
                continue
            recorded[name] = {"pid": pid, "created": created}
        self.home.write_state("children", recorded)


def _ask_to_stop(child: _Child) -> None:
    """Send the stop signal, once: many programs take a second one for impatience."""
    if child.running is not None and not child.stopping:
        child.stopping = True
        child.running.send_signal(child.service.stop_signal)


def stop_signals(supervisor: Supervisor) -> None:
    """Have Ctrl-C, SIGTERM and a closed terminal stop the supervisor in order."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        supervisor.stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)


def _may_be(pid: int, created: float) -> bool:
    """Tell whether an id is not another, later process's by now."""
    try:
        return abs(psutil.Process(pid).create_time() - created) < 1.0
    except psutil.NoSuchProcess:
        return True  # the leader is gone; what it started still has its group's number


def _any_lives(groups: set[int]) -> bool:
    """Tell whether any process of these groups has not ended; one not yet reaped has."""
    for process in psutil.process_iter(["pid", "status"]):
        try:
            if os.getpgid(process.pid) in groups and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return False


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass


def _wait_for(condition: Callable[[], bool], timeout_s: float) -> None:
    until = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
