"""Webhooks through the API, the pages and the command line."""

import base64
import json
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from codesigner.cli import main
from shared.settings import PREFIX, Settings
from shared.webhooks.deliveries import Outcome, claim_due, settle
from shared.webhooks.signing import new_secret
from tests.integration.web.conftest import admin_of
from tests.queue_driver import QueueDriver
from web.schemas.batches import BatchRequest
from web.schemas.jobs import DesignRequest
from web.services.jobs import payload_hash_of

HOOKS = "/api/v1/webhooks"
LEDGER = "/api/v1/webhook-deliveries"
JOBS = "/api/v1/jobs"
URL = "https://hooks.example.org/in"
UNKNOWN = "0190d9a1-0000-7000-8000-000000000000"
PAGE = {"Accept": "text/html"}
SECRET = new_secret()


@pytest.fixture
def client(admin: FlaskClient) -> FlaskClient:
    """Test client that sends the administrator's token."""
    return admin


def add(client: FlaskClient, **given: Any) -> dict[str, Any]:
    answer = client.post(HOOKS, json={"url": URL} | given)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def attempt(sessions: sessionmaker[Session], outcome: Outcome) -> str:
    with sessions.begin() as session:
        (message,) = claim_due(session, "http://x", limit=1, each=1)
        settle(session, message, outcome)
    return message.id


def test_endpoint_is_added_and_its_secret_is_shown_once(client: FlaskClient) -> None:
    made = add(client, description="shop", events=["job.succeeded", "job.succeeded"])
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    assert made["events"] == ["job.succeeded"]
    shown = client.get(made["links"]["self"])
    assert shown.get_json() == made | {"secret": None}
    assert shown.headers["Cache-Control"] == "no-store"
    assert client.get(HOOKS).get_json()["webhooks"] == [shown.get_json()]
    mine = add(client, secret=SECRET)
    assert mine["secret"] == SECRET
    assert mine["events"] == ["job.succeeded", "job.failed", "job.cancelled"]


def test_secret_is_rotated(client: FlaskClient) -> None:
    made = add(client)
    rotated = client.post(made["links"]["rotate"]).get_json()
    assert rotated["secret"] not in {None, made["secret"]}
    assert rotated["secrets"] == 2
    again = client.post(made["links"]["rotate"], json={"secret": SECRET, "keep_s": 0})
    assert (again.get_json()["secret"], again.get_json()["secrets"]) == (SECRET, 2)
    wrong = client.post(made["links"]["rotate"], json={"secret": "short", "keep_s": -1})
    assert {each["field"] for each in wrong.get_json()["fields"]} == {"secret", "keep_s"}


def test_endpoint_is_paused_resumed_and_removed(client: FlaskClient) -> None:
    made = add(client)
    paused = client.patch(made["links"]["self"], json={"enabled": False}).get_json()
    assert (paused["enabled"], paused["disabled_reason"]) == (False, "paused")
    client.post(JOBS, json={"brief": "teal mug"})
    resumed = client.patch(made["links"]["self"], json={"enabled": True}).get_json()
    assert (resumed["enabled"], resumed["disabled_reason"]) == (True, None)
    assert client.delete(made["links"]["self"]).status_code == 204
    assert client.delete(made["links"]["self"]).get_json()["code"] == "webhook_not_found"
    for endpoint_id in ("x", UNKNOWN):
        for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/rotate")):
            answer = client.open(f"{HOOKS}/{endpoint_id}{rest}", method=method)
            assert (answer.status_code, answer.get_json()["code"]) == (404, "webhook_not_found")


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, {"url"}),
        ({"url": "http://127.0.0.1/"}, {"url"}),
        ({"url": "http://[::ffff:10.0.0.1]/"}, {"url"}),
        ({"url": "http://localhost:8000/"}, {"url"}),
        ({"url": "ftp://example.org/"}, {"url"}),
        ({"url": URL, "secret": "whsec_x", "events": ["job.eaten"]}, {"secret", "events.0"}),
        ({"url": URL, "events": []}, {"events"}),
        ({"url": URL, "enabled": True}, {"enabled"}),
    ],
)
def test_invalid_webhook_fields_are_named(
    client: FlaskClient, given: dict[str, Any], fields: set[str]
) -> None:
    answer = client.post(HOOKS, json=given)
    assert answer.status_code == 422
    assert {each["field"] for each in answer.get_json()["fields"]} == fields
    for asked in ({"brief": "x", "webhook": given}, {"briefs": ["x"], "webhook": given}):
        path = JOBS if "brief" in asked else "/api/v1/batches"
        nested = {each["field"] for each in client.post(path, json=asked).get_json()["fields"]}
        assert {f"webhook.{each}" for each in fields} <= nested


def test_private_networks_can_be_allowed(make_app: Any, settings: Settings) -> None:
    allowing = settings.model_copy(update={"webhook_allow": "10.0.0.0/8"})
    client = admin_of(make_app(allowing))
    add(client, url="http://10.1.2.3/in")
    assert client.post(HOOKS, json={"url": "http://192.168.0.1/"}).status_code == 422


