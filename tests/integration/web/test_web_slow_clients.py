"""Slow and idle clients hold no thread, are disconnected at a deadline and block nobody."""

import itertools
import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from shared.settings import Settings, load_settings
from shared.storage.artifacts import ArtifactStore
from tests.conftest import ADMIN_TOKEN
from tests.serving import GUARD_S, answer_of, connected, get, served, to_end
from web.server.deadlines import Limits
from web.server.thread_pools import OTHER_THREADS

HALF_HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
POST = b"POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
HALF_BODY = POST + b'Content-Length: 100\r\n\r\n{"brief'
WRONG = b'{"brief": 1}'


def wrong(size: int) -> bytes:
    """Return an invalid JSON body of about this size in bytes, most of it a reference."""
    return b'{"brief": 1, "reference": "%b"}' % (b"A" * size)


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
SHORT = Limits(head_s=1.0, idle_s=1.0, grace_s=1.0, ahead_s=1.0, linger_s=1.0, per_address=0)
"""Deadlines that a test can wait for."""
LONG = Limits(head_s=900.0, idle_s=900.0, grace_s=900.0, per_address=0)
"""Deadlines that play no part in a test."""
MANY = 500
ADDRESSES = [f"127.0.0.{number}" for number in range(2, 12)]


def no_database(folder: Path) -> Settings:
    return load_settings(home=folder, database_url="postgresql://nobody@127.0.0.1:1/none")


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a server with short deadlines and without a database."""
    with served(no_database(tmp_path_factory.mktemp("home")), SHORT) as port:
        yield port


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Port of a server whose deadlines play no part, without a database."""
    with served(no_database(tmp_path_factory.mktemp("home")), LONG) as port:
        yield port


@contextmanager
def held(port: int, sent: bytes, number: int, sources: list[str]) -> Iterator[list[socket.socket]]:
    """Open connections that send these bytes and then nothing more."""
    with ExitStack() as stack:
        found = []
        for _, source in zip(range(number), itertools.cycle(sources), strict=False):
            connection = stack.enter_context(connected(port, source))
            connection.sendall(sent)
            found.append(connection)
        yield found


@pytest.mark.parametrize("half", [HALF_HEAD, HALF_BODY, POST, b"G"])
def test_incomplete_request_gets_408_and_is_closed(short: int, half: bytes) -> None:
    with connected(short) as connection:
        connection.sendall(half)
        answer = to_end(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "request_timeout"


@pytest.mark.parametrize("sent", [b"", HEALTH])
def test_idle_connection_is_closed_without_a_response(short: int, sent: bytes) -> None:
    with connected(short) as connection:
        connection.sendall(sent)
        if sent:
            assert answer_of(connection)[0] == 200
        assert to_end(connection) == b""


@pytest.mark.parametrize("half", [HALF_HEAD, POST + b"Content-Length: 9000\r\n\r\n"])
def test_trickled_bytes_do_not_extend_the_deadline(short: int, half: bytes) -> None:
    """The deadline covers the whole head, and a body has a minimum rate."""
    with connected(short) as connection:
        connection.sendall(half)
        connection.settimeout(0.1)
        for sent in itertools.count():
            assert sent * 0.1 < GUARD_S
            try:
                answer = connection.recv(4096)
                break
            except TimeoutError:
                connection.sendall(b"x")
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_upload_at_the_minimum_rate_may_exceed_the_grace_period(tmp_path: Path) -> None:
    limits = Limits(grace_s=1.0, ahead_s=900.0, bytes_per_s=1000.0)
    body = wrong(300_000)
    with served(no_database(tmp_path), limits) as port, connected(port) as connection:
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body[:200_000])
        time.sleep(2.0)
        connection.sendall(body[200_000:])
        assert answer_of(connection)[0] == 422


