"""Benchmark of jobs per second of one single-threaded worker, against other systems.

Run: python -m benchmarks.throughput [--jobs 8] [--rounds 2]

The others run the same models: called in process, without queue or storage; in a plain Celery chain
on Valkey; in LitServe, Ray Serve and BentoML with their batching (`benchmarks.rivals`, installed by
`make install-bench`). In each round, each system is started, runs jobs without and then with a
reference, all of them submitted at once, and is stopped before the next one.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from benchmarks.briefs import PRODUCTS, Asked, asked
from benchmarks.burst import wait_for_all
from benchmarks.clients import Visitor, body_of, run_concurrently
from benchmarks.installation import ROOT, Installation, free_port, installation, new_home
from benchmarks.plain import apart
from benchmarks.report import Better, Row, command, ratio
from benchmarks.rivals.celery_chain import Chain
from codesigner.embedded_servers import EmbeddedValkey
from codesigner.supervisor import Supervisor
from shared.db.models import Job

__all__ = ["measure"]

SMALL = {"jobs": 2, "rounds": 1}
_CLIENTS = 16
_READY_S = 180.0
Design = Callable[[Sequence[Asked]], float]
"""Runs jobs that are submitted at once; returns the seconds until the last one is done."""


@dataclass(frozen=True, kw_only=True)
class _System:
    """A compared system; `goal` is the minimum ratio of our jobs per second to its own."""

    name: str
    running: Callable[[], AbstractContextManager[Design]]
    goal: float | None = None


@contextmanager
def _ours() -> Iterator[Design]:
    with installation() as made:
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
        supervisor.start(valkey.service())
        try:
            supervisor.wait_ready("valkey", 60.0)
            chain = Chain(broker_url=valkey.url, logs=home.logs)
            with chain.worker():
                yield chain.design
        finally:
            supervisor.stop_all()


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
            _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """Terminate a session's leader gracefully, then kill its remaining processes."""
    running.send_signal(signal.SIGTERM)
    try:
        running.wait(30)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    running.wait()


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


_SERVERS = {
    "LitServe": ("litserve", "benchmarks.rivals.litserve_app"),
    "Ray Serve": ("ray", "benchmarks.rivals.ray_app"),
    "BentoML": ("bentoml", "benchmarks.rivals.bentoml_app"),
}


def _systems() -> list[_System]:
    """Return all systems.

    Raises:
        ModuleNotFoundError: a system is not installed.
    """
    missing = [name for name, _ in _SERVERS.values() if importlib.util.find_spec(name) is None]
    if missing:
        raise ModuleNotFoundError(f"not installed: {', '.join(missing)}; make install-bench")
    others = [
        _System(name=name, running=lambda module=module: _served(module), goal=1.0)
        for name, (_, module) in _SERVERS.items()
    ]
    return [
        _System(name="codesigner", running=_ours),
        _System(name="in process", running=_in_process, goal=0.9),
        _System(name="Celery chain", running=_celery_chain, goal=2.0),
        *others,
    ]


def _turn(system: _System, jobs: int) -> dict[str, float]:
    """Start and warm up a system; return its jobs per second of each kind."""
    rates = {}
    with system.running() as design:
        design(asked(PRODUCTS, reference=False, variants=1))
        design(asked(1, reference=True, variants=1))
        for kind in ("text", "reference"):
            rates[kind] = jobs / design(asked(jobs, reference=kind == "reference"))
            print(f"  {system.name}, {kind}: {rates[kind]:.3f} jobs/s", flush=True)
    return rates


def _rows(kind: str, systems: Sequence[_System], rates: dict[str, list[float]]) -> list[Row]:
    ours, *others = systems
    better: Better = "higher"
    rows = [
        Row(
            name=f"throughput: against {system.name}, {kind}",
            value=ratio(rates[ours.name], rates[system.name]),
            unit="x",
            better=better,
            goal=system.goal,
        )
        for system in others
    ]
    rows += [
        Row(
            name=f"throughput: {system.name}, {kind}",
            value=statistics.median(rates[system.name]),
            unit="jobs/s",
            better=better,
        )
        for system in systems
    ]
    return rows


def measure(jobs: int = 8, rounds: int = 2) -> list[Row]:
    """Measure all systems in alternation."""
    systems = _systems()
    turns = [{system.name: _turn(system, jobs) for system in systems} for _ in range(rounds)]
    rows: list[Row] = []
    for kind in ("text", "reference"):
        rates = {each.name: [turn[each.name][kind] for turn in turns] for each in systems}
        rows += _rows(kind, systems, rates)
    return rows


if __name__ == "__main__":
    command("throughput", measure)
