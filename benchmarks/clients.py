"""Lightweight concurrent HTTP API clients with one keep-alive connection each."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from benchmarks.briefs import Asked

__all__ = ["Answer", "Visitor", "body_of", "run_concurrently"]

T = TypeVar("T")
R = TypeVar("R")
_ENDED = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response and its latency in seconds."""

    status: int
    body: bytes
    etag: str | None
    took_s: float

    def document(self, *statuses: int) -> dict[str, Any]:
        """Return the response's JSON if it has one of these statuses.

        Raises:
            RuntimeError: it has another status.
        """
        if self.status not in statuses:
            raise RuntimeError(f"answered with {self.status}: {self.body[:300]!r}")
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(kw_only=True)
class Visitor:
    """One API client; not thread-safe."""

    url: str
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=900)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        etag: str | None = None,
        wait_s: int = 0,
    ) -> Answer:
        """Send a request with an optional JSON body and return the complete response.

        Args:
            wait_s: seconds for which the server waits for the job's end.
        """
        headers = {} if etag is None else {"If-None-Match": etag}
        if wait_s:
            headers["Prefer"] = f"wait={wait_s}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        began = time.perf_counter()
        try:
            answer = self._sent(method, path, content, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError):  # closed by the server when idle
            answer = self._sent(method, path, content, headers)
        read = answer.read()
        return Answer(
            status=answer.status,
            body=read,
            etag=answer.getheader("ETag"),
            took_s=time.perf_counter() - began,
        )

    def _sent(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        try:
            self._connection.request(method, path, body=body, headers=headers)
            return self._connection.getresponse()
        except OSError:
            self._connection.close()  # the next request reconnects
            raise

    def submit(self, asked: Asked) -> Answer:
        """Submit a job."""
        return self.ask("POST", "/api/v1/jobs", body_of(asked))

    def wait(self, job_id: str, every_s: float = 0.2) -> str:
        """Poll a job until it has ended; return its last state."""
        etag = None
        while True:
            answer = self.ask("GET", f"/api/v1/jobs/{job_id}", etag=etag)
            if answer.status != 304:
                etag = answer.etag
                state: str = answer.document(200)["state"]
                if state in _ENDED:
                    return state
            time.sleep(every_s)


def body_of(asked: Asked) -> dict[str, Any]:
    """Return a request's fields in the form of the API."""
    fields: dict[str, Any] = {
        "brief": asked.brief,
        "seed": asked.seed,
        "variants": asked.variants,
        "reference_strength": asked.reference_strength,
        "size": asked.size,
    }
    if asked.reference is not None:
        fields["reference"] = {"base64": base64.b64encode(asked.reference).decode()}
    return fields


def run_concurrently(
    url: str, clients: int, things: Iterable[T], act: Callable[[Visitor, T], R]
) -> list[R]:
    """Apply an action to all items, distributed over several concurrent clients."""
    own = threading.local()

    def run(thing: T) -> R:
        if not hasattr(own, "visitor"):
            own.visitor = Visitor(url=url)
        return act(own.visitor, thing)

    given: Sequence[T] = list(things)
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(run, given))
