"""Tests of the supervisor with real processes: restarts, shutdown order and orphans."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from codesigner.home import Home
from codesigner.process_spec import Service
from codesigner.supervisor import NotReady, StopRequested, Supervisor

SLEEP = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
WITH_CHILD = (
    sys.executable,
    "-c",
    """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])
print(child.pid, flush=True)
time.sleep(600)
""",
)
STUBBORN = (
    sys.executable,
    "-c",
    """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('up', flush=True)
time.sleep(600)
""",
)
LATE = """
import os, signal, sys, time
asked = []
def stop(*_):
    asked.append(1)
signal.signal(signal.SIGTERM, stop)
print('up', flush=True)
while not asked:
    time.sleep(0.05)
time.sleep(1)
os.kill(int(sys.argv[1]), 0)
print('server there, asked', len(asked), flush=True)
"""
SUPERVISE = """
import sys
from pathlib import Path
from codesigner.home import Home
from codesigner.process_spec import Service
from codesigner.supervisor import Supervisor
supervisor = Supervisor(home=Home(path=Path(sys.argv[1])))
supervisor.home.prepare()
supervisor.start(Service(name="child", argv=tuple(sys.argv[2:])))
print(supervisor.pids()["child"], flush=True)
supervisor.wait(lambda: False, 600)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    home = Home(path=tmp_path / "home")
    home.prepare()
    made = Supervisor(home=home)
    yield made
    made.stopping = False
    made.stop_all()


def _wait_for_log(supervisor: Supervisor, name: str, lines: int) -> list[str]:
    """Wait until a service has printed so many lines; return them."""

    def own() -> list[str]:
        written = supervisor.log_of(name).read_text().splitlines()
        return [line for line in written if not line.startswith("--- ")]

    assert supervisor.wait(lambda: len(own()) >= lines, 10)
    return own()


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _gone_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not _alive(pid)


def test_killed_service_is_restarted_with_exponential_backoff(supervisor: Supervisor) -> None:
    told: list[str] = []
    supervisor.tell = told.append
    supervisor.start(Service(name="sleep", argv=SLEEP))
    for deaths in (1, 2):
        before = supervisor.pids()["sleep"]
        os.kill(before, signal.SIGKILL)
        assert supervisor.wait(lambda: supervisor.pids().get("sleep", before) != before, 10)  # noqa: B023
        assert len(told) == deaths
    assert [line.rsplit(" in ")[-1] for line in told] == ["0.5 s", "1.0 s"]
    assert "signal 9" in told[0]


def test_children_of_a_killed_service_are_ended_before_its_restart(
    supervisor: Supervisor,
) -> None:
    supervisor.start(Service(name="parent", argv=WITH_CHILD))
    grandchild = int(_wait_for_log(supervisor, "parent", 1)[0])
    os.kill(supervisor.pids()["parent"], signal.SIGKILL)
    _wait_for_log(supervisor, "parent", 2)
    assert not _alive(grandchild)


def test_stop_all_ends_services_and_their_children(supervisor: Supervisor) -> None:
    supervisor.start(Service(name="first", argv=SLEEP))
    supervisor.start(Service(name="second", argv=WITH_CHILD))
    grandchild = int(_wait_for_log(supervisor, "second", 1)[0])
    pids = supervisor.pids()
    supervisor.stop_all()
    assert not any(map(_alive, [*pids.values(), grandchild]))
    assert supervisor.pids() == {}
    assert supervisor.home.read_state("children") == {}


def test_service_that_ignores_sigterm_is_killed(supervisor: Supervisor) -> None:
    told: list[str] = []
    supervisor.tell = told.append
    supervisor.start(Service(name="stubborn", argv=STUBBORN, stop_timeout_s=0.5))
    _wait_for_log(supervisor, "stubborn", 1)
    pid = supervisor.pids()["stubborn"]
    supervisor.stop("stubborn")
    assert not _alive(pid)
    assert told == ["stubborn did not stop in 0 s: killed"]