def test_pipelined_requests_are_parsed_from_any_segmentation(short: int) -> None:
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    chunked += b"".join(b"1\r\n%c\r\n" % byte for byte in WRONG) + b"0\r\nX-Trailer: x\r\n\r\n"
    whole = POST + b"Content-Length: %d\r\n\r\n" % len(WRONG) + WRONG
    together = HEALTH + chunked + whole + LAST
    for step in (7, len(together)):
        with connected(short) as connection:
            for at in range(0, len(together), step):
                connection.sendall(together[at : at + step])
            received = to_end(connection)
        statuses = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
        assert statuses == [b"200", b"422", b"422", b"200"]


def test_expect_100_continue_is_answered_once(short: int) -> None:
    with connected(short) as connection:
        head = POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(WRONG)
        connection.sendall(head)
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(WRONG)
        assert answer_of(connection)[0] == 422


def test_body_above_the_buffer_limit_is_passed_to_the_application(tmp_path: Path) -> None:
    limits = Limits(grace_s=1.0, ahead_s=1.0, body_bytes=1000, per_address=0)
    with served(no_database(tmp_path), limits) as port:
        with connected(port) as connection:  # a thread reads it while it arrives
            body = wrong(100_000)
            connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            assert answer_of(connection)[0] == 422
        with connected(port) as connection:
            chunk = b"%x\r\n%b\r\n" % (len(body), body)
            connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n")
            assert answer_of(connection)[0] == 422
        half = POST + b"Content-Length: 999999999999\r\n\r\n{"
        with held(port, half, 20, ADDRESSES) as connections:
            statuses = {to_end(connection)[9:12] for connection in connections}
        assert statuses <= {b"413", b"503"}
        assert get(port, "/healthz")[0] == 200


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\nHost: x\n\n", b"\r\n\r\n", b"x" * 70_000])
def test_invalid_request_head_is_refused_at_once(long: int, head: bytes) -> None:
    with connected(long) as connection:
        connection.sendall(head)
        assert to_end(connection)[9:12] in {b"400", b""}


def test_client_that_does_not_close_does_not_block_others(short: int) -> None:
    with held(short, LAST, 40, ADDRESSES) as connections:
        assert get(short, "/healthz")[0] == 200
        assert all(to_end(each).startswith(b"HTTP/1.1 200 ") for each in connections)


