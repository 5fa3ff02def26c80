"""Benchmark of the front end under load: polls, event streams and the form's page together.

Run: python -m benchmarks.load [--seconds 60] [--polls 500] [--streams 200] [--idle 0] [--flood 0]
     [--greedy 0] [--accounts 0]

The load generator is a process of its own (`benchmarks.load_client`). What it measures is printed
as JSON lines while it runs, with the memory and processor time of the web process; so are the
processes that were started, which are all that is ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from benchmarks.installation import ROOT, Installation, installation
from benchmarks.report import Row, command
from shared.accounts.api_keys import NewKey, create_key
from shared.accounts.people import NewAccount, create_account
from shared.accounts.workspaces import set_role
from shared.jobs.submission import Submission, submit
from shared.main_workspace import MAIN_WORKSPACE

__all__ = ["measure"]

SMALL = {"seconds": 5, "polls": 50, "streams": 20}
_STAGES = "benchmarks.stages:SLOW_STAGES"
_JOBS = 100
"""Active jobs at the beginning; about one a second is drawn, and as many are submitted."""
_SAMPLED_EVERY_S = 10.0
_PATIENCE_S = 60.0
"""Beyond its time, after which the generator is ended."""


def measure(
    seconds: int = 60,
    polls: int = 500,
    streams: int = 200,
    idle: int = 0,
    flood: int = 0,
    greedy: int = 0,
    accounts: int = 0,
) -> list[Row]:
    """Send the load for some seconds.

    Polls and what exceeds the limits (flood) are per second; streams, idle connections and the
    streams that one address tries to hold (greedy) are counted at once. With accounts, whose API
    keys the clients use, the installation runs in the mode accounts.
    """
    plan = {"seconds": seconds, "polls": polls, "streams": streams, "idle": idle}
    plan |= {"flood": flood, "greedy": greedy}
    mode: Literal["local", "accounts"] = "accounts" if accounts else "local"
    with installation(stages=_STAGES, is_limited=True, mode=mode) as made:
        _tell(started=made.supervisor.pids(), load=os.getloadavg()[0])
        job_ids = _submit(made)
        with _sampled(made) as samples:
            result = _generated(
                plan
                | {"url": made.settings.public_url, "job_ids": job_ids}
                | {"keys": [_key(made, number) for number in range(accounts)]}
            )
    _tell(result=result, samples=len(samples))
    return [*_latencies(result), *_counts(result), *_resources(samples)]


def _submit(made: Installation) -> list[str]:
    options = {"variants": 1, "product": "mug", "reference_strength": 0.6, "size": 128}
    with made.sessions.begin() as session:
        return [
            submit(session, Submission(brief="foxes, teal", options=options | {"seed": seed})).id
            for seed in range(_JOBS)
        ]


def _key(made: Installation, number: int) -> str:
    """Return the API key of a new account."""
    with made.sessions.begin() as session:
        account = create_account(session, NewAccount(name=f"user{number}", password="x" * 16))
        set_role(session, account.id, MAIN_WORKSPACE, "designer")
        scopes = ("read", "submit")
        key, _row = create_key(
            session,
            NewKey(account_id=account.id, workspace_id=MAIN_WORKSPACE, name="load", scopes=scopes),
        )
    return key


def _generated(plan: dict[str, Any]) -> dict[str, Any]:
    """Run the generator; print its lines as they come; return its result.

    Raises:
        RuntimeError: it failed, or did not end in time.
    """
    argv = [sys.executable, "-m", "benchmarks.load_client"]
    pipe = subprocess.PIPE
    result = None
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        _tell(generator=running.pid)
        ending = threading.Timer(plan["seconds"] + _PATIENCE_S, running.kill)
        ending.start()
        try:
            running.stdin.write(json.dumps(plan))
            running.stdin.close()
            for line in running.stdout:
                document = json.loads(line)
                result = document.get("result")
                if result is None:
                    print(line, end="", flush=True)
        finally:
            ending.cancel()
            running.terminate()
    if result is None:
        raise RuntimeError("the load generator failed; see above")
    found: dict[str, Any] = result
    return found


@contextmanager
def _sampled(made: Installation) -> Iterator[list[tuple[float, float, float]]]:
    """Sample the web process meanwhile: time in s, resident MB, share of a core since the last."""
    web = max(made.processes("web"), key=lambda process: process.memory_info().rss)
    samples = list[tuple[float, float, float]]()
    over = threading.Event()

    def sample() -> None:
        began = time.monotonic()
        web.cpu_percent()
        while not over.wait(_SAMPLED_EVERY_S):
            resident = web.memory_info().rss / 1e6
            samples.append((time.monotonic() - began, resident, web.cpu_percent() / 100))
            at_s, resident_mb, cores = samples[-1]
            _tell(
                at_s=round(at_s, 1),
                web_mb=round(resident_mb, 1),
                web_cores=round(cores, 2),
                threads=web.num_threads(),
                load=os.getloadavg()[0],
            )

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield samples
    finally:
        over.set()
        sampler.join()


def _latencies(result: dict[str, Any]) -> Iterator[Row]:
    goals = {"form": 500.0, "submit": 500.0}
    for kind in ("form", "submit", "poll", "stream opens", "stream event", "own lag"):
        if kind in result["times"]:
            for share in ("p50", "p95", "max"):
                yield Row(
                    name=f"load: {kind}, {share}",
                    value=result["times"][kind][share],
                    unit="ms",
                    better="lower",
                    goal=goals.get(kind) if share == "p95" else None,
                )


def _counts(result: dict[str, Any]) -> Iterator[Row]:
    statuses = result["statuses"]
    for kind, counts in statuses.items():
        for status, count in sorted(counts.items()):
            if status:
                yield Row(name=f"load: {kind}, {status}", value=count, unit="", better="higher")
    without = result["without_retry_after"]
    yield Row(name="load: 429 without Retry-After", value=without, unit="", better="lower", goal=0)


def _resources(samples: list[tuple[float, float, float]]) -> Iterator[Row]:
    if not samples:
        return
    largest = max(resident for _, resident, _ in samples)
    yield Row(name="load: web, largest", value=largest, unit="MB", better="lower", goal=150)
    cores = sum(share for _, _, share in samples) / len(samples)
    yield Row(name="load: web, processor", value=cores, unit="cores", better="lower")
    if len(samples) > 12:
        slope = _slope([(at / 60, resident) for at, resident, _ in samples[6:]])
        yield Row(name="load: web, growth", value=slope, unit="MB/min", better="lower")


def _slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the least-squares line."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    over = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return over / sum((x - mean_x) ** 2 for x, _ in points)


def _tell(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    command("load", measure)
