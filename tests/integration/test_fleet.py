"""Tests of the fleet with real worker processes that die, hang and end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
FLEET = """
import logging, os, sys
from worker.runtime.fleet import Fleet, Member
logging.basicConfig()
codes = sys.argv[2:]
members = [
    Member(name=f"place{i}", arguments=[sys.executable, "-c", code],
           environment=os.environ | {"NUMBER": str(i)})
    for i, code in enumerate(codes)
]
sys.exit(Fleet(members=members, shutdown_timeout_s=float(sys.argv[1]), initial_backoff_s=0.2).run())
"""
SAYS = """
import os, signal, sys, time
def say(what):  # also within a signal's handler, where print may meet itself
    os.write(1, f"{os.environ['NUMBER']} {what} {os.getpid()}\\n".encode())
"""
STEADY = (
    SAYS
    + """
def end(*_):
    say("ends"); sys.exit(0)
signal.signal(signal.SIGTERM, end)
say("runs")
while True: time.sleep(1)
"""
)
DEAF = (
    SAYS
    + """
import subprocess
signal.signal(signal.SIGTERM, lambda *_: say("heard"))
signal.signal(signal.SIGQUIT, lambda *_: say("hurried"))
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.environ["NUMBER"], "child", child.pid, flush=True)
say("runs")
while True: time.sleep(1)
"""
)
DIES = SAYS + "say('runs'); sys.exit(3)"


class Running:
    """A fleet in its own process, and the output of its workers."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *codes: str, patience_s: float = 30.0) -> None:
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", FLEET, str(patience_s), *codes],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def said(self, *words: str) -> list[int]:
        """Return the process ids in output lines with this prefix."""
        start = " ".join(words) + " "
        lines = self._log.read_text().splitlines()
        return [int(line.split()[-1]) for line in lines if line.startswith(start)]

    def until(self, so: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not so():
            assert time.monotonic() < end, self._log.read_text()
            time.sleep(0.05)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def status(self) -> int:
        assert self.process is not None
        return self.process.wait(timeout=60)

    def text(self) -> str:
        return self._log.read_text()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "log")
    yield running
    if running.process is not None and running.process.poll() is None:
        children = psutil.Process(running.process.pid).children(recursive=True)
        running.process.kill()
        running.process.wait()
        for each in children:
            if each.is_running():
                each.kill()


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_killed_worker_is_restarted_and_the_others_keep_running(fleet: Running) -> None:
    fleet.start(STEADY, STEADY)
    fleet.until(lambda: fleet.said("0", "runs") and fleet.said("1", "runs"))
    os.kill(fleet.said("0", "runs")[0], signal.SIGKILL)
    fleet.until(lambda: len(fleet.said("0", "runs")) == 2)
    assert len(fleet.said("1", "runs")) == 1
    assert "place0 was killed by signal 9; restarting in 0.2 s" in fleet.text()
    fleet.signal(signal.SIGTERM)
    assert fleet.status() == 0
    assert fleet.said("0", "ends") == fleet.said("0", "runs")[1:]
    assert fleet.said("1", "ends") == fleet.said("1", "runs")


def test_restart_delay_doubles_for_a_worker_that_dies_at_once(fleet: Running) -> None:
    fleet.start(DIES, STEADY)
    fleet.until(lambda: fleet.text().count("restarting in") == 4)
    assert len(fleet.said("1", "runs")) == 1
    waits = [line.split()[-2] for line in fleet.text().splitlines() if "restarting in" in line]
    assert waits == ["0.2", "0.4", "0.8", "1.6"]
    fleet.signal(signal.SIGINT)
    assert fleet.status() == 0


def test_first_signal_is_forwarded_once_and_the_second_forces_a_stop(fleet: Running) -> None:
    fleet.start(DEAF, STEADY, patience_s=600)
    fleet.until(lambda: fleet.said("0", "runs") and fleet.said("1", "runs"))
    fleet.signal(signal.SIGTERM)
    fleet.until(lambda: fleet.said("0", "heard") and fleet.said("1", "ends"))
    assert not fleet.said("0", "hurried")
    fleet.signal(signal.SIGTERM)
    fleet.until(lambda: fleet.said("0", "hurried"))
    assert fleet.status() == 128 + signal.SIGKILL
    assert len(fleet.said("0", "heard")) == len(fleet.said("0", "hurried")) == 1
    assert not _lives(fleet.said("0", "child")[0])


def test_worker_that_ignores_sigterm_is_killed_with_its_children(fleet: Running) -> None:
    fleet.start(DEAF, patience_s=0.5)
    fleet.until(lambda: fleet.said("0", "runs"))
    fleet.signal(signal.SIGTERM)
    assert fleet.status() == 128 + signal.SIGKILL
    assert fleet.said("0", "heard")
    assert not _lives(fleet.said("0", "child")[0])


@pytest.mark.skipif(sys.platform != "linux", reason="by a call of Linux")
def test_workers_end_with_a_killed_fleet(fleet: Running) -> None:
    fleet.start(STEADY)
    fleet.until(lambda: fleet.said("0", "runs"))
    fleet.signal(signal.SIGKILL)
    fleet.until(lambda: fleet.said("0", "ends"))


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="by a call of Linux")
def test_each_cpu_worker_may_use_all_cores(tmp_path: Path) -> None:
    """Run in a separate process, with a program in place of celery that prints its CPU affinity."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    (tmp_path / "celery.py").write_text(
        "import os, sys, time\n"
        "names = [a for a in sys.argv if '@' in a]\n"
        "told = sorted(os.sched_getaffinity(0)), os.environ['OMP_NUM_THREADS'], names\n"
        "print(told, flush=True)\n"
        "time.sleep(600)\n"
    )
    code = (
        "import os, sys\n"
        "from shared.settings import load_settings\n"
        "from worker.runtime.launch import run_workers\n"
        f"sys.path.insert(0, {str(tmp_path)!r}); os.chdir({str(tmp_path)!r})\n"
        f"os.sched_setaffinity(0, {cores!r})\n"
        f"sys.exit(run_workers(load_settings(), 'cpu:{len(cores)}', ('caption', 'vision')))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        try:
            assert parent.stdout is not None
            told = sorted(eval(parent.stdout.readline()) for _ in cores)
        finally:
            parent.terminate()
        assert parent.wait(timeout=30) == 0
    assert [each for each, _, _ in told] == [cores] * len(cores)
    assert {threads for _, threads, _ in told} == {"1"}
    names = [name for _, _, (name,) in told]
    assert all(name.startswith(f"caption-vision-cpu{i}-") for i, name in enumerate(names))