def test_clients_of_the_servers_stop_in_parallel_before_them(supervisor: Supervisor) -> None:
    supervisor.start(Service(name="server", argv=SLEEP, ready=lambda: True))
    server = supervisor.pids()["server"]
    users = ("first", "second", "third")
    for name in users:
        supervisor.start(Service(name=name, argv=(sys.executable, "-c", LATE, str(server))))
    for name in users:
        _wait_for_log(supervisor, name, 1)
    began = time.monotonic()
    supervisor.stop_all()
    assert time.monotonic() - began < 2.5
    assert not _alive(server)
    for name in users:
        said = supervisor.log_of(name).read_text().splitlines()[-1]
        assert said == "server there, asked 1"


def test_stop_request_interrupts_wait(supervisor: Supervisor) -> None:
    supervisor.stopping = True
    with pytest.raises(StopRequested):
        supervisor.wait(lambda: False, 60)


def test_log_is_rotated_while_its_service_writes(supervisor: Supervisor) -> None:
    supervisor.log_bytes = 4_000
    write = "import time\nfor n in range(3000):\n print(n, flush=True); time.sleep(0.002)\n"
    argv = (sys.executable, "-c", f"{write}time.sleep(600)")
    supervisor.start(Service(name="talker", argv=argv))
    log = supervisor.log_of("talker")
    earlier = log.with_suffix(".log.1")

    def has_ended() -> bool:
        return (log.read_text() or earlier.read_text()).endswith("2999\n")

    assert supervisor.wait(has_ended, 120)
    assert earlier.exists()
    supervisor.log_bytes = 0
    assert supervisor.wait(lambda: log.stat().st_size == 0, 30)
    numbers = [int(line) for line in earlier.read_text().splitlines()]
    assert numbers == list(range(numbers[0], 3000))
    assert numbers[0] > 0
    assert {path.name for path in log.parent.iterdir()} == {"talker.log", "talker.log.1"}


def test_a_log_that_cannot_be_copied_is_emptied_and_reported(supervisor: Supervisor) -> None:
    told: list[str] = []
    supervisor.tell, supervisor.log_bytes = told.append, 0
    argv = (sys.executable, "-c", "import time; time.sleep(600)")
    supervisor.start(Service(name="quiet", argv=argv))
    log = supervisor.log_of("quiet")
    log.with_suffix(".log.1").mkdir()
    assert supervisor.wait(lambda: log.stat().st_size == 0, 30)
    assert len(told) == 1
    assert told[0].startswith("the log of quiet was emptied without a copy: ")


def test_service_that_is_never_ready_is_reported_with_its_log_tail(
    supervisor: Supervisor,
) -> None:
    argv = (sys.executable, "-c", "print('no room for me', flush=True); raise SystemExit(3)")
    supervisor.start(Service(name="failing", argv=argv, ready=lambda: False))
    with pytest.raises(NotReady, match="no room for me"):
        supervisor.wait_ready("failing", 1.0)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent death signal is Linux's")
def test_services_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    with _killed_supervisor(tmp_path, SLEEP) as child:
        assert _gone_within(child, 5)


def test_orphans_of_a_killed_supervisor_are_ended(tmp_path: Path) -> None:
    with _killed_supervisor(tmp_path, STUBBORN) as child:
        assert _alive(child)
        Supervisor(home=Home(path=tmp_path / "home"), orphans_timeout_s=0.5).end_orphans()
        assert not _alive(child)


def test_unrelated_process_with_a_recycled_pid_is_not_ended(
    supervisor: Supervisor,
) -> None:
    with subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL, start_new_session=True) as other:
        recorded = {"child": {"pid": other.pid, "created": time.time() - 3600}}
        supervisor.home.write_state("children", recorded)
        supervisor.end_orphans()
        assert _alive(other.pid)
        other.kill()


class _killed_supervisor:  # noqa: N801
    """Kill a supervisor; return the process id of its service."""

    def __init__(self, folder: Path, argv: tuple[str, ...]) -> None:
        self._command = [sys.executable, "-c", SUPERVISE, str(folder / "home"), *argv]
        self._log = folder / "home" / "logs" / "child.log"
        self._child = 0

    def __enter__(self) -> int:
        with subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True) as supervising:
            assert supervising.stdout is not None
            self._child = int(supervising.stdout.readline())
            until = time.monotonic() + 10
            while "\nup\n" not in self._log.read_text() and time.monotonic() < until:
                time.sleep(0.05)
            supervising.kill()
        return self._child

    def __exit__(self, *_: object) -> None:
        if _alive(self._child):
            os.killpg(self._child, signal.SIGKILL)
