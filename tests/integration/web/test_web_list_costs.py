"""Lists run a fixed number of SQL statements, and concurrent large reads are limited."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.queue_driver import QueueDriver
from web.http.concurrency import ConcurrencyLimiter

BATCHES = "/api/v1/batches"
JOBS = "/api/v1/jobs"
LISTS = (
    BATCHES,
    JOBS,
    "/jobs",
    "/api/v1/queue",
    "/admin/queue",
    "/api/v1/dead-jobs",
    "/api/v1/webhooks",
    "/api/v1/webhook-deliveries",
    "/admin/webhooks/",
    "/admin/training",
    "/admin/workers",
    "/api/v1/models",
)
SWEEP = {"briefs": ["teal mug"], "seeds": list(range(20)), "variants": 1}
WEBHOOK = {
    "url": "https://hooks.example/",
    "secret": f"whsec_{base64.b64encode(bytes(32)).decode()}",
}


@dataclass
class Reads:
    """Number of SQL statements and of the rows that they returned or changed."""

    statements: int = 0
    rows: int = 0


@contextmanager
def counted(app: Flask) -> Iterator[Reads]:
    """Count SQL statements and rows on the application's engine."""
    engine = app.extensions["codesigner"].engine
    reads = Reads()

    def count(_connection: Any, cursor: Any, *_given: Any) -> None:
        reads.statements += 1
        reads.rows += max(0, cursor.rowcount)

    event.listen(engine, "after_cursor_execute", count)
    yield reads
    event.remove(engine, "after_cursor_execute", count)


def submit(admin: FlaskClient, driver: QueueDriver) -> None:
    """Submit a batch with a webhook, fail one job and cancel the others."""
    answer = admin.post(BATCHES, json=SWEEP | {"webhook": WEBHOOK})
    assert answer.status_code == 202, answer.text
    driver.fail(driver.one("caption"))
    admin.post(answer.get_json()["links"]["cancel"])


def test_job_counts_of_a_batch_list_are_read_in_one_statement(
    app: Flask, client: FlaskClient
) -> None:
    ids = []
    for seeds in ([1], list(range(30)), [1, 2], list(range(50))):
        answer = client.post(BATCHES, json=SWEEP | {"seeds": seeds})
        ids.append(answer.get_json()["id"])
    client.post(f"{BATCHES}/{ids[1]}/cancel")
    with counted(app) as reads:
        page = client.get(BATCHES).get_json()["batches"]
    assert [batch["id"] for batch in page] == ids[::-1]
    assert [batch["counts"]["queued"] for batch in page] == [50, 2, 0, 1]
    assert [batch["counts"]["cancelled"] for batch in page] == [0, 0, 30, 0]
    assert [batch["state"] for batch in page] == ["queued", "queued", "ended", "queued"]
    assert reads.statements == 2
    assert reads.rows == 8  # four batches, the jobs of each in one state


@pytest.mark.parametrize("path", LISTS)
def test_statement_count_of_a_list_does_not_grow_with_rows(
    app: Flask, admin: FlaskClient, driver: QueueDriver, path: str
) -> None:
    submit(admin, driver)
    assert admin.get(path).status_code == 200  # fills caches
    with counted(app) as few:
        assert admin.get(path).status_code == 200
    for _ in range(2):
        submit(admin, driver)
    with counted(app) as many:
        assert admin.get(path).status_code == 200
    assert many.statements == few.statements
    assert many.rows <= 200


def test_unchanged_batch_page_fragment_reads_no_jobs(app: Flask, client: FlaskClient) -> None:
    batch = client.post(BATCHES, json=SWEEP).get_json()
    parts = f"/batches/{batch['id']}/parts"
    first = client.get(parts)
    with counted(app) as reads:
        same = client.get(parts, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"]
    assert reads.rows == 3  # the batch row, and two aggregates of its jobs


def test_large_reads_wait_for_a_slot_and_small_ones_do_not(app: Flask, client: FlaskClient) -> None:
    batch = client.post(BATCHES, json=SWEEP).get_json()
    job = batch["jobs"][0]["links"]["self"]
    own, page = batch["links"]["self"], f"/batches/{batch['id']}"
    known = {"If-None-Match": client.get(own).headers["ETag"]}
    large_reads = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    app.extensions["codesigner"] = replace(app.extensions["codesigner"], large_reads=large_reads)
    assert large_reads.take()
    for path in (BATCHES, JOBS, own):
        refused = client.get(path)
        assert (refused.status_code, refused.get_json()["code"]) == (503, "unavailable")
        assert refused.headers["Retry-After"] == "2"
    for path in ("/jobs", page, f"{page}/parts"):
        assert client.get(path).status_code == 503
    assert client.post("/api/v1/understand", json={"brief": "teal mug"}).status_code == 503
    for path in ("/healthz", "/", job):
        assert client.get(path).status_code == 200
    assert client.get(own, headers=known).status_code == 304
    large_reads.give_back()
    for path in (BATCHES, JOBS, own, "/jobs", page, f"{page}/parts") * 2:
        assert client.get(path).status_code == 200
