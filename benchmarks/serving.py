"""Benchmark of web servers with the same application, with and without slow clients.

Run: python -m benchmarks.serving [--seconds 2] [--rounds 3] [--slow 150]

Measures the product's server and gunicorn's gthread worker, and those of waitress, cheroot, gevent
and uvicorn (with asgiref) that are installed.
"""

from __future__ import annotations

import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks.briefs import asked
from benchmarks.clients import Visitor
from benchmarks.installation import NO_STAGES, ROOT, Installation, free_port, installation
from benchmarks.report import Row, command, measure_alternately, ratio
from codesigner.process_spec import Service
from shared.settings import PREFIX, Settings, load_settings
from web.app import create_app
from web.server.gunicorn_app import _Server
from web.server.thread_pools import OTHER_THREADS, RECORDING_THREADS

__all__ = ["measure"]

SMALL = {"seconds": 1, "rounds": 1, "slow": 150}
_CONNECTIONS = 8
_THREADS = RECORDING_THREADS + OTHER_THREADS
_GOAL = 0.9
"""Minimum throughput relative to gunicorn's gthread worker: limits the cost of deadlines."""
_ADDRESSES = 10
"""Number of loopback addresses of the slow clients."""
_PATIENCE_S = 5.0
"""Time in seconds after which a visitor's request counts as failed."""
_HALF_HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
_HALF_BODY = (
    b"POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b'Content-Length: 100\r\n\r\n{"brief'
)


class _Gunicorn(_Server):
    """Gunicorn with a custom worker class."""

    kind = "gthread"

    def load_config(self) -> None:
        """Set the worker class after all other settings."""
        super().load_config()
        self.cfg.set("worker_class", self.kind)


class _Gevent(_Gunicorn):
    kind = "gevent"


def _waitress(settings: Settings) -> None:
    serve: Any = import_module("waitress").serve
    serve(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        threads=_THREADS,
        connection_limit=2000,
        asyncore_use_poll=True,
    )


def _cheroot(settings: Settings) -> None:
    server: Any = import_module("cheroot.wsgi").Server
    bind = (settings.host, settings.port)
    server(bind, create_app(settings), numthreads=_THREADS, max=_THREADS).start()


def _uvicorn(settings: Settings) -> None:
    adapted: Any = import_module("asgiref.wsgi").WsgiToAsgi
    run: Any = import_module("uvicorn").run
    app = adapted(create_app(settings))
    run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)


_SERVERS: dict[str, tuple[tuple[str, ...], Callable[[Settings], None]]] = {
    "ours": ((), lambda settings: _Server(settings).run()),
    "gthread": ((), lambda settings: _Gunicorn(settings).run()),
    "gevent": (("gevent",), lambda settings: _Gevent(settings).run()),
    "waitress": (("waitress",), _waitress),
    "cheroot": (("cheroot",), _cheroot),
    "uvicorn": (("uvicorn", "asgiref"), _uvicorn),
}
"""By name: a server's extra packages, and its command."""


@dataclass(frozen=True, kw_only=True)
class _Asker:
    """Repeats one request, over keep-alive connections if the server supports them."""

    port: int
    request: bytes
    status: int

    def _ask(self, until: float) -> int:
        count = 0
        while time.perf_counter() < until:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                kept = True
                while kept and time.perf_counter() < until:
                    connection.sendall(self.request)
                    kept = _read_answer(connection, self.status)
                    count += 1
        return count

    def rate(self, seconds: float) -> float:
        """Return responses per second; 0 if the server fails, with a printed message."""
        until = time.perf_counter() + seconds
        with ThreadPoolExecutor(_CONNECTIONS) as threads:
            try:
                return sum(threads.map(self._ask, [until] * _CONNECTIONS)) / seconds
            except OSError as error:
                print(f"  a server failed: {error}")
                return 0.0


def _read_answer(connection: socket.socket, status: int) -> bool:
    """Read one complete response; return whether the connection is kept alive.

    Raises:
        ConnectionError: the response is incomplete or has another status.
    """
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _more(connection)
    head = received[:end].lower()
    if f" {status} ".encode() not in head.split(b"\r\n", 1)[0] + b" ":
        raise ConnectionError(f"answered with {received[:60]!r}")
    _, named, rest = head.partition(b"content-length:")
    wanted = int(rest.split(b"\r\n")[0]) if named and status != 304 else 0
    have = len(received) - end - 4
    while have < wanted:
        have += len(_more(connection))
    return b"connection: close" not in head


def _more(connection: socket.socket) -> bytes:
    found = connection.recv(65536)
    if not found:
        raise ConnectionError("the server closed the connection")
    return found


