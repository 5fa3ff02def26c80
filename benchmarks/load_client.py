"""Load generator: polls, event streams, the form, idle connections and what exceeds the limits.

Run by `benchmarks.load` in a process of its own; prints JSON lines. Requests are sent by a
timetable and timed from it, so that a slow server cannot slow the questions down. Clients have
addresses of their own in 127.0.0.0/8.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, cycle
from urllib.parse import urlencode, urlsplit

from benchmarks.report import percentile

__all__ = ["Plan", "run"]

_ENDED = frozenset({"succeeded", "failed", "cancelled"})
_TOLD_EVERY_S = 10.0
_POLLS_PER_ADDRESS = 10
_STREAMS_PER_ADDRESS = 10
_IDLE_PER_ADDRESS = 100
_TIMEOUT_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is sent, for how long. Rates are per second."""

    url: str
    job_ids: list[str]
    """Active jobs to begin with."""
    seconds: float
    polls: int = 500
    streams: int = 200
    idle: int = 0
    flood: int = 0
    """Polls of one more address, above what it may send."""
    greedy: int = 0
    """Streams that one more address tries to hold."""
    keys: list[str] = field(default_factory=list)
    """API keys of accounts, which the clients use by turns; none: they send none."""
    forms: float = 5.0
    submissions: float = 1.0


