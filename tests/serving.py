"""A real web server process with limits set by the test, and connections to it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO

from shared.settings import PREFIX, Settings
from web.server.deadlines import Limits

__all__ = ["GUARD_S", "answer_of", "connected", "get", "served", "to_end"]

GUARD_S = 30.0
"""What takes longer hangs; nothing is measured by it."""
_START_S = 60.0
_PROGRAM = (
    "import json, sys; from shared.settings import load_settings; "
    "from web.server.deadlines import Limits; from web.server.gunicorn_app import run; "
    "run(load_settings(), Limits(**json.loads(sys.argv[1])))"
)


@contextmanager
def served(settings: Settings, limits: Limits, written: IO[bytes] | None = None) -> Iterator[int]:
    """Run the web server inside the context and yield its port.

    Args:
        written: file that its log is copied to at the end.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    given = {
        "HOME": str(settings.home),
        "PORT": str(port),
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
        "LOG_FORMAT": settings.log_format,
        "LOG_LEVEL": settings.log_level,
    }
    if settings.max_requests_per_address is not None:
        given["MAX_REQUESTS_PER_ADDRESS"] = str(settings.max_requests_per_address)
    if settings.admin_token is not None:
        given["ADMIN_TOKEN"] = settings.admin_token.get_secret_value()
    environment = {name: value for name, value in os.environ.items() if PREFIX not in name}
    environment |= {f"{PREFIX}{name}": value for name, value in given.items()}
    argv = [sys.executable, "-c", _PROGRAM, json.dumps(asdict(limits))]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(argv, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=GUARD_S)
            log.seek(0)
            said = log.read().decode(errors="replace")
            if written is not None:
                written.write(said.encode())
        assert "Traceback" not in said, said


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the web front end does not answer")


def connected(port: int, source: str = "127.0.0.1") -> socket.socket:
    """Connect to the port from a loopback address."""
    return socket.create_connection(("127.0.0.1", port), GUARD_S, source_address=(source, 0))


def to_end(connection: socket.socket) -> bytes:
    """Receive until the server closes the connection; raise TimeoutError if it does not."""
    received = b""
    while True:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            return received
        if not more:
            return received
        received += more


def answer_of(connection: socket.socket) -> tuple[int, bytes]:
    """Receive a response with a Content-Length and return its status and body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    _, _, rest = head.lower().partition(b"content-length:")
    length = int(rest.split(b"\r\n")[0])
    while len(body) < length:
        body += _more(connection)
    return int(head.split(b" ")[1]), body


def _more(connection: socket.socket) -> bytes:
    more = connection.recv(65536)
    assert more, "the server closed the connection"
    return more


def get(port: int, path: str, source: str = "127.0.0.1") -> tuple[int, bytes]:
    """Request a page on a new connection and return its status and body."""
    with connected(port, source) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        return answer_of(connection)
