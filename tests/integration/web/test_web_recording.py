"""Limits of concurrent submissions: a few write at a time, the others wait."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Job
from shared.queue.fairness import lock_owner
from web.extensions import MAX_CONCURRENT_API_WRITES
from web.http.concurrency import ConcurrencyLimiter

JOBS = "/api/v1/jobs"
BRIEF = {"brief": "teal mug"}
_WAITING = text(
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
)


def waiting(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(_WAITING) or 0)


def test_concurrent_api_writes_are_limited_and_do_not_delay_the_form(
    app: Flask, client: FlaskClient, engine: Engine, session_factory: sessionmaker[Session]
) -> None:
    """The owner's advisory lock is held, so that API writes wait in the database."""

    def ask(_: int) -> int:
        return app.test_client().post(JOBS, json=BRIEF).status_code

    with ThreadPoolExecutor(24) as threads:
        with session_factory() as session:
            lock_owner(session, "address:127.0.0.1")
            crowd = [threads.submit(ask, number) for number in range(48)]
            until = time.monotonic() + 30
            while waiting(engine) < MAX_CONCURRENT_API_WRITES and time.monotonic() < until:
                time.sleep(0.05)
            client.get("/")  # the session cookie makes the browser an owner
            sent = client.post("/designs", data=BRIEF, headers={"Accept": "text/html"})
            assert sent.status_code == 303
            assert waiting(engine) == MAX_CONCURRENT_API_WRITES
        assert [each.result() for each in crowd] == [202] * 48
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 49


def test_submission_without_a_write_slot_gets_503_with_retry_after(
    app: Flask, client: FlaskClient
) -> None:
    desks = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    app.extensions["codesigner"] = replace(app.extensions["codesigner"], desks=desks)
    assert desks.take()
    refused = client.post(JOBS, json=BRIEF)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "5"
    desks.give_back()
    assert client.post(JOBS, json=BRIEF).status_code == 202


def test_concurrent_large_bodies_are_limited(app: Flask, client: FlaskClient) -> None:
    """The slot is released when the request succeeds or fails."""
    bodies = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    app.extensions["codesigner"] = replace(app.extensions["codesigner"], bodies=bodies)
    large = BRIEF | {"reference": {"base64": "A" * 2_000_000}}
    assert bodies.take()
    refused = client.post(JOBS, json=large)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "5"
    assert client.post(JOBS, json=BRIEF).status_code == 202
    bodies.give_back()
    for _ in range(3):
        assert client.post(JOBS, json=large).status_code == 415  # not an image
    padded = json.dumps(BRIEF) + " " * 2_000_000
    for _ in range(3):
        assert client.post(JOBS, data=padded, content_type="application/json").status_code == 413
