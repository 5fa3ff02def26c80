"""Temporary installation whose processes are started as `codesigner up` starts them."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import psutil
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

import migrations
from codesigner.client import Client
from codesigner.embedded_servers import EmbeddedPostgres, EmbeddedValkey
from codesigner.home import Home
from codesigner.process_spec import Service
from codesigner.schema_setup import register_bundled_models
from codesigner.supervisor import Supervisor
from shared.db.engine import engine_for, sessions
from shared.queue.recovery.heartbeats import workers_ready
from shared.settings import PREFIX, Settings, load_settings

__all__ = [
    "CACHE", "NO_STAGES", "ROOT", "Installation", "database", "end_session", "free_port",
    "installation",
    "new_home", "servers",
]  # fmt: skip

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "build" / "benchmarks" / "cache"
"""Shared cache of converted models, used as the `cache` folder of each home."""
NO_STAGES = "benchmarks.stages:STAGES"
"""No-op stages."""
_SERVERS_S = 60.0
_READY_S = 300.0
_STOP_S = 60.0
_PORTS = (20_000, 32_000)
_ENOUGH = 10_000_000
DRAWERS = min(2, os.cpu_count() or 1)
"""Processes that draw, as many as `codesigner up` starts."""


@dataclass(kw_only=True)
class Installation:
    """An installation with PostgreSQL and Valkey; relay, web and workers are started on demand.

    Workers compute with models, drawers without them.
    """

    home: Home
    stages: str | None = None
    """Replacement of the real stages."""
    is_limited: bool = False
    """Whether the rates of requests are limited as by default."""
    mode: Literal["local", "accounts"] = "local"
    worker_threads: int = 1
    """Threads of each worker; 0: as by default, which follow the load."""
    supervisor: Supervisor = field(init=False)
    port: int = field(init=False)
    _started: Counter[str] = field(default_factory=Counter)
    """Workers that were started, by queue."""

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(home=self.home, tell=lambda line: print(f"  {line}"))
        self.port = free_port()

    @cached_property
    def settings(self) -> Settings:
        """Settings shared by all processes."""
        return load_settings(
            home=self.home.path,
            port=self.port,
            database_url=EmbeddedPostgres(home=self.home).url,
            broker_url=EmbeddedValkey(home=self.home).url,
            reuse=False,  # no results may be reused
            hub=False,
            devices="cpu",
            mode=self.mode,
            max_queue=_ENOUGH,
            max_jobs_per_owner=_ENOUGH,
            **({} if self.is_limited else {"max_requests_per_address": 0}),
        )

    @cached_property
    def engine(self) -> Engine:
        """Engine of the database."""
        return engine_for(self.settings.database_url)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Session factory of the database."""
        return sessions(self.engine)

    @property
    def client(self) -> Client:
        """Return a client of its HTTP API."""
        return Client(url=self.settings.public_url)

    def environment(self) -> dict[str, str]:
        """Return the environment of all processes."""
        told = {
            name: getattr(self.settings, name)
            for name in self.settings.model_fields_set
            if name != "public_url"
        }
        told |= {"worker_threads": self.worker_threads, "public_url": self.settings.public_url}
        if self.stages is not None:
            told["stages"] = self.stages
        named = {f"{PREFIX}{name.upper()}": str(value) for name, value in told.items()}
        return named | {"PYTHONPATH": str(ROOT)}

    def start(self, name: str, *command: str) -> None:
        """Start a process by its command line."""
        argv = (sys.executable, "-m", "codesigner", *command)
        stop_s = 60.0 if name.startswith(("worker", "drawer")) else 15.0
        self.supervisor.start(
            Service(name=name, argv=argv, env=self.environment(), stop_timeout_s=stop_s)
        )

    def start_lone_worker(self) -> None:
        """Start one worker that computes and draws, and wait until it is ready."""
        self.start("worker", "worker", "--queues", "gpu,cpu", "--devices", "cpu")
        self.wait(lambda: bool(self.ready_workers("gpu") and self.ready_workers("cpu")))

    def start_worker(self, name: str = "worker", *, devices: str = "cpu", count: int = 1) -> None:
        """Start `count` workers by one command and wait until they are ready."""
        self._start_workers(name, "gpu", devices, count)

    def stop_worker(self, name: str = "worker", *, count: int = 1) -> None:
        """Stop the workers started by `start_worker`."""
        self._stop_workers(name, "gpu", count)

    def start_drawers(self, count: int = DRAWERS) -> None:
        """Start the workers that draw, and wait until they are ready."""
        self._start_workers("drawer", "cpu", f"cpu:{count}", count)

    def stop_drawers(self, count: int = DRAWERS) -> None:
        """Stop the workers started by `start_drawers`."""
        self._stop_workers("drawer", "cpu", count)

    def _start_workers(self, name: str, queue: str, devices: str, count: int) -> None:
        self.start(name, "worker", "--queues", queue, "--devices", devices)
        self._started[queue] += count
        self.wait(lambda: self.ready_workers(queue) >= self._started[queue])

    def _stop_workers(self, name: str, queue: str, count: int) -> None:
        self.supervisor.stop(name)
        self._started[queue] -= count
        self.wait(lambda: self.ready_workers(queue) <= self._started[queue])

    def ready_workers(self, queue: str = "gpu") -> int:
        """Return the number of workers of a queue that report readiness."""
        with self.sessions() as session:
            return len(workers_ready(session, queue))

    def wait(self, so: Callable[[], bool], within_s: float = _READY_S) -> None:
        """Wait until a condition holds, while supervising the processes.

        Raises:
            TimeoutError: the condition did not hold in time, or a process keeps exiting; the
                message has the tails of the logs.
        """

        def over() -> bool:
            return self.supervisor.often_dead() is not None or so()

        if not self.supervisor.wait(over, within_s) or self.supervisor.often_dead() is not None:
            raise TimeoutError(f"not in {within_s:.0f} s; logs:\n{self._tails()}")

    def _tails(self) -> str:
        logs = sorted(self.home.logs.glob("*.log"))
        lines = [(log.name, log.read_text(errors="replace").splitlines()[-8:]) for log in logs]
        return "\n".join(f"--- {name}\n" + "\n".join(tail) for name, tail in lines)

    def processes(self, name: str) -> list[psutil.Process]:
        """Return a process and its descendants, root first."""
        first = psutil.Process(self.supervisor.pids()[name])
        return [first, *first.children(recursive=True)]


