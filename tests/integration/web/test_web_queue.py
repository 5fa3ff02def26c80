"""Queue administration through API, page and metrics: pause, resume and dead jobs."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.errors import CodesignerError
from shared.pipelines import STAGES
from shared.queue import leases as queue
from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.queue.stage_inputs import append_failure
from tests.queue_driver import QueueDriver

JOBS = "/api/v1/jobs"
ENDPOINTS = (
    ("GET", "/api/v1/queue"),
    ("POST", "/api/v1/queue/pause"),
    ("POST", "/api/v1/queue/resume"),
    ("GET", "/api/v1/dead-jobs"),
    ("POST", "/api/v1/dead-jobs/retry"),
    ("GET", "/admin/queue"),
    ("POST", "/admin/queue/pause"),
    ("POST", "/admin/queue/resume"),
    ("POST", "/admin/queue/retry"),
)


@pytest.fixture
def client(admin: FlaskClient) -> FlaskClient:
    """Test client that sends the administrator's token."""
    return admin


@pytest.fixture
def submit(client: FlaskClient) -> Callable[[], str]:
    def asked() -> str:
        return client.post(JOBS, json={"brief": "teal waves"}).get_json()["id"]

    return asked


@pytest.fixture
def fail(driver: QueueDriver) -> Callable[[], None]:
    """Return a function that fails the next caption stage permanently with a traceback."""

    def failing() -> None:
        claim = driver.one("caption")
        with driver.sessions.begin() as session:
            error = CodesignerError("stage_failed", "caption: ValueError: no")
            queue.fail(session, claim, error, retryable=False)
            noted = {"attempt": 1, "at": "2026-01-02T03:04:05+00:00", "host": "h"}
            noted |= {"code": "stage_failed", "message": "no", "traceback": "Traceback: <here>"}
            append_failure(session, claim, noted)

    return failing


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_queue_endpoints_require_the_administrator(app: Flask, method: str, path: str) -> None:
    assert app.test_client().open(path, method=method).status_code == 401


def test_stage_is_paused_and_resumed(
    client: FlaskClient, submit: Callable[[], str], driver: QueueDriver
) -> None:
    job = submit()
    paused = client.post("/api/v1/queue/pause", json={"stage": "caption", "reason": "repair"})
    assert paused.status_code == 200
    (pause,) = paused.get_json()["pauses"]
    assert (pause["stage"], pause["actor"], pause["reason"]) == ("caption", "admin", "repair")
    line = paused.get_json()["stages"][0]
    told = (line["name"], line["ready"], line["running"], line["paused"], line["drained"])
    assert told == ("caption", 1, 0, True, True)
    with driver.sessions.begin() as session:
        assert queue.claim(session, "caption", "w") == []
    assert client.get(f"{JOBS}/{job}").get_json()["queue"]["paused"] is True
    assert 'codesigner_paused{stage="caption"} 1.0' in client.get("/metrics").text
    assert client.post(JOBS, json={"brief": "x"}).status_code == 202  # accepted despite the pause
    resumed = client.post("/api/v1/queue/resume", json={"stage": "caption"})
    assert resumed.get_json()["pauses"] == []
    assert 'codesigner_paused{stage="caption"} 0.0' in client.get("/metrics").text
    driver.one("caption")


def test_pause_without_a_body_pauses_all_stages(client: FlaskClient) -> None:
    paused = client.post("/api/v1/queue/pause").get_json()
    assert {each["name"]: each["paused"] for each in paused["stages"]} == dict.fromkeys(
        STAGES, True
    )
    assert client.post("/api/v1/queue/resume").get_json()["pauses"] == []


def test_unknown_stage_is_refused(client: FlaskClient) -> None:
    refused = client.post("/api/v1/queue/pause", json={"stage": "paint"})
    assert (refused.status_code, refused.get_json()["fields"][0]["field"]) == (422, "stage")


def test_stage_is_drained_when_running_work_has_finished(
    client: FlaskClient, submit: Any, driver: QueueDriver
) -> None:
    submit()
    claim = driver.one("caption")
    state = client.post("/api/v1/queue/pause").get_json()
    assert [s["drained"] for s in state["stages"] if s["name"] == "caption"] == [False]
    driver.finish(claim)
    state = client.get("/api/v1/queue").get_json()
    assert [s["drained"] for s in state["stages"] if s["name"] == "caption"] == [True]
    assert (state["active"], state["owners"][0]["running"]) == (1, 1)


