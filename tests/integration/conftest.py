"""Fixtures: a queue driver and an S3 server."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import IO

import fsspec
import pytest
from s3fs import S3FileSystem
from sqlalchemy.orm import Session, sessionmaker

from shared.db.ids import new_id
from shared.queue import estimates
from tests.queue_driver import SHA, QueueDriver, output

__all__ = ["SHA", "output"]


@pytest.fixture(autouse=True)
def _fresh_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the costs of stages for every estimate."""
    monkeypatch.setattr(estimates, "_COSTS_TTL_S", 0.0)


@pytest.fixture
def work(session_factory: sessionmaker[Session]) -> Iterator[QueueDriver]:
    """Yield a queue driver; check all invariants after the test."""
    driver = QueueDriver(session_factory)
    yield driver
    assert driver.faults() == {}


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Start an S3 server and return its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdout=log, stderr=log) as server,
    ):
        try:
            _wait_for(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            log.seek(0)
            assert server.poll() is None, log.read().decode()
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Create a bucket and return its URL; set endpoint and credentials for botocore."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"designs-{new_id()}"
    files = fsspec.filesystem("s3")
    files.mkdir(name)
    yield f"s3://{name}/below"
    S3FileSystem.clear_instance_cache()