@contextmanager
def _held(port: int, number: int, sent: bytes) -> Iterator[None]:
    """Hold connections from several addresses that sent these bytes and then stall."""
    with ExitStack() as stack:
        for each in range(number):
            source = (f"127.0.0.{2 + each % _ADDRESSES}", 0)
            connection = socket.create_connection(("127.0.0.1", port), 5, source_address=source)
            stack.enter_context(connection).sendall(sent)
        time.sleep(0.5)
        yield


def _longest_s(port: int, seconds: float) -> float:
    """Return a visitor's longest latency of /healthz, capped at the timeout."""
    longest = 0.0
    until = time.perf_counter() + seconds
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    while time.perf_counter() < until:
        began = time.perf_counter()
        try:
            with socket.create_connection(("127.0.0.1", port), _PATIENCE_S) as connection:
                connection.sendall(request)
                _read_answer(connection, 200)
        except OSError:
            return _PATIENCE_S
        longest = max(longest, time.perf_counter() - began)
    return longest


def _megabytes(made: Installation, name: str) -> float:
    found = (process.memory_full_info() for process in made.processes(name))
    return float(sum(each.pss for each in found)) / 1e6


def _request(path: str, etag: str = "") -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"] + [f"If-None-Match: {etag}"] * bool(etag)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _started(made: Installation) -> dict[str, int]:
    """Start the installed servers; return the port of each."""
    ports = {}
    for name, (needs, _run) in _SERVERS.items():
        if not all(find_spec(each) for each in needs):
            print(f"  {name} is not installed")
            continue
        ports[name] = port = free_port()
        argv = (sys.executable, "-m", "benchmarks.serving", "--serve", name)
        paths = ":".join([str(ROOT), *sys.path[1:]])
        env = made.environment() | {"PYTHONPATH": paths, f"{PREFIX}PORT": str(port)}
        made.supervisor.start(Service(name=name, argv=argv, env=env))
    for port in ports.values():
        made.wait(lambda port=port: _listens(port))  # type: ignore[misc]
    return ports


def _answered(made: Installation) -> dict[str, tuple[bytes, int]]:
    """Run a job; return the measured requests and the expected status of their responses."""
    visitor = Visitor(url=made.settings.public_url)
    (one,) = asked(1, reference=False)
    job_id = visitor.submit(one).document(202)["id"]
    visitor.wait(job_id)
    path = f"/api/v1/jobs/{job_id}"
    etag = visitor.ask("GET", path).etag
    assert etag is not None
    return {
        "304 of a job": (_request(path, etag), 304),
        "200 of a job": (_request(path), 200),
        "form page": (_request("/"), 200),
    }


def _rates(made: Installation, ports: dict[str, int], seconds: int, rounds: int) -> Iterator[Row]:
    """Measure responses per second in alternation."""
    kinds = _answered(made)
    acts: dict[str, Callable[[], float]] = {}
    for name, port in ports.items():
        for kind, (request, status) in kinds.items():
            asker = _Asker(port=port, request=request, status=status)
            asker.rate(0.5)  # warm-up
            acts[f"{name}: {kind}"] = partial(asker.rate, seconds)
    found = measure_alternately(rounds, acts)
    for name, values in found.items():
        if value := statistics.median(values):  # 0: the server failed, and said so
            yield Row(name=name, value=value, unit="answers/s", better="higher")
    for kind in kinds:
        value = ratio(found[f"ours: {kind}"], found[f"gthread: {kind}"])
        named = f"against gthread: {kind}"
        yield Row(name=named, value=value, unit="x", better="higher", goal=_GOAL)


def _beside_slow_clients(name: str, port: int, seconds: int, slow: int) -> Iterator[Row]:
    for what, sent in (("heads", _HALF_HEAD), ("bodies", _HALF_BODY)):
        with _held(port, slow, sent):
            longest = _longest_s(port, seconds) * 1e3
        goal = 1000.0 if name == "ours" else None
        named = f"{name}: longest wait beside {slow} half-sent {what}"
        yield Row(name=named, value=longest, unit="ms", better="lower", goal=goal)
        _longest_s(port, 0.01)  # wait until the server responds again


def measure(seconds: int = 2, rounds: int = 3, slow: int = 150) -> list[Row]:
    """Measure throughput, memory, and the longest latency with slow clients."""
    with installation(stages=NO_STAGES) as made:
        ports = _started(made)
        rows = list(_rates(made, ports, seconds, rounds))
        for name, port in ports.items():
            value = _megabytes(made, name)
            rows.append(Row(name=f"{name}: memory", value=value, unit="MB", better="lower"))
            rows += _beside_slow_clients(name, port, seconds, slow)
    return rows


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        _SERVERS[sys.argv[2]][1](load_settings())
    else:
        command("serving", measure)
