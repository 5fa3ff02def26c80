"""A plain Celery chain on Valkey: one task per stage, acknowledged when it is done.

A task keeps what it made, as files and a row in PostgreSQL, before the next one is sent. Not
covered: leases, retries, cancellation, job state, batches. A killed worker runs its task again.

Run: celery -A benchmarks.rivals.celery_chain worker   (started by `Chain`)
"""

from __future__ import annotations

import itertools
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
import redis
from celery import Celery, chain

from benchmarks.briefs import Asked
from benchmarks.installation import ROOT
from benchmarks.plain import STAGES, Plain, call_of
from worker.execution.contracts import StageCall

__all__ = ["Chain"]

_BROKER, _DATABASE, _FILES = "BENCHMARK_BROKER", "BENCHMARK_DATABASE", "BENCHMARK_FILES"
_WAIT_S = 600.0
_TABLE = "CREATE TABLE IF NOT EXISTS made (id serial PRIMARY KEY, job text, stage text)"

app = Celery("chain", broker=os.environ.get(_BROKER))
app.conf.update(
    task_ignore_result=True,
    task_default_queue="chain",
    task_serializer="pickle",
    accept_content=["pickle"],
    worker_concurrency=1,
    worker_pool="prefork",
    worker_pool_start_method="spawn",
    worker_proc_alive_timeout=300,
    worker_prefetch_multiplier=1,
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
)


@lru_cache(maxsize=1)
def _plain() -> Plain:
    return Plain()


@lru_cache(maxsize=1)
def _server() -> redis.Redis:
    return _server_at(os.environ[_BROKER])


def _server_at(url: str) -> redis.Redis:
    path = url.removeprefix("redis+socket://")
    return redis.Redis(unix_socket_path=path, socket_timeout=None)  # BLPOP waits for long


@lru_cache(maxsize=1)
def _rows() -> psycopg.Connection:
    connection = psycopg.connect(os.environ[_DATABASE], autocommit=True)
    connection.execute(_TABLE)
    return connection


def _keep(folder: Path, content: bytes, name: str) -> None:
    """Write a file durably."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _call(folder: Path) -> StageCall:
    """Read a job's request and what its stages kept so far."""
    call: StageCall = pickle.loads((folder / "request").read_bytes())
    outputs, artifacts = {}, {}
    rows = _rows().execute("SELECT stage FROM made WHERE job = %s ORDER BY id", [folder.name])
    for (name,) in rows.fetchall():
        for path in (folder / name).iterdir():
            kind, _, variant = path.name.rpartition(".")
            if kind:
                artifacts[kind, int(variant)] = path.read_bytes()
            else:
                outputs[name] = path.read_bytes()
    return replace(call, outputs=outputs, artifacts=artifacts)


@app.task
def stage(job: str, name: str) -> str:
    """Run one stage of one job and keep what it made."""
    folder = Path(os.environ[_FILES]) / job
    call = _call(folder)
    (done,) = _plain().stage(name, [call])
    _keep(folder / name, done.outputs[name], "output")
    for (kind, variant), content in done.artifacts.items():
        if (kind, variant) not in call.artifacts:
            _keep(folder / name, content, f"{kind}.{variant}")
    _rows().execute("INSERT INTO made (job, stage) VALUES (%s, %s)", [job, name])
    if name == STAGES[-1]:
        _server().rpush("chain:ended", time.time())
    return job


@app.task
def nothing(number: int, place: int, last: int) -> int:
    """No-op task; the first and the last one record their time."""
    if (number, place) in {(0, 0), (last, len(STAGES) - 1)}:
        _server().rpush("chain:ended", time.time())
    return number


@dataclass(kw_only=True)
class Chain:
    """Sends chains to its own worker and waits until they end."""

    broker_url: str
    logs: Path
    database_url: str = ""
    """Where rows are kept; the no-op chain keeps none."""

    def __post_init__(self) -> None:
        app.conf.broker_url = self.broker_url
        self._server = _server_at(self.broker_url)
        self._server.delete("chain:ended", "chain")

    @property
    def _files(self) -> Path:
        return self.logs.parent / "chain"

    def _ended(self) -> float:
        """Wait for the next recorded time and return it, in seconds since 1970."""
        until = time.monotonic() + _WAIT_S
        found: Any = None
        while found is None:
            if time.monotonic() > until or self._worker.poll() is not None:
                tail = (self.logs / "chain.log").read_text(errors="replace")[-2000:]
                raise TimeoutError(f"the chain's worker does not go on:\n{tail}")
            found = self._server.blpop(["chain:ended"], timeout=1)
        return float(found[1])

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Run a worker with one single-threaded child process."""
        told = {_BROKER: self.broker_url, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        told |= {_DATABASE: self.database_url, _FILES: str(self._files)}
        told["C_FORCE_ROOT"] = "1"  # allows pickle as root; messages come only from our own socket
        line = (sys.executable, "-m", "celery", "-A", "benchmarks.rivals.celery_chain", "worker")
        with (self.logs / "chain.log").open("ab") as log:
            self._worker = subprocess.Popen(
                line, env=os.environ | told, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            yield
        finally:
            self._worker.terminate()
            self._worker.wait(60)

    def design(self, asked: Sequence[Asked]) -> float:
        """Run jobs, sent at once, through the real stages; return the seconds to the last end."""
        began = time.time()
        with app.connection_for_write() as connection:
            for one in asked:
                call = call_of(one)
                _keep(self._files / call.job_id, pickle.dumps(call), "request")
                names = [name for name in STAGES if name != "vision" or call.reference is not None]
                following = (stage.s(name) for name in names[1:])
                chain(stage.s(call.job_id, names[0]), *following).apply_async(connection=connection)
        return max(self._ended() for _ in asked) - began

    def nothing(self, jobs: int) -> float:
        """Send no-op chains, then start a worker; return the seconds from start to end."""
        last = jobs - 1
        with app.connection_for_write() as connection:
            for number in range(jobs):
                following = (nothing.s(place, last) for place in range(1, len(STAGES)))
                chain(nothing.s(number, 0, last), *following).apply_async(connection=connection)
        with self.worker():
            first, end = itertools.islice(iter(self._ended, None), 2)
        return end - first
