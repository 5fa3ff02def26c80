"""Benchmark of jobs per second against one other system.

Run: python -m benchmarks.throughput [--system LitServe] [--jobs 32] [--rounds 2]

The others run the same stages: called in process, without queue or storage; in a plain Celery chain
that keeps what it makes; in LitServe, Ray Serve and BentoML with their batching, which store
nothing (`benchmarks.rivals`, installed by `make install-bench`). The first two compute in one
thread, as Codesigner does then with one worker for all stages; the servers run a process for each
core, and so does Codesigner, beside two that draw. In each round both are started, run jobs that
are submitted at once, every second one with a reference, and are stopped.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import func, select

from benchmarks.briefs import PRODUCTS, Asked, asked
from benchmarks.burst import wait_for_all
from benchmarks.clients import Visitor, body_of, run_concurrently
from benchmarks.installation import (
    ROOT,
    Installation,
    end_session,
    free_port,
    installation,
    new_home,
    servers,
)
from benchmarks.plain import apart
from benchmarks.report import Row, command, measure_alternately, ratio
from benchmarks.rivals import WORKERS
from benchmarks.rivals.celery_chain import Chain
from codesigner.embedded_servers import EmbeddedPostgres, EmbeddedValkey
from codesigner.supervisor import Supervisor
from shared.db.models import Job

__all__ = ["measure"]

SMALL = {"jobs": 2, "rounds": 1}
_CLIENTS = 16
_READY_S = 180.0
Design = Callable[[Sequence[Asked]], float]
"""Runs jobs that are submitted at once; returns the seconds until the last one is done."""


@contextmanager
def _ours() -> Iterator[Design]:
    """Run Codesigner with as many workers as the servers have."""
    with installation(worker=False, worker_threads=0) as made:
        made.start_worker(devices=f"cpu:{WORKERS}", count=WORKERS)
        made.start_drawers()
        made.wait(made.client.is_ready)
        yield lambda requests: _through(made, requests)


@contextmanager
def _ours_in_one_thread() -> Iterator[Design]:
    """Run Codesigner with one worker of one thread for all stages."""
    with installation(worker=False) as made:
        made.start_lone_worker()
        made.wait(made.client.is_ready)
        yield lambda requests: _through(made, requests)


def _through(made: Installation, requests: Sequence[Asked]) -> float:
    def send(visitor: Visitor, one: Asked) -> str:
        job_id: str = visitor.submit(one).document(202)["id"]
        return job_id

    began = time.time()  # same clock as the database's, on the same machine
    ids = run_concurrently(made.settings.public_url, _CLIENTS, requests, send)
    wait_for_all(made)
    with made.sessions() as session:
        found = select(func.max(Job.finished_at), func.count())
        ended, count = session.execute(found.where(Job.id.in_(ids), Job.state == "succeeded")).one()
    if count != len(ids):
        raise RuntimeError(f"{count} of {len(ids)} jobs succeeded")
    return float(ended.timestamp() - began)


@contextmanager
def _in_process() -> Iterator[Design]:
    with apart() as plain:
        yield plain.design


@contextmanager
def _celery_chain() -> Iterator[Design]:
    with new_home() as home:
        supervisor, valkey = Supervisor(home=home), EmbeddedValkey(home=home)
        with servers(home, supervisor):
            url = EmbeddedPostgres(home=home).url
            chain = Chain(broker_url=valkey.url, logs=home.logs, database_url=url)
            with chain.worker():
                yield chain.design


@contextmanager
def _served(module: str) -> Iterator[Design]:
    """Run another system's server in its own process session; stop the session at the end."""
    port = free_port()
    told = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    told |= {"DO_NOT_TRACK": "1", "BENTOML_DO_NOT_TRACK": "True", "RAY_USAGE_STATS_ENABLED": "0"}
    with new_home() as home, (home.logs / "rival.log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", module, str(port)],
            env=os.environ | told,
            cwd=home.path,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield lambda requests: _asked_of(f"http://127.0.0.1:{port}", running, requests)
        except Exception:
            print((home.logs / "rival.log").read_text(errors="replace")[-3000:])
            raise
        finally:
            end_session(running)


def _asked_of(url: str, running: subprocess.Popen[bytes], requests: Sequence[Asked]) -> float:
    def send(visitor: Visitor, one: Asked) -> None:
        _answered(visitor, running, one)

    began = time.time()
    run_concurrently(url, _CLIENTS, requests, send)
    return time.time() - began


def _answered(visitor: Visitor, running: subprocess.Popen[bytes], one: Asked) -> None:
    """Send a request once the server listens."""
    body: object = body_of(one)
    if "bentoml" in " ".join(map(str, running.args)):  # expects lists of named arguments
        body = {"given": [body]}
    until = time.monotonic() + _READY_S
    while True:
        try:
            answer = visitor.ask("POST", "/design", body)
        except ConnectionError:
            if running.poll() is not None or time.monotonic() > until:
                raise
        else:
            if answer.status == 200:
                return
            if answer.status not in {404, 503} or time.monotonic() > until:
                answer.document(200)
        time.sleep(0.5)


_OTHERS: dict[str, tuple[Callable[[], AbstractContextManager[Design]], bool, float]] = {
    "in process": (_in_process, True, 0.95),
    "Celery chain": (_celery_chain, True, 1.1),
    "LitServe": (lambda: _served("benchmarks.rivals.litserve_app"), False, 1.0),
    "Ray Serve": (lambda: _served("benchmarks.rivals.ray_app"), False, 1.0),
    "BentoML": (lambda: _served("benchmarks.rivals.bentoml_app"), False, 1.0),
}
"""By system: how it is run, whether in one thread, and the goal: our jobs per second to its own."""


def _rate(running: Callable[[], AbstractContextManager[Design]], jobs: int) -> float:
    """Start and warm up a system; return its jobs per second."""
    halves = [asked(jobs // 2, reference=reference) for reference in (False, True)]
    with running() as design:
        for _ in range(WORKERS):  # each process renders the products once
            design(asked(PRODUCTS, reference=False, variants=1))
        design(asked(WORKERS, reference=True, variants=1))
        return jobs / design([each for pair in zip(*halves, strict=True) for each in pair])


def measure(system: str = "in process", jobs: int = 32, rounds: int = 2) -> list[Row]:
    """Measure Codesigner and one other system in turns."""
    other, in_one_thread, goal = _OTHERS[system]
    ours = _ours_in_one_thread if in_one_thread else _ours
    found = measure_alternately(
        rounds,
        {"codesigner": lambda: _rate(ours, jobs), system: lambda: _rate(other, jobs)},
    )
    against = ratio(found["codesigner"], found[system])
    return [
        Row(name=f"against {system}", value=against, unit="x", better="higher", goal=goal),
        *(
            Row(name=name, value=statistics.median(rates), unit="jobs/s", better="higher")
            for name, rates in found.items()
        ),
    ]


if __name__ == "__main__":
    command("throughput", measure)