def test_job_with_its_own_webhook_lists_its_deliveries(
    client: FlaskClient, driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    add(client, events=["job.submitted"])
    hook = {"url": URL, "secret": SECRET, "events": ["job.submitted", "job.succeeded"]}
    job = client.post(JOBS, json={"brief": "teal mug", "webhook": hook}).get_json()
    form = {"brief": "teal mug", "webhook": json.dumps(hook)}
    other = client.post(JOBS, data=form, content_type="multipart/form-data").get_json()
    (line,) = client.get(f"{job['links']['self']}/deliveries").get_json()["deliveries"]
    assert (line["kind"], line["seq"], line["state"], line["url"]) == (
        "job.submitted",
        1,
        "pending",
        URL,
    )
    assert len(client.get(f"{other['links']['self']}/deliveries").get_json()["deliveries"]) == 1
    client.post(job["links"]["cancel"])
    page = client.get(f"{job['links']['self']}/deliveries?limit=1").get_json()
    assert page["next"] is not None
    assert client.get(page["next"]).get_json()["deliveries"] == []
    assert SECRET not in client.get(job["links"]["self"]).text
    assert client.get(f"{JOBS}/{UNKNOWN}/deliveries").status_code == 404
    form = {"brief": "x", "webhook": "{"}
    broken = client.post(JOBS, data=form, content_type="multipart/form-data")
    assert broken.get_json()["fields"][0]["field"] == "webhook"
    listed = client.post(JOBS, json={"brief": "x", "webhook": ["x"]})
    assert listed.get_json()["fields"][0]["field"] == "webhook"


def test_webhook_of_a_batch_receives_events_of_all_its_jobs(client: FlaskClient) -> None:
    hook = {"url": URL, "secret": SECRET}
    batch = client.post(
        "/api/v1/batches", json={"briefs": ["teal mug"], "seeds": [1, 2, 3], "webhook": hook}
    ).get_json()
    client.post(batch["links"]["cancel"])
    lines = client.get(LEDGER).get_json()["deliveries"]
    assert [line["kind"] for line in lines] == ["job.cancelled"] * 3
    own = client.get(f"{JOBS}/{batch['jobs'][0]['id']}/deliveries").get_json()
    assert len(own["deliveries"]) == 1


def test_webhook_is_part_of_the_idempotency_payload(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k"}
    hook = {"url": URL, "secret": SECRET}
    for asked, status in (
        ({"brief": "teal mug", "webhook": hook}, 202),
        ({"brief": "teal mug", "webhook": hook}, 202),
        ({"brief": "teal mug"}, 422),
    ):
        assert client.post(JOBS, json=asked, headers=headers).status_code == status
    without = DesignRequest.model_validate({"brief": "x"})
    # the payload hash from before webhooks existed
    assert payload_hash_of(without, None) == (
        "29631d8ac686067b95c88102299e9a6ed8d248714451f96db409817af71987af"
    )
    assert payload_hash_of(BatchRequest.model_validate({"briefs": ["x"]}), None)


def test_delivery_list_is_paginated_and_filtered(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    first = add(client, events=["job.submitted"])
    add(client, events=["job.submitted", "job.cancelled"], url="https://other.example/")
    jobs = [client.post(JOBS, json={"brief": "teal mug"}).get_json() for _ in range(3)]
    client.post(jobs[0]["links"]["cancel"])
    done = attempt(session_factory, Outcome(status=200))
    seen, url = [], f"{LEDGER}?limit=2"
    while url is not None:
        page = client.get(url).get_json()
        seen += [each["id"] for each in page["deliveries"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 7
    states = client.get(f"{LEDGER}?state=delivered").get_json()["deliveries"]
    assert [each["id"] for each in states] == [done]
    of_one = client.get(first["links"]["deliveries"]).get_json()["deliveries"]
    assert {each["endpoint_id"] for each in of_one} == {first["id"]}
    of_job = client.get(f"{LEDGER}?job={jobs[0]['id']}&state=pending&limit=1").get_json()
    assert f"job={jobs[0]['id']}" in of_job["next"]
    for query in ("state=lost", "limit=0", "before=x", "endpoint=x", "job=%00"):
        answer = client.get(f"{LEDGER}?{query}")
        assert answer.get_json()["fields"][0]["field"] == query.split("=")[0]


def test_failed_delivery_can_be_sent_again(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    add(client, events=["job.submitted"])
    client.post(JOBS, json={"brief": "teal mug"})
    refused = Outcome(error="refused: x is no public address", final=True, took_ms=3)
    delivery_id = attempt(session_factory, refused)
    shown = client.get(f"{LEDGER}/{delivery_id}").get_json()
    assert (shown["state"], shown["attempts"], shown["next_attempt_at"]) == ("failed", 1, None)
    assert shown["log"][0] | {"at": ""} == {
        "at": "",
        "status": None,
        "error": "refused: x is no public address",
        "took_ms": 3,
    }
    again = client.post(shown["links"]["send"])
    assert (again.status_code, again.get_json()["state"]) == (202, "pending")
    assert attempt(session_factory, Outcome(status=204)) == delivery_id
    for unknown in ("x", "msg_" + "0" * 32):
        answer = client.post(f"{LEDGER}/{unknown}/send")
        assert answer.get_json()["code"] == "delivery_not_found"


def test_webhook_endpoints_require_the_administrator(app: Flask) -> None:
    client = app.test_client()
    job = client.post(JOBS, json={"brief": "teal mug"}).get_json()
    for method, path in (
        ("GET", HOOKS),
        ("POST", HOOKS),
        ("GET", f"{HOOKS}/{UNKNOWN}"),
        ("PATCH", f"{HOOKS}/{UNKNOWN}"),
        ("DELETE", f"{HOOKS}/{UNKNOWN}"),
        ("POST", f"{HOOKS}/{UNKNOWN}/rotate"),
        ("GET", f"{JOBS}/{job['id']}/deliveries"),
        ("GET", LEDGER),
        ("GET", f"{LEDGER}/x"),
        ("POST", f"{LEDGER}/x/send"),
        ("GET", "/admin/webhooks/"),
        ("POST", "/admin/webhooks/"),
        ("POST", f"/admin/webhooks/{UNKNOWN}/rotate"),
        ("POST", f"/admin/webhooks/{UNKNOWN}/enabled"),
        ("POST", f"/admin/webhooks/{UNKNOWN}/remove"),
        ("POST", "/admin/webhooks/deliveries/x/send"),
    ):
        assert client.open(path, method=method).status_code == 401, path


def test_webhook_page_adds_rotates_pauses_removes_and_resends(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    assert "No webhook is registered." in client.get("/admin/webhooks/?lang=en").text
    form = {"url": URL, "events": ["job.submitted", "job.failed"], "description": "shop"}
    added = client.post("/admin/webhooks/", data=form, headers=PAGE).text
    assert "whsec_" in added
    assert "job.submitted, job.failed" in added
    assert "whsec_" not in client.get("/admin/webhooks/").text
    wrong = client.post("/admin/webhooks/", data=form | {"url": "http://10.0.0.1"}, headers=PAGE)
    assert wrong.status_code == 422
    assert "Only public addresses are allowed." in wrong.text
    assert 'value="http://10.0.0.1"' in wrong.text
    (endpoint,) = client.get(HOOKS).get_json()["webhooks"]
    own = f"/admin/webhooks/{endpoint['id']}"
    assert "whsec_" in client.post(f"{own}/rotate").text
    client.post(JOBS, json={"brief": "teal mug"})
    delivery_id = attempt(session_factory, Outcome(status=500, error="answered 500", final=True))
    assert "answered 500" in client.get("/admin/webhooks/").text
    sent = client.post(f"/admin/webhooks/deliveries/{delivery_id}/send", follow_redirects=True)
    assert ">pending<" in sent.text
    paused = client.post(f"{own}/enabled", data={"enabled": "0"}, follow_redirects=True)
    assert "Resume" in paused.text
    assert "添加 Webhook" in client.get("/admin/webhooks/?lang=zh").text
    client.post(f"{own}/remove")
    assert client.get(HOOKS).get_json()["webhooks"] == []


def test_command_line_manages_webhooks(
    client: FlaskClient,
    settings: Settings,
    session_factory: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"{PREFIX}HOME", str(settings.home))
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", settings.database_url)
    monkeypatch.setenv(f"{PREFIX}BROKER_URL", settings.broker_url)

    def run(*arguments: str, code: int = 0) -> str:
        ended = CliRunner().invoke(main, ["webhooks", *arguments])
        assert ended.exit_code == code, ended.output
        return ended.output

    added = run("add", URL, "--event", "job.submitted", "--note", "shop")
    endpoint_id = added.split()[1].rstrip(".")
    assert "whsec_" in added
    assert URL in run("list")
    assert "whsec_" in run("rotate", endpoint_id, "--keep-hours", "1")
    assert "2 secrets" in run("list")
    client.post(JOBS, json={"brief": "teal mug"})
    delivery_id = attempt(session_factory, Outcome(status=500, error="answered 500", final=True))
    assert "answered 500" in run("deliveries", "--state", "failed")
    assert "1 due now" in run("send", delivery_id)
    run("pause", endpoint_id)
    assert "paused" in run("list")
    run("resume", endpoint_id)
    assert "private" in run("add", "http://10.0.0.1/", code=1)
    assert "job.eaten" in run("add", URL, "--event", "job.eaten", code=2)
    assert "whsec_" in run("add", URL, "--secret", "x", code=1)
    assert "webhook_not_found" in run("remove", "x", code=1)
    run("remove", endpoint_id)
    assert run("list") == ""
