"""A real Celery worker (prefork, spawn) and relay in processes of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from shared.broker import hints as broker
from shared.db.models import Artifact, JobEvent, StageRun
from shared.queue.recovery.heartbeats import unserved, workers_ready
from shared.settings import PREFIX, Settings
from tests.queue_driver import QueueDriver

__all__ = ["Installation"]

_ROOT = Path(__file__).parents[1]
_STAGES = _ROOT / "tests" / "integration"
_OPTIONS = {
    "variants": 2,
    "seed": 7,
    "product": "phone-case",
    "reference_strength": 0.5,
    "size": 64,
}
_WAIT_S = 120.0


class Installation(QueueDriver):
    """A queue driver that runs workers and relays on the test's servers."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session], logs: Path) -> None:
        super().__init__(sessions)
        self.settings = settings
        self.logs = logs
        self._running: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        """Return the environment of the processes."""
        told = {
            "HOME": self.settings.home,
            "DATABASE_URL": self.settings.database_url,
            "BROKER_URL": self.settings.broker_url,
            "DEVICES": "cpu",
            "WORKER_THREADS": "1",
            "LEASE_S": "8",
            "REAP_INTERVAL_S": "0.3",
            "RELAY_INTERVAL_S": "0.1",
            "READY_TIMEOUT_S": "3",
            "STAGES": "stages_for_worker:STAGES",
        }
        path = os.pathsep.join([str(_ROOT), str(_STAGES)])
        named = {f"{PREFIX}{name}": str(value) for name, value in told.items()}
        return os.environ | named | {"PYTHONPATH": path}

    def start(self, what: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker, a drawer by its command line, or a relay."""
        code = {
            "worker": "from shared.settings import load_settings as s\n"
            "from worker.runtime.launch import run_workers\n"
            "from shared.pipelines import parse_stages, stages_of\n"
            "stages = parse_stages(s().worker_stages) or stages_of(['gpu', 'cpu'])\n"
            "raise SystemExit(run_workers(s(), s().devices, stages))",
            "drawer": "from codesigner.cli import main\nmain(['worker', '--queues', 'cpu'])",
            "relay": "from shared.settings import load_settings as s\n"
            "from worker.relay.relay import run_relay\nrun_relay(s())",
        }[what]
        log = (self.logs / f"{what}-{len(self._running)}.log").open("wb")
        started = subprocess.Popen(
            [sys.executable, "-c", code],
            env=self.environment() | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        self._running.append(started)
        return started

    def start_all(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a relay and a worker, and wait until the worker is ready."""
        self.start("relay")
        worker = self.start("worker", **environment)
        self.until(self.worker_ready)
        return worker

    def worker_ready(self) -> bool:
        """Return whether a worker is ready."""
        with self.sessions() as session:
            return bool(workers_ready(session, "gpu"))

    def design_ready(self) -> bool:
        """Return whether each stage of a design has a ready worker."""
        with self.sessions() as session:
            return not unserved(session)

    def child_pids(self) -> list[int]:
        """Return the pool children of the process that was started last, a worker."""
        found = []
        for each in psutil.Process(self._running[-1].pid).children():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                command = " ".join(each.cmdline())
                if command and "_tracker" not in command:
                    found.append(each.pid)
        return found

    def child(self) -> int:
        """Return the only pool child."""
        (found,) = self.child_pids()
        return found

    def design(self, brief: str, **options: int) -> str:
        """Submit a design job, hint at its first stage and return its id."""
        job = self.submit(brief=brief, options=_OPTIONS | options)
        broker.hint(self.settings, "caption")
        return job.id

    def runs(self, job_id: str) -> dict[str, StageRun]:
        """Return the stage runs of a job by stage."""
        with self.sessions() as session:
            rows = session.scalars(select(StageRun).where(StageRun.job_id == job_id))
            return {row.stage: row for row in rows}

    def tiles(self, job_id: str) -> list[str]:
        """Return the checksums of the tiles of a job in order."""
        with self.sessions() as session:
            made = select(Artifact.sha256).where(Artifact.job_id == job_id, Artifact.kind == "tile")
            return list(session.scalars(made.order_by(Artifact.variant)))

    def effects(self, job_id: str) -> int:
        """Return the number of finished stages of a job by its events."""
        with self.sessions() as session:
            done = select(func.count()).where(
                JobEvent.job_id == job_id, JobEvent.kind == "stage.done"
            )
            return session.execute(done).scalar_one()

    def until(self, so: Callable[[], bool], within_s: float = _WAIT_S) -> None:
        """Wait for a condition.

        Raises:
            TimeoutError: the time is over, or a process has ended; its message has the logs.
        """
        end = time.monotonic() + within_s
        while not so():
            ended = (None, 0, -signal.SIGKILL)  # exit codes that tests cause
            dead = [each for each in self._running if each.poll() not in ended]
            if time.monotonic() > end or dead:
                raise TimeoutError(self.tail())
            time.sleep(0.1)

    def ended(self, *job_ids: str) -> list[str]:
        """Wait until these jobs have ended; return their states."""
        self.until(lambda: all(self.job(each).finished_at is not None for each in job_ids))
        return [self.job(each).state for each in job_ids]

    def logged(self) -> str:
        """Return all logs."""
        return "\n".join(path.read_text() for path in sorted(self.logs.iterdir()))

    def tail(self) -> str:
        """Return the ends of all logs."""
        return "\n".join(path.read_text()[-6000:] for path in sorted(self.logs.iterdir()))

    def stop(self) -> None:
        """Kill all processes: a warm shutdown takes seconds, and has tests of its own."""
        for each in self._running:
            if each.poll() is None:
                children = psutil.Process(each.pid).children(recursive=True)
                each.kill()
                for child in children:
                    with suppress(psutil.NoSuchProcess):
                        child.kill()
            each.wait()
