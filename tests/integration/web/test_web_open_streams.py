"""Event streams of a started server: more than it has threads; how they end."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil
import pytest
from sqlalchemy.orm import Session, sessionmaker

from shared.jobs.submission import Submission, submit
from shared.settings import Settings
from tests.queue_driver import QueueDriver
from tests.serving import GUARD_S, answer_of, connected, get, served, to_end
from web.extensions import MAX_STREAMS_OF_A_NETWORK
from web.server.deadlines import Limits
from web.server.thread_pools import OTHER_THREADS

STREAMS = OTHER_THREADS + 60
LIMITS = Limits(per_address=0)


@pytest.fixture
def job_id(session_factory: sessionmaker[Session]) -> str:
    """Id of a job that waits."""
    options = {"variants": 1, "seed": 1, "product": "mug", "reference_strength": 0.6, "size": 128}
    with session_factory.begin() as session:
        return submit(session, Submission(brief="teal mug", options=options)).id


def ask_for(job_id: str) -> bytes:
    return f"GET /api/v1/jobs/{job_id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


@contextmanager
def opened(port: int, job_id: str, number: int) -> Iterator[list[socket.socket]]:
    """Open streams and wait until all have sent what they begin with."""
    with ExitStack() as stack:
        found = [
            stack.enter_context(connected(port, f"127.0.0.{2 + place // 50}"))
            for place in range(number)
        ]
        for connection in found:
            connection.sendall(ask_for(job_id))
        for connection in found:
            until(connection, b"event: snapshot")
        yield found


def until(connection: socket.socket, expected: bytes) -> bytes:
    """Receive until these bytes came."""
    received = b""
    while expected not in received:
        more = connection.recv(65536)
        assert more, received
        received += more
    return received


def threads_of(port: int) -> int:
    """Return the number of threads of the process that listens on the port."""
    for connection in psutil.net_connections("tcp4"):
        if connection.laddr.port == port and connection.status == "LISTEN" and connection.pid:
            first = psutil.Process(connection.pid)
            return max(each.num_threads() for each in (first, *first.children()))
    raise AssertionError("nothing listens")


def test_streams_hold_no_threads_and_end_with_their_job(
    settings: Settings, job_id: str, driver: QueueDriver
) -> None:
    with served(settings, LIMITS) as port, opened(port, job_id, STREAMS) as connections:
        assert threads_of(port) < STREAMS
        assert get(port, "/healthz")[0] == 200
        held = driver.one("caption")
        driver.progress(held, 0.5)
        for connection in connections:
            assert b'"kind":"stage.progress"' in until(connection, b"stage.progress")
        driver.finish(held)
        for stage in ("fusion", "generate", "draw", "present"):
            driver.finish(driver.one(stage), variants=1)
        for connection in connections:
            rest = to_end(connection)
            assert b"event: job.succeeded" in rest
            assert rest.rstrip().endswith(b"\r\n0")  # the response is complete
            assert rest.index(b"event: job.succeeded") < rest.index(b"event: snapshot")


def test_stopped_clients_free_their_places(settings: Settings, job_id: str) -> None:
    with served(settings, LIMITS) as port:
        with ExitStack() as stack:
            mine = [stack.enter_context(connected(port)) for _ in range(MAX_STREAMS_OF_A_NETWORK)]
            for connection in mine:
                connection.sendall(ask_for(job_id))
            for connection in mine:
                until(connection, b"event: snapshot")
            path = f"/api/v1/jobs/{job_id}/events"
            status, body = get(port, path)
            assert (status, json.loads(body)["code"]) == (429, "rate_limited")
            with connected(port, "127.0.0.9") as other:
                other.sendall(ask_for(job_id))
                until(other, b"event: snapshot")
        give_up = time.monotonic() + GUARD_S
        while True:
            with connected(port) as again:
                again.sendall(ask_for(job_id))
                if again.recv(65536).startswith(b"HTTP/1.1 200 "):
                    break
            assert time.monotonic() < give_up
            time.sleep(0.1)


def test_requests_on_the_path_of_streams_that_are_none_keep_the_connection(
    settings: Settings, job_id: str
) -> None:
    path = f"/api/v1/jobs/{job_id}/events"
    ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()
    with served(settings, LIMITS) as port, connected(port) as connection:
        for _ in range(2):
            connection.sendall(ask)
            status, body = answer_of(connection)
            assert (status, json.loads(body)["version"]) == (200, 1)
        connection.sendall(ask_for("0190d9a1-0000-7000-8000-000000000000"))
        assert answer_of(connection)[0] == 404
        connection.sendall(ask_for(job_id))
        until(connection, b"event: snapshot")


def test_stopping_server_ends_the_streams(settings: Settings, job_id: str) -> None:
    with ExitStack() as stack:
        with served(settings, LIMITS) as port:
            connections = stack.enter_context(opened(port, job_id, 5))
        assert all(to_end(each).endswith(b"0\r\n\r\n") for each in connections)


def test_streams_survive_a_client_that_does_not_read(
    settings: Settings, job_id: str, driver: QueueDriver
) -> None:
    with served(settings, LIMITS) as port, opened(port, job_id, 2) as (idle, reading):
        idle.shutdown(socket.SHUT_RD)
        held = driver.one("caption")
        for number in range(1, 20):
            driver.progress(held, number / 20)
            until(reading, b"stage.progress")
        assert get(port, "/healthz")[0] == 200