@pytest.mark.parametrize("sources", [ADDRESSES[:1], ADDRESSES])
def test_requests_are_served_beside_hundreds_of_incomplete_ones(
    settings: Settings, sources: list[str]
) -> None:
    brief = b'{"brief": "teal mug"}'
    job = POST + b"Content-Length: %d\r\n\r\n" % len(brief) + brief
    with served(settings, LONG) as port, ExitStack() as stack:
        for half in (HALF_HEAD, HALF_BODY):
            stack.enter_context(held(port, half, MANY // 2, sources))
        assert get(port, "/healthz")[0] == 200
        assert get(port, "/")[0] == 200
        with connected(port) as connection:
            connection.sendall(job)
            status, body = answer_of(connection)
            assert status == 202
            job_id = json.loads(body)["id"]
        assert get(port, f"/api/v1/jobs/{job_id}")[0] == 200
        assert get(port, "/healthz", sources[0])[0] == 200


def test_connections_per_address_are_limited_and_released(tmp_path: Path) -> None:
    limits = Limits(head_s=900.0, idle_s=900.0, per_address=5)
    with served(no_database(tmp_path), limits) as port:
        with held(port, HALF_HEAD, 5, ADDRESSES[:1]) as connections:
            with connected(port, ADDRESSES[0]) as surplus:
                answer = to_end(surplus)
                assert answer.startswith(b"HTTP/1.1 429 ")
                assert b"\r\nRetry-After: " in answer
            assert get(port, "/healthz", ADDRESSES[1])[0] == 200
            connections[0].close()
            _until_served(port, ADDRESSES[0])
        _until_served(port, ADDRESSES[0])


def test_idle_connections_of_an_address_make_room_for_its_next_one(tmp_path: Path) -> None:
    limits = Limits(head_s=900.0, idle_s=900.0, per_address=5)
    with served(no_database(tmp_path), limits) as port, ExitStack() as stack:
        half = stack.enter_context(held(port, HALF_HEAD, 1, ADDRESSES[:1]))
        idle = stack.enter_context(held(port, b"", 2, ADDRESSES[:1]))
        other = stack.enter_context(held(port, b"", 1, ADDRESSES[1:2]))
        time.sleep(1.5)  # so long idle
        for _ in range(2):
            kept = stack.enter_context(connected(port, ADDRESSES[0]))
            kept.sendall(HEALTH)
            assert answer_of(kept)[0] == 200
        assert get(port, "/healthz", ADDRESSES[0])[0] == 200
        assert to_end(idle[0]) == b""
        half[0].sendall(b"x\r\nConnection: close\r\n\r\n")
        assert to_end(half[0]).startswith(b"HTTP/1.1 200 ")
        other[0].sendall(LAST)
        assert to_end(other[0]).startswith(b"HTTP/1.1 200 ")


def _until_served(port: int, source: str) -> None:
    until = time.monotonic() + GUARD_S
    while time.monotonic() < until:
        if get(port, "/healthz", source)[0] == 200:
            return
        time.sleep(0.05)
    raise AssertionError("places are not given back")


def test_full_server_closes_the_oldest_incomplete_connection(tmp_path: Path) -> None:
    limits = Limits(head_s=900.0, idle_s=900.0, per_address=0, connections=20)
    with (
        served(no_database(tmp_path), limits) as port,
        held(port, HALF_HEAD, 60, ADDRESSES) as connections,
    ):
        for _ in range(30):
            assert get(port, "/healthz")[0] == 200
        assert to_end(connections[0]) == b""


@pytest.mark.parametrize("headers", [b"", b"Range: bytes=0-33554431\r\n"])
def test_client_that_does_not_read_is_disconnected_without_holding_a_thread(
    settings: Settings, artifact_store: ArtifactStore, headers: bytes
) -> None:
    size = 32 * 1024 * 1024
    sha256 = artifact_store.put(b"\x89PNG\r\n\x1a\n" + bytes(size))
    ask = b"GET /api/v1/artifacts/%b HTTP/1.1\r\nHost: 127.0.0.1\r\n" % sha256.encode()
    ask += b"Authorization: Bearer %b\r\n%b\r\n" % (ADMIN_TOKEN.encode(), headers)
    limits = Limits(grace_s=2.0, ahead_s=2.0, per_address=0)
    with (
        served(settings, limits) as port,
        held(port, ask, OTHER_THREADS + 20, ADDRESSES) as connections,
    ):
        assert get(port, "/healthz")[0] == 200
        time.sleep(5.0)  # past the deadlines, only what the kernel has buffered arrives
        for connection in connections[:20]:
            assert len(to_end(connection)) < size
        with connected(port) as connection:
            connection.sendall(ask)
            status, body = answer_of(connection)
        assert (status, len(body)) in {(200, size + 8), (206, size)}


def test_disk_space_for_bodies_is_limited_and_released(tmp_path: Path) -> None:
    limits = Limits(spool_bytes=1_000_000, per_address=0)
    part = POST + b"Content-Length: 600000\r\n\r\n" + b"A" * 590_000
    with (
        served(no_database(tmp_path), limits) as port,
        connected(port) as one,
        connected(port) as other,
    ):
        for connection in (one, other):
            connection.sendall(part)
        [refused], _, _ = select.select([one, other], [], [], GUARD_S)
        status, body = answer_of(refused)
        assert (status, json.loads(body)["code"]) == (503, "unavailable")
        with connected(port) as small:
            small.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(WRONG) + WRONG)
            assert answer_of(small)[0] == 422
        kept = other if refused is one else one
        kept.sendall(b"A" * 10_000)
        assert answer_of(kept)[0] == 400
        _until_read(port, part + b"A" * 10_000)


def _until_read(port: int, request: bytes) -> None:
    """Repeat a request until disk space is free: it is released after the response."""
    until = time.monotonic() + GUARD_S
    while time.monotonic() < until:
        with connected(port) as connection:
            connection.sendall(request)
            if answer_of(connection)[0] == 400:
                return
    raise AssertionError("room on disk is not given back")
