"""Event streams across a killed web process: no event is lost or repeated."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from shared.jobs.submission import Submission, submit
from shared.settings import PREFIX, Settings
from tests.queue_driver import QueueDriver

_START_S = 60.0


@contextmanager
def web(settings: Settings, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the web process for the block and kill it at the end."""
    given = {
        "HOME": str(settings.home),
        "PORT": str(port),
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
    }
    environment = {name: value for name, value in os.environ.items() if PREFIX not in name}
    environment |= {f"{PREFIX}{name}": value for name, value in given.items()}
    with subprocess.Popen(
        [sys.executable, "-m", "codesigner", "web"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _wait(port, process)
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the web front end does not answer")


@contextmanager
def stream(port: int, job_id: str, after: int | None) -> Iterator[HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    connection.request("GET", f"/api/v1/jobs/{job_id}/events", headers=headers)
    yield connection.getresponse()
    connection.close()


def messages(answer: HTTPResponse) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield messages as they arrive, until the connection ends or breaks."""
    fields: dict[str, str] = {}
    while True:
        try:
            line = answer.readline().decode().rstrip("\n")
        except OSError:
            return
        if not line and "event" in fields:
            yield fields["event"], int(fields["id"]), json.loads(fields["data"])
        if not line and answer.isclosed():
            return
        name, _, value = line.partition(": ")
        fields = fields | {name: value} if line else {}


def test_stream_resumes_after_the_web_process_is_killed(
    settings: Settings, session_factory: sessionmaker[Session], driver: QueueDriver
) -> None:
    with session_factory.begin() as session:
        options = {
            "variants": 1,
            "seed": 1,
            "product": "mug",
            "reference_strength": 0.6,
            "size": 128,
        }
        job_id = submit(session, Submission(brief="teal mug", options=options)).id
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    seen: list[int] = []

    with web(settings, port) as process, stream(port, job_id, None) as answer:
        coming = messages(answer)
        kind, number, _snapshot = next(coming)
        assert (kind, number) == ("snapshot", 1)
        driver.finish(driver.one("caption"))
        seen += [next(coming)[1] for _ in range(2)]
        os.killpg(process.pid, signal.SIGKILL)
        assert list(coming) == []  # the connection broke
    held = driver.one("fusion")  # while no web process runs
    driver.progress(held, 0.5)

    with web(settings, port), stream(port, job_id, seen[-1]) as answer:
        coming = messages(answer)
        seen += [next(coming)[1] for _ in range(2)]
        driver.finish(held)
        for stage in ("generate", "draw", "present"):
            driver.finish(driver.one(stage), variants=1)
        rest = list(coming)
        assert rest[-1][0] == "snapshot"
        assert rest[-1][2]["state"] == "succeeded"
        seen += [number for _, number, _ in rest[:-1]]
        with stream(port, job_id, seen[-1]) as done:
            assert done.status == 204
    assert seen == list(range(2, rest[-1][1] + 1))