def free_port() -> int:
    """Return a free port below those that systems give to connections, which could take it soon."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            port = random.randrange(*_PORTS)
            probe.bind(("127.0.0.1", port))
            return port


def end_session(leader: subprocess.Popen[bytes]) -> None:
    """Terminate the leader of a process session gracefully, then kill what is left of it."""
    leader.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        leader.wait(_STOP_S)
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


@contextmanager
def new_home() -> Iterator[Home]:
    """Yield a temporary home with a short path, because the length of socket paths is limited."""
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as another user
    home = Home(path=folder / "h")
    home.prepare()
    CACHE.mkdir(parents=True, exist_ok=True)
    (home.path / "cache").symlink_to(CACHE)
    try:
        yield home
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def servers(home: Home, supervisor: Supervisor, *, broker: bool = True) -> Iterator[None]:
    """Run PostgreSQL with a migrated database, and Valkey; stop all processes at the end."""
    postgres, valkey = EmbeddedPostgres(home=home), EmbeddedValkey(home=home)
    try:
        postgres.prepare()
        supervisor.start(postgres.service())
        supervisor.wait_ready("postgres", _SERVERS_S)
        postgres.create_database()
        migrations.upgrade(postgres.url)
        if broker:
            supervisor.start(valkey.service())
            supervisor.wait_ready("valkey", _SERVERS_S)
        yield
    finally:
        supervisor.stop_all()


@contextmanager
def installation(
    *,
    stages: str | None = None,
    web: bool = True,
    worker: bool = True,
    is_limited: bool = False,
    mode: Literal["local", "accounts"] = "local",
    worker_threads: int = 1,
) -> Iterator[Installation]:
    """Yield a ready installation with a relay, one worker and the drawers.

    Args:
        is_limited: whether the rates of requests are limited as by default.
        worker: False: neither worker nor drawers are started.
        worker_threads: threads of each worker; 0: as by default, which follow the load.
    """
    with new_home() as home:
        made = Installation(
            home=home,
            stages=stages,
            is_limited=is_limited,
            mode=mode,
            worker_threads=worker_threads,
        )
        with servers(home, made.supervisor):
            register_bundled_models(made.settings)
            made.start("relay", "relay")
            if web:
                made.start("web", "web")
            if worker:
                made.start_worker()
                made.start_drawers()
            if web and worker:
                made.wait(made.client.is_ready)
            try:
                yield made
            finally:
                made.engine.dispose()


@contextmanager
def database(url: str, name: str) -> Iterator[sessionmaker[Session]]:
    """Create an empty, migrated database on the server of a database URL."""
    bound = engine_for(url)
    with bound.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    bound.dispose()
    beside = make_url(url).set(database=name).render_as_string(hide_password=False)
    migrations.upgrade(beside)
    bound = engine_for(beside)
    yield sessions(bound)
    bound.dispose()