def test_readiness_lists_paused_stages(client: FlaskClient, driver: Any, released: None) -> None:
    with driver.sessions.begin() as session:
        beat(session, Heartbeat(name="w", host="h", device="cpu", queues=("gpu", "cpu")))
    assert client.get("/readyz").get_json()["paused"] == []
    client.post("/api/v1/queue/pause", json={"stage": "generate"})
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["paused"]) == (200, ["generate"])


def test_dead_jobs_are_listed_with_their_tracebacks(
    client: FlaskClient, submit: Callable[[], str], fail: Callable[[], None]
) -> None:
    ids = []
    for _ in range(3):
        ids.append(submit())
        fail()
    first = client.get("/api/v1/dead-jobs?limit=2").get_json()
    assert [job["id"] for job in first["jobs"]] == ids[:0:-1]
    job = first["jobs"][0]
    assert (job["error"]["code"], job["stage"], job["attempts"]) == ("stage_failed", "caption", 1)
    assert job["failures"][0]["traceback"] == "Traceback: <here>"
    rest = client.get(first["next"]).get_json()
    assert ([job["id"] for job in rest["jobs"]], rest["next"]) == (ids[:1], None)


def test_dead_jobs_are_retried_by_id_or_all_at_once(
    client: FlaskClient, submit: Callable[[], str], fail: Callable[[], None]
) -> None:
    ids = []
    for _ in range(3):
        ids.append(submit())
        fail()
    one = client.post("/api/v1/dead-jobs/retry", json={"ids": [ids[0]]})
    assert one.status_code == 202
    (pair,) = one.get_json()["retried"]
    assert (pair["id"], one.get_json()["left"]) == (ids[0], 2)
    new = client.get(f"{JOBS}/{pair['retried_as']}").get_json()
    assert (new["state"], new["retried_from"]) == ("queued", ids[0])
    both = client.post("/api/v1/dead-jobs/retry", json={"all": True}).get_json()
    assert ({each["id"] for each in both["retried"]}, both["left"]) == (set(ids[1:]), 0)
    again = client.post("/api/v1/dead-jobs/retry", json={"all": True}).get_json()
    assert again == {"retried": [], "left": 0}


def test_bulk_retry_is_all_or_nothing(
    client: FlaskClient, submit: Callable[[], str], fail: Callable[[], None]
) -> None:
    dead = submit()
    fail()
    alive = submit()
    refused = client.post("/api/v1/dead-jobs/retry", json={"ids": [dead, alive]})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job_still_active")
    assert client.get("/api/v1/queue").get_json()["dead"] == 1
    for bad in ({}, {"ids": [dead], "all": True}, {"ids": []}, {"ids": ["x"]}):
        assert client.post("/api/v1/dead-jobs/retry", json=bad).status_code == 422
    unknown = {"ids": ["00000000-0000-7000-8000-000000000000"]}
    assert client.post("/api/v1/dead-jobs/retry", json=unknown).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Pause everything", "Failed jobs")), ("zh", ("全部暂停", "失败的任务"))],
)
def test_queue_page_pauses_resumes_and_retries(
    client: FlaskClient,
    submit: Callable[[], str],
    fail: Callable[[], None],
    language: str,
    words: tuple[str, ...],
) -> None:
    dead = submit()
    fail()
    page = client.get(f"/admin/queue?lang={language}").text
    assert all(word in page for word in words)
    assert "Traceback: &lt;here&gt;" in page
    paused = client.post("/admin/queue/pause", data={"stage": "all", "reason": "<b>night</b>"})
    assert paused.status_code == 303
    page = client.get("/admin/queue").text
    assert "&lt;b&gt;night&lt;/b&gt;" in page
    assert client.get("/api/v1/queue").get_json()["pauses"][0]["stage"] == "all"
    assert client.post("/admin/queue/resume", data={"stage": "all"}).status_code == 303
    assert client.post("/admin/queue/pause", data={"stage": "paint"}).status_code == 422
    assert client.post("/admin/queue/retry", data={"id": dead}).status_code == 303
    assert client.get(f"{JOBS}/{dead}").get_json()["retried_as"]
    submit()
    assert client.post("/admin/queue/retry", data={"id": "x"}).status_code == 422
    assert client.post("/admin/queue/retry").status_code == 303


def test_job_page_links_to_its_retry_and_shows_a_pause(
    client: FlaskClient, submit: Callable[[], str], fail: Callable[[], None]
) -> None:
    dead = submit()
    fail()
    new = client.post(f"{JOBS}/{dead}/retry").get_json()["id"]
    assert re.search(f'href="/jobs/{new}"', client.get(f"/jobs/{dead}").text)
    assert re.search(f'href="/jobs/{dead}"', client.get(f"/jobs/{new}").text)
    client.post("/api/v1/queue/pause")
    assert "Paused for now" in client.get(f"/jobs/{new}").text
