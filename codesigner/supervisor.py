"""Process supervisor: starts, monitors, restarts and stops the services of an installation."""

import os
import shutil
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
from shared.child_processes import exit_reason, restart_delay_s, signal_group

__all__ = ["NotReady", "StopRequested", "Supervisor", "stop_signals"]

_POLL_S = 0.1
_MIN_RESTART_DELAY_S = 0.5
_MAX_RESTART_DELAY_S = 30.0
_CRASH_LOOP_DEATHS = 3
_LOG_CHECK_S = 1.0
_DEFAULT_LOG_BYTES = 10 * 1024 * 1024


class StopRequested(Exception):
    """A stop signal arrived."""


class NotReady(Exception):
    """A service was not ready within the timeout."""

    def __init__(self, name: str, log: Path) -> None:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        super().__init__(f"{name} is not ready; the end of {log}:\n{tail}")


@dataclass(kw_only=True)
class _Child:
    service: Service
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0  # monotonic
    start_at: float = 0.0  # monotonic; time of the next start if it is not running
    delay_s: float = 0.0
    """Delay before the last restart; 0: it has not died before."""
    deaths: int = 0
    stopping: bool = False
    """Whether it was sent the stop signal."""


@dataclass(kw_only=True)
class Supervisor:
    """Run services from one thread; their output goes to the logs in the home folder.

    Each service leads a new process session, so that Ctrl-C reaches only the supervisor, and that
    the processes that a service starts can be killed with it.
    """

    home: Home
    tell: Callable[[str], None] = lambda _: None
    """Called with a message when a service dies and is restarted."""
    orphans_timeout_s: float = 15.0
    """Seconds for which orphaned processes may shut down before they are killed."""
    longest_delay_s: float = _MAX_RESTART_DELAY_S
    """Maximum restart delay, seconds; delays double up to it."""
    log_bytes: int = _DEFAULT_LOG_BYTES
    """Size at which the log of a service is rotated; there is one earlier log of each."""
    stopping: bool = False
    """Set by a signal handler; waiting methods then raise StopRequested."""
    _logs_checked_at: float = 0.0  # monotonic
    _children: dict[str, _Child] = field(default_factory=dict)

    def end_orphans(self) -> None:
        """Stop the processes that a killed supervisor of this home folder left behind."""
        recorded = self.home.read_state("children").values()
        groups = {
            entry["pid"]
            for entry in recorded
            if _may_be_same_process(entry["pid"], entry["created"])
        }
        for stop in (signal.SIGTERM, signal.SIGKILL):
            for group in groups:
                signal_group(group, stop)
            _wait_for(lambda: not _any_alive(groups), self.orphans_timeout_s)
        self.home.write_state("children", {})

    def start(self, service: Service) -> None:
        """Start a service and keep it running."""
        child = _Child(service=service)
        self._children[service.name] = child
        self._spawn(child)

    def wait_ready(self, name: str, timeout_s: float) -> None:
        """Wait until a service is ready.

        Raises:
            NotReady: it was not within the timeout.
            StopRequested: a stop signal arrived.
        """
        service = self._children[name].service
        if service.ready is not None and not self.wait(service.ready, timeout_s):
            raise NotReady(name, self.log_of(name))

    def wait(
        self, condition: Callable[[], bool], timeout_s: float, *, interval_s: float = _POLL_S
    ) -> bool:
        """Supervise the services until a condition holds; return False on timeout.

        Args:
            interval_s: seconds between two checks.

        Raises:
            StopRequested: a stop signal arrived.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            self.restart_dead()
            if condition():
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(interval_s)

    def restart_dead(self) -> None:
        """Restart dead services, with exponential back-off.

        Raises:
            StopRequested: a stop signal arrived.
        """
        if self.stopping:
            raise StopRequested
        now = time.monotonic()
        self._rotate_logs(now)
        for child in self._children.values():
            if child.process is not None and child.process.poll() is not None:
                self._handle_death(child, now)
            if child.process is None and now >= child.start_at:
                self._spawn(child)

    def often_dead(self) -> str | None:
        """Return the name of a service in a crash loop, or None."""
        for name, child in self._children.items():
            if child.deaths >= _CRASH_LOOP_DEATHS:
                return name
        return None

    def pids(self) -> dict[str, int]:
        """Return the process ids of the running services by name."""
        return {
            name: child.process.pid
            for name, child in self._children.items()
            if child.process is not None
        }

    def stop(self, name: str) -> None:
        """Stop a service for good, with the processes that it started, and wait for it."""
        child = self._children.pop(name)
        if child.process is None:
            return
        _send_stop_signal(child)
        try:
            child.process.wait(child.service.stop_timeout_s)
        except subprocess.TimeoutExpired:
            self.tell(f"{name} did not stop in {child.service.stop_timeout_s:.0f} s: killed")
        signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self._write_state()

    def stop_all(self) -> None:
        """Stop all services: those that use the servers at once, then the servers in turn."""
        for child in self._children.values():
            if child.service.ready is None:
                _send_stop_signal(child)
        for name in reversed(list(self._children)):
            self.stop(name)

    def log_of(self, name: str) -> Path:
        """Return the path of a service's log."""
        return self.home.logs / f"{name}.log"

    def _rotate_logs(self, now: float) -> None:
        """Rotate the logs that are full, while the services write to them.

        A log is copied, then emptied: the services append, so they go on at its new end. Nobody
        has to reopen files, PostgreSQL and Valkey included, and no service waits for a reader of a
        pipe. Lines that are written between the two steps are lost, and all of a log that cannot be
        copied: on a full disk it must not grow on.
        """
        if now < self._logs_checked_at + _LOG_CHECK_S:
            return
        self._logs_checked_at = now
        for name in self._children:
            path = self.log_of(name)
            if path.exists() and path.stat().st_size > self.log_bytes:
                earlier = path.with_suffix(".log.1")
                try:
                    earlier.unlink(missing_ok=True)  # first, so that the total stays in its limit
                    shutil.copyfile(path, earlier)
                except OSError as error:
                    self.tell(f"the log of {name} was emptied without a copy: {error}")
                os.truncate(path, 0)

    def _spawn(self, child: _Child) -> None:
        name = child.service.name
        path = self.log_of(name)
        with path.open("ab") as log:
            stamp = datetime.now(UTC).isoformat(timespec="seconds")
            log.write(f"--- {stamp} codesigner started {name}\n".encode())
            log.flush()
            child.process = subprocess.Popen(
                command_line(child.service),
                env={**os.environ, **child.service.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child.started_at = time.monotonic()
        self._write_state()

    def _handle_death(self, child: _Child, now: float) -> None:
        assert child.process is not None
        signal_group(child.process.pid, signal.SIGKILL)
        child.delay_s = restart_delay_s(
            child.delay_s, now - child.started_at, _MIN_RESTART_DELAY_S, self.longest_delay_s
        )
        child.start_at = now + child.delay_s
        child.deaths += 1
        reason = exit_reason(child.process.returncode)
        self.tell(f"{child.service.name} {reason}; restarting in {child.delay_s:.1f} s")
        child.process = None
        self._write_state()

    def _write_state(self) -> None:
        children = {}
        for name, pid in self.pids().items():
            try:
                created = psutil.Process(pid).create_time()
            except psutil.NoSuchProcess:
                continue
            children[name] = {"pid": pid, "created": created}
        self.home.write_state("children", children)


def _send_stop_signal(child: _Child) -> None:
    """Send the stop signal once: many programs take a second one as a demand to abort."""
    if child.process is not None and not child.stopping:
        child.stopping = True
        child.process.send_signal(child.service.stop_signal)


def stop_signals(supervisor: Supervisor) -> None:
    """Install handlers of SIGINT, SIGTERM and SIGHUP that stop the supervisor gracefully."""

    def request_stop(_number: int, _frame: FrameType | None) -> None:
        supervisor.stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, request_stop)


def _may_be_same_process(pid: int, created: float) -> bool:
    """Return False if the process id was reused by a later process."""
    try:
        return abs(psutil.Process(pid).create_time() - created) < 1.0
    except psutil.NoSuchProcess:
        return True  # the leader is dead, but its process group may live


def _any_alive(groups: set[int]) -> bool:
    """Return whether any process of these groups is alive; zombies are not."""
    for process in psutil.process_iter(["pid", "status"]):
        try:
            if os.getpgid(process.pid) in groups and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return False


def _wait_for(condition: Callable[[], bool], timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
