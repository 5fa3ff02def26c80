"""A crowd that asks for designs at once: a few are recorded at a time, the others wait."""

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


def test_a_crowd_waits_for_desks_and_a_person_does_not(
    app: Flask, client: FlaskClient, engine: Engine, session_factory: sessionmaker[Session]
) -> None:
    """The crowd's owner is locked: whoever has a desk waits in the database."""

    def ask(_: int) -> int:
        return app.test_client().post(JOBS, json=BRIEF).status_code

    with ThreadPoolExecutor(24) as threads:
        with session_factory() as session:
            lock_owner(session, "address:127.0.0.1")
            crowd = [threads.submit(ask, number) for number in range(48)]
            until = time.monotonic() + 30
            while waiting(engine) < MAX_CONCURRENT_API_WRITES and time.monotonic() < until:
                time.sleep(0.05)
            client.get("/")  # makes the browser an owner
            sent = client.post("/designs", data=BRIEF, headers={"Accept": "text/html"})
            assert sent.status_code == 303
            assert waiting(engine) == MAX_CONCURRENT_API_WRITES
        assert [each.result() for each in crowd] == [202] * 48
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 49


def test_who_gets_no_desk_in_time_is_told_to_come_again(app: Flask, client: FlaskClient) -> None:
    desks = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    app.extensions["codesigner"] = replace(app.extensions["codesigner"], desks=desks)
    assert desks.take()
    refused = client.post(JOBS, json=BRIEF)
    assert (refused.status_code, refused.get_json()["code"]) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "5"
    desks.give_back()
    assert client.post(JOBS, json=BRIEF).status_code == 202


def test_large_bodies_are_read_a_few_at_a_time(app: Flask, client: FlaskClient) -> None:
    """A place is given back once the request is recorded, or has failed."""
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
        assert client.post(JOBS, json=large).status_code == 415  # is no picture
    padded = json.dumps(BRIEF) + " " * 2_000_000
    for _ in range(3):
        assert client.post(JOBS, data=padded, content_type="application/json").status_code == 413