@dataclass(kw_only=True)
class Tally:
    """Latencies in ms and statuses by kind of request, since the last report and in all."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    fresh: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    open_streams: Counter[str] = field(default_factory=Counter)
    without_retry_after: int = 0
    """Refusals that did not say when to come again."""

    def add(self, kind: str, status: object, ms: float | None = None) -> None:
        """Count one answer; its latency counts if it is given."""
        self.statuses[kind][str(status)] += 1
        if ms is not None:
            self.times[kind].append(ms)
            self.fresh[kind].append(ms)

    def tell(self, at_s: float) -> None:
        """Print the figures since the last report."""
        kinds = {kind: _figures(values) for kind, values in sorted(self.fresh.items()) if values}
        self.fresh.clear()
        _print(at_s=round(at_s, 1), open_streams=dict(self.open_streams), **kinds)

    def result(self) -> dict[str, object]:
        """Return the figures of the whole run."""
        return {
            "times": {kind: _figures(values) for kind, values in self.times.items()},
            "statuses": {kind: dict(counts) for kind, counts in self.statuses.items()},
            "without_retry_after": self.without_retry_after,
        }


@dataclass(kw_only=True)
class Answer:
    """Head and body of a response."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """One keep-alive connection from an address of its own."""

    def __init__(self, url: str, address: str, key: str | None = None) -> None:
        parts = urlsplit(url)
        self._fixed = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return the connection, opened if there is none."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                self._host, self._port, local_addr=(self._address, 0)
            )
        return self._streams

    async def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> None:
        """Send a request; names of headers have underscores."""
        _reader, writer = await self.open()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}"]
        lines += [
            f"{name.replace('_', '-')}: {value}" for name, value in (self._fixed | headers).items()
        ]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    async def head(self) -> Answer:
        """Return the head of the next response."""
        reader, _writer = await self.open()
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines if line)
        headers = {name.lower(): value for name, _, value in pairs}
        return Answer(status=int(first.split(" ", 2)[1]), headers=headers, body=b"")

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send a request and return its whole response; connect again if the server closed."""
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self.send(method, path, body, **headers)
                answer = await self.head()
                reader, _writer = await self.open()
                size = 0 if answer.status == 304 else int(answer.headers.get("content-length", 0))
                answer.body = await reader.readexactly(size)
        except BaseException:
            self.close()
            raise
        if answer.headers.get("connection") == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Load:
    """The clients of one run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tally = Tally()
        self.jobs = list(plan.job_ids)
        """Active jobs, as far as the clients know."""
        self._keys = cycle(plan.keys or [None])
        self._began = time.monotonic()
        self._until = self._began + plan.seconds

    def _client(self, address: str) -> Client:
        return Client(self.plan.url, address, next(self._keys))

    def _ticks(self, every_s: float) -> Iterator[float]:
        """Yield the times of a timetable that begins at a random phase."""
        at = self._began + random.uniform(0, every_s)
        while at < self._until:
            yield at
            at += every_s

    async def _timed(self, kind: str, every_s: float, act: Callable[[], Awaitable[Answer]]) -> None:
        """Act by a timetable; latencies count from the times of the timetable."""
        for at in self._ticks(every_s):
            await asyncio.sleep(at - time.monotonic())
            try:
                answer = await act()
            except (OSError, EOFError, TimeoutError) as error:
                self.tally.add(kind, type(error).__name__)
                continue
            self._count(kind, answer, 1000 * (time.monotonic() - at))

    def _count(self, kind: str, answer: Answer, ms: float) -> None:
        self.tally.add(kind, answer.status, ms)
        if answer.status == 429 and "retry-after" not in answer.headers:
            self.tally.without_retry_after += 1

    def _forget(self, job_id: str) -> None:
        with suppress(ValueError):
            self.jobs.remove(job_id)

    async def poll(self, kind: str, address: str, every_s: float) -> None:
        """Poll active jobs, each until it has ended."""
        client = self._client(address)
        job_id, etag = random.choice(self.jobs), '"none"'

        async def act() -> Answer:
            nonlocal job_id, etag
            answer = await client.ask("GET", f"/api/v1/jobs/{job_id}", If_None_Match=etag)
            etag = answer.headers.get("etag", etag)
            ended = answer.status == 200 and json.loads(answer.body)["state"] in _ENDED
            if ended:
                self._forget(job_id)
            if self.jobs and (ended or (answer.status == 304 and random.random() < 0.02)):
                job_id, etag = random.choice(self.jobs), '"none"'
            return answer

        await self._timed(kind, every_s, act)

    async def form(self, address: str, every_s: float) -> None:
        """Open the form."""
        client = self._client(address)
        await self._timed("form", every_s, lambda: client.ask("GET", "/", Accept="text/html"))

    async def submit(self, address: str, every_s: float) -> None:
        """Send the form."""
        client = self._client(address)
        fields = {"brief": "foxes and ferns on a teal mug", "variants": "1"}

        async def act() -> Answer:
            answer = await client.ask(
                *("POST", "/designs", urlencode(fields).encode()),
                Accept="text/html",
                Content_Type="application/x-www-form-urlencoded",
            )
            if answer.status == 303:
                self.jobs.append(answer.headers["location"].rpartition("/")[2])
            return answer

        await self._timed("submit", every_s, act)

    async def stream(self, kind: str, address: str) -> None:
        """Follow one job after another; a refused stream is tried again after a second."""
        await asyncio.sleep(random.uniform(0, min(5.0, self.plan.seconds / 10)))
        while time.monotonic() < self._until and self.jobs:
            client, job_id, began = self._client(address), random.choice(self.jobs), _now()
            try:
                await client.send(
                    "GET", f"/api/v1/jobs/{job_id}/events", Accept="text/event-stream"
                )
                answer = await client.head()
                self._count(f"{kind} opens", answer, 1000 * (_now() - began))
                if answer.status == 200:
                    await self._follow(kind, client, job_id)
                else:
                    await asyncio.sleep(1.0)
            except (OSError, EOFError) as error:
                self.tally.add(f"{kind} opens", type(error).__name__)
                await asyncio.sleep(1.0)
            finally:
                client.close()

    async def _follow(self, kind: str, client: Client, job_id: str) -> None:
        """Read a stream to its end; the delay of each event since its time is counted."""
        reader, _writer = await client.open()
        self.tally.open_streams[kind] += 1
        try:
            while line := await reader.readline():
                if line == b"0\r\n":
                    self.tally.add(f"{kind} ends", "complete")
                    break
                if line.startswith(b'data: {"seq"'):
                    at = datetime.fromisoformat(json.loads(line[6:])["at"]).timestamp()
                    self.tally.add(f"{kind} event", "received", 1000 * (time.time() - at))
                elif line.startswith(b"event: job."):
                    self._forget(job_id)
        finally:
            self.tally.open_streams[kind] -= 1

    async def idle(self, address: str) -> None:
        """Hold a connection without a request; connect again when the server closes it."""
        while time.monotonic() < self._until:
            client = self._client(address)
            try:
                reader, _writer = await client.open()
                self.tally.add("idle", "connected")
                self.tally.open_streams["idle"] += 1
                try:
                    await reader.read()
                finally:
                    self.tally.open_streams["idle"] -= 1
            except OSError as error:
                self.tally.add("idle", type(error).__name__)
                await asyncio.sleep(1.0)
            finally:
                client.close()

    async def lag(self) -> None:
        """Measure how late this process itself is: its share of the latencies."""
        for at in self._ticks(0.1):
            await asyncio.sleep(at - time.monotonic())
            self.tally.add("own lag", "", 1000 * (time.monotonic() - at))

    async def tell(self) -> None:
        """Print the figures of each interval."""
        for at in self._ticks(_TOLD_EVERY_S):
            await asyncio.sleep(at - time.monotonic())
            self.tally.tell(at - self._began)

    def clients(self) -> Iterator[Awaitable[None]]:
        """Yield the coroutines of all clients."""
        plan = self.plan
        addresses = _addresses()
        pollers = max(1, plan.polls // _POLLS_PER_ADDRESS)
        if plan.polls:
            for _ in range(pollers):
                yield self.poll("poll", next(addresses), pollers / plan.polls)
        for place, address in zip(range(10), addresses, strict=False):
            if plan.forms:
                yield self.form(address, 10 / plan.forms)
            if plan.submissions and place < 5:
                yield self.submit(address, 5 / plan.submissions)
        for kind, number, share in (
            ("stream", plan.streams, _STREAMS_PER_ADDRESS),
            ("greedy", plan.greedy, plan.greedy),
        ):
            for place in range(number):
                if not place % share:
                    address = next(addresses)
                yield self.stream(kind, address)
        for place in range(plan.idle):
            if not place % _IDLE_PER_ADDRESS:
                address = next(addresses)
            yield self.idle(address)
        address = next(addresses)
        for _ in range(8 if plan.flood else 0):
            yield self.poll("flood", address, 8 / plan.flood)
        yield self.lag()
        yield self.tell()


def _addresses() -> Iterator[str]:
    for number in count(1):
        yield f"127.0.{1 + number // 250}.{1 + number % 250}"


def _now() -> float:
    return time.monotonic()


def _figures(values: list[float]) -> dict[str, float]:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    found = {name: round(percentile(values, share), 1) for name, share in shares.items()}
    return {"count": len(values), **found}


def _print(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


async def run(plan: Plan) -> None:
    """Send the load and print the figures; ends shortly after `plan.seconds` whatever happens."""
    load = Load(plan)
    tasks = [asyncio.ensure_future(client) for client in load.clients()]
    _print(clients=len(tasks), seconds=plan.seconds)
    _done, pending = await asyncio.wait(tasks, timeout=plan.seconds)
    for task in pending:
        task.cancel()
    await asyncio.wait(tasks)
    _print(result=load.tally.result())
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


if __name__ == "__main__":
    asyncio.run(run(Plan(**json.load(sys.stdin))))
