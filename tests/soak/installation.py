"""An installation of real processes, each of which can be killed, frozen and restarted."""

import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

import migrations
from benchmarks.installation import free_port
from codesigner.embedded_servers import EmbeddedPostgres, EmbeddedValkey
from codesigner.home import Home
from codesigner.process_spec import Service
from codesigner.supervisor import Supervisor
from shared.db.engine import engine_for, sessions
from shared.db.models import WorkerHeartbeat
from shared.failpoints import FAILPOINTS
from shared.settings import PREFIX, Settings, load_settings
from tests.soak import mutants
from tests.soak.disk import Disk
from tests.soak.pace import LIMITS, LOADING, Pace

__all__ = ["Installation", "new_folder"]

ROOT = Path(__file__).parents[2]
_SERVERS = ("postgres", "valkey")


@dataclass(kw_only=True)
class Installation:
    """Two relays, a web front end and several workers, with their own servers and disks.

    As in real installations, the workers that draw are processes of their own.
    """

    folder: Path
    workers: tuple[str, ...]
    pace: Pace
    without: str | None = None
    """A safeguard that is taken out."""
    small_disks: bool = True
    relays: tuple[str, ...] = ("relay-0", "relay-1")
    told: list[str] = field(default_factory=list)
    """What the supervisor told."""
    deaths: dict[int, float] = field(default_factory=dict)
    """When a worker's child was found dead, by its id."""
    _seen: dict[str, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home = Home(path=self.folder / "h")
        self.supervisor = Supervisor(
            home=self.home, tell=self.told.append, longest_delay_s=self.pace.restart_s
        )
        self.disks = {
            "database": Disk(
                folder=self.folder / "d", size_mib=512, writers=lambda: self._of("postgres")
            ),
            "broker": Disk(
                folder=self.folder / "b", size_mib=64, writers=lambda: self._of("valkey")
            ),
            "artifacts": Disk(
                folder=self.folder / "a",
                size_mib=256,
                writers=lambda: self._of("web", *self.workers),
            ),
        }
        self.tokens = self.folder / "tokens"
        self.clock = self.folder / "clock"
        self.loading = self.folder / "loading"

    def _of(self, *names: str) -> list[int]:
        pids = self.supervisor.pids()
        return [pids[name] for name in names if name in pids]

    def start(self) -> None:
        """Start all processes and wait until the workers are ready."""
        self.folder.chmod(0o711)
        self.home.prepare()
        self.tokens.mkdir()
        for disk in self.disks.values():
            if self.small_disks:
                disk.mount()
            else:
                disk.folder.mkdir()
        database, broker = (Home(path=self.disks[name].folder) for name in ("database", "broker"))
        database.prepare()
        broker.prepare()
        self.postgres = EmbeddedPostgres(home=database)
        self.valkey = EmbeddedValkey(home=broker)
        self.postgres.prepare()
        service = self.postgres.service()
        small = ("-c", "max_wal_size=96MB", "-c", "min_wal_size=32MB")
        self._start(service, argv=(*service.argv, *small))
        self._start(self.valkey.service())
        for name in _SERVERS:
            self.supervisor.wait_ready(name, 60.0)
        self.postgres.create_database()
        migrations.upgrade(self.postgres.url)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = self._settings()
        self.engine: Engine = engine_for(self.postgres.url, pool_size=4)
        self.sessions = sessions(self.engine)
        for name in (*self.relays, "web", *self.workers):
            self._start(self._part(name))
        if not self.settled(120.0):
            raise RuntimeError(f"the installation does not start; logs: {self.home.logs}")

    def _start(self, service: Service, argv: tuple[str, ...] | None = None) -> None:
        if argv is not None:
            service = Service(**{**vars(service), "argv": argv})
        self.supervisor.start(service)

    def _settings(self) -> Settings:
        return load_settings(
            home=self.home.path,
            database_url=self.postgres.url,
            broker_url=self.valkey.url,
            artifacts_url=f"file://{self.disks['artifacts'].folder}/store",
            port=self.port,
        )

    def _part(self, name: str) -> Service:
        what = name.partition("-")[0]
        return Service(
            name=name,
            argv=(sys.executable, "-m", "tests.soak.part", what),
            env=self._environment(name),
        )

    def _environment(self, name: str) -> dict[str, str]:
        """Return a process's environment, with its fault settings."""
        pace, settings = self.pace, self.settings
        told = {
            "HOME": settings.home,
            "DATABASE_URL": settings.database_url,
            "BROKER_URL": settings.broker_url,
            "ARTIFACTS_URL": settings.artifacts_url,
            "PORT": self.port,
            "DEVICES": "cpu",
            "WORKER_THREADS": 1,
            "LEASE_S": pace.lease_s,
            "REAP_INTERVAL_S": pace.reap_s,
            "RELAY_INTERVAL_S": pace.relay_s,
            "READY_TIMEOUT_S": pace.ready_timeout_s,
            "DRAIN_S": pace.drain_s,
            "WORKER_STALE_S": 6,
            "LOG_LEVEL": "INFO",
            "STAGES": "tests.soak.stages:STAGES",
            "FAILPOINTS": ",".join(f"{place}:{self.tokens / place}" for place in FAILPOINTS),
        }
        environment = {f"{PREFIX}{key}": str(value) for key, value in told.items()}
        environment[LIMITS] = ",".join(map(str, pace.limits_s))
        environment[LOADING] = str(self.loading)
        environment["CODESIGNER_SOAK_CLOCK"] = str(self.clock) if name.endswith("-1") else ""
        environment[mutants.VARIABLE] = self.without or ""
        here = Path(__file__).parent
        path = [here / "clock", ROOT, ROOT / "tests" / "integration"]
        environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
        return environment

    # Control and faults

    def look(self) -> None:
        """Restart processes that died, and record which workers' children died."""
        self.supervisor.restart_dead()
        now = time.time()
        for name in self.workers:
            alive = {each.pid for each in self.children(name)}
            for gone in self._seen.get(name, set()) - alive:
                self.deaths[gone] = now
            self._seen[name] = alive

    def pause(self, seconds: float) -> None:
        """Sleep for so many seconds while restarting dead processes."""
        self._wait(lambda: False, seconds)

    def until(self, so: Callable[[], bool], within_s: float) -> bool:
        """Wait until a condition holds, longer on a slow machine; return whether it does."""
        return self._wait(so, within_s * self.pace.slowness)

    def _wait(self, so: Callable[[], bool], within_s: float) -> bool:
        end = time.monotonic() + within_s
        while True:
            self.look()
            if so():
                return True
            if time.monotonic() >= end:
                return False
            time.sleep(0.05)

    def children(self, worker: str) -> list[psutil.Process]:
        """Return the pool children of a worker: one, or two for a moment during replacement."""
        pid = self.supervisor.pids().get(worker)
        return [] if pid is None else [each for each in _children(pid) if _is_pool(each)]

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Send a signal to a service's main process; return whether it was running."""
        pid = self.supervisor.pids().get(name)
        return pid is not None and _send(lambda: os.kill(pid, number))

    def kill_whole(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Send a signal to a service's main process and its descendants."""
        pid = self.supervisor.pids().get(name)
        return pid is not None and _send(lambda: os.killpg(pid, number))

    def kill_child(self, worker: str) -> bool:
        """Kill a worker's pool child."""
        killed = [_send(each.kill) for each in self.children(worker)]
        return any(killed)

    def settled(self, within_s: float = 60.0) -> bool:
        """Wait until all services run and each worker's current child is ready."""
        return self.until(lambda: self._all_there() and self.all_ready(), within_s)

    def _all_there(self) -> bool:
        names = {*_SERVERS, *self.relays, *self.workers, "web"}
        return names <= self.supervisor.pids().keys() and self.answers()

    def ready(self, *workers: str) -> int:
        """Count the workers whose current child is ready, of the given ones or of all."""
        pids = self.supervisor.pids()
        try:
            with self.sessions() as session:
                beats = select(WorkerHeartbeat.name, WorkerHeartbeat.seen_at)
                seen = dict(session.execute(beats).all())
        except DBAPIError:
            return 0
        count = 0
        for worker in workers or self.workers:
            children = self.children(worker)
            told = [at for name, at in seen.items() if f"-{pids.get(worker)}@" in name]
            if len(children) == 1 and told:
                count += told[0].timestamp() > children[0].create_time()
        return count

    def all_ready(self) -> bool:
        """Return whether all workers are ready."""
        return self.ready() == len(self.workers)

    def answers(self) -> bool:
        """Return whether both servers respond and the web front end listens."""
        with socket.socket() as probe:
            probe.settimeout(1.0)
            if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        return self.valkey.answers() and self.postgres.answers()

    def client(self) -> redis.Redis:
        """Return a client of the broker."""
        return redis.Redis(unix_socket_path=str(self.valkey.socket), socket_timeout=5)

    def stop(self) -> None:
        """Stop all processes and unmount the disks."""
        for name in self.supervisor.pids():
            self.kill_whole(name, signal.SIGCONT)
        self.supervisor.stop_all()
        if hasattr(self, "engine"):
            self.engine.dispose()
        for disk in self.disks.values():
            disk.unmount()

    def remove(self) -> None:
        """Delete its files on disk."""
        shutil.rmtree(self.folder, ignore_errors=True)


def new_folder() -> Path:
    """Create a folder with a short path, because the length of socket paths is limited."""
    return Path(tempfile.mkdtemp(prefix="soak-", dir="/tmp"))


def _children(pid: int) -> list[psutil.Process]:
    """Return a process's children; psutil would read all processes of the machine."""
    if sys.platform != "linux":
        return psutil.Process(pid).children()
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    found = []
    for child in listed:
        try:
            found.append(psutil.Process(int(child)))
        except psutil.NoSuchProcess:
            continue
    return found


def _is_pool(process: psutil.Process) -> bool:
    try:
        line = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return "spawn_main" in line and "_tracker" not in line


def _send(send: Callable[[], object]) -> bool:
    try:
        send()
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False
    return True
