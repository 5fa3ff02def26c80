"""A plain Celery chain on Valkey: one task per stage, which passes its result in a message.

Not covered: storage, leases, retries, cancellation, job state. A killed worker loses its message
or runs it twice.

Run: celery -A benchmarks.rivals.celery_chain worker   (started by `Chain`)
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import redis
from celery import Celery, chain

from benchmarks.briefs import Asked
from benchmarks.installation import ROOT
from benchmarks.plain import STAGES, Plain, call_of
from worker.execution.contracts import StageCall

__all__ = ["Chain"]

_BROKER = "BENCHMARK_BROKER"
_WAIT_S = 600.0

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


@app.task
def stage(call: StageCall, name: str) -> StageCall:
    """Run one stage of one job."""
    (done,) = _plain().stage(name, [call])
    if name == STAGES[-1]:
        _server().rpush("chain:ended", time.time())
    return done


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

    def __post_init__(self) -> None:
        app.conf.broker_url = self.broker_url
        self._server = _server_at(self.broker_url)
        self._server.delete("chain:ended", "chain")

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
                names = [name for name in STAGES if name != "vision" or call.reference is not None]
                following = (stage.s(name) for name in names[1:])
                chain(stage.s(call, names[0]), *following).apply_async(connection=connection)
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
