"""Benchmark of polling: 304 responses per second of one web process for a job's URL.

Run: python -m benchmarks.polling [--seconds 5] [--rounds 5]

Compared with an empty Flask route on the same server, with the same clients, in alternation.
"""

from __future__ import annotations

import socket
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field

from flask import Flask

from benchmarks.briefs import asked
from benchmarks.clients import Visitor
from benchmarks.installation import NO_STAGES, ROOT, free_port, installation
from benchmarks.report import Row, command, measure_alternately, ratio
from codesigner.process_spec import Service
from shared.settings import load_settings
from web.server.gunicorn_app import _Server

__all__ = ["measure"]

SMALL = {"seconds": 1, "rounds": 1}
_CONNECTIONS = 8


class _Empty(_Server):
    """The product's server with an application of one empty route."""

    def load(self) -> Flask:
        """Return the application."""
        app = Flask("empty")
        app.add_url_rule("/", view_func=lambda: ("", 304))
        return app


@dataclass(kw_only=True)
class _Asker:
    """Repeats one request over keep-alive connections; expects responses without a body."""

    port: int
    request: bytes
    counts: list[int] = field(default_factory=list)

    def _ask(self, until: float) -> None:
        count = 0
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            while time.perf_counter() < until:
                connection.sendall(self.request)
                answer = b""
                while not answer.endswith(b"\r\n\r\n"):
                    more = connection.recv(65536)
                    if not more:
                        raise ConnectionError("the server closed the connection")
                    answer += more
                if not answer.startswith(b"HTTP/1.1 304"):
                    raise ConnectionError(f"answered with {answer[:60]!r}")
                count += 1
        self.counts.append(count)

    def rate(self, seconds: float) -> float:
        """Return responses per second."""
        self.counts.clear()
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=self._ask, args=(until,)) for _ in range(_CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(self.counts) != _CONNECTIONS:
            raise RuntimeError("a connection failed; see above")
        return sum(self.counts) / seconds


def _request(path: str, etag: str = '"x"') -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"If-None-Match: {etag}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def measure(seconds: int = 5, rounds: int = 5) -> list[Row]:
    """Measure responses per second of both in alternation."""
    with installation(stages=NO_STAGES) as made:
        visitor = Visitor(url=made.settings.public_url)
        (one,) = asked(1, reference=False)
        job_id = visitor.submit(one).document(202)["id"]
        visitor.wait(job_id)
        path = f"/api/v1/jobs/{job_id}"
        etag = visitor.ask("GET", path).etag
        assert etag is not None
        empty_port = free_port()
        argv = (sys.executable, "-m", "benchmarks.polling", "--serve", str(empty_port))
        env = made.environment() | {"PYTHONPATH": str(ROOT)}
        made.supervisor.start(Service(name="empty", argv=argv, env=env))
        empty = Visitor(url=f"http://127.0.0.1:{empty_port}")
        made.wait(lambda: _listens(empty_port))
        empty.ask("GET", "/")
        polls = _Asker(port=made.port, request=_request(path, etag))
        blanks = _Asker(port=empty_port, request=_request("/"))
        found = measure_alternately(
            rounds,
            {"304 of a job": lambda: polls.rate(seconds), "empty": lambda: blanks.rate(seconds)},
        )
    ours, theirs = found["304 of a job"], found["empty"]
    return [
        Row(
            name="polling: against an empty route",
            value=ratio(ours, theirs),
            unit="x",
            better="higher",
            goal=0.5,
        ),
        Row(
            name="polling: 304 answers of one web process",
            value=statistics.median(ours),
            unit="answers/s",
            better="higher",
        ),
    ]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        _Empty(load_settings(port=int(sys.argv[2]))).run()
    else:
        command("polling", measure)
