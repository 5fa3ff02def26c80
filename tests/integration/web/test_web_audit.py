"""Audit log: every act of an administrator leaves one event; its API and its page."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.audit.events import ACTIONS
from shared.clients import add_client
from shared.db.audit_models import AuditEvent
from tests.conftest import ADMIN_TOKEN
from tests.integration.web.test_web_admin import dataset
from tests.queue_driver import QueueDriver
from web.http.access import ADMIN_TOKEN_RIGHTS
from web.http.route_rights import ACCOUNTS_ONLY, ROUTE_RIGHTS

API = "/api/v1"
BRIEF = "a very secret brief of navy foxes"
HOOK = {"url": "https://hooks.example.org/path-with-a-secret?key=s3cret"}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Site:
    """The application, an administrator with a session, and a driver that acts as the worker."""

    admin: FlaskClient
    driver: QueueDriver

    def job(self) -> str:
        return str(self.admin.post(f"{API}/jobs", json={"brief": BRIEF}).get_json()["id"])

    def dead(self) -> str:
        job_id = self.job()
        self.driver.fail(self.driver.one(), retryable=False)
        return job_id

    def training(self) -> str:
        sent = {"dataset": (dataset(), "tiles.zip")}
        return str(self.admin.post(f"{API}/training-runs", data=sent).get_json()["job"]["id"])

    def hook(self) -> str:
        return str(self.admin.post(f"{API}/webhooks", json=HOOK).get_json()["id"])

    def delivery(self) -> str:
        self.hook()
        self.admin.post(f"{API}/jobs/{self.job()}/cancel")
        page = self.admin.get(f"{API}/webhook-deliveries").get_json()
        return str(page["deliveries"][0]["id"])

    def promoted(self) -> None:
        self.admin.post(f"{API}/models/releases/second/promote", json={})


@dataclass(frozen=True)
class Call:
    """How a route is called: what is prepared, and what is sent."""

    action: str
    prepare: Callable[[Site], Any] = lambda _: None
    """Returns the argument of the path, if it has one."""
    sent: Callable[[Any], dict[str, Any]] = lambda _: {}


def _json(**values: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda _: {"json": values}


def _form(**values: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda _: {"data": values}


_SECOND = lambda _: "second"  # noqa: E731
_ROUTES: dict[str, Call] = {
    "POST /api/v1/models/releases/<release>/promote": Call("model.promote", _SECOND, _json()),
    "POST /api/v1/models/rollback": Call("model.rollback", Site.promoted, _json()),
    "PATCH /api/v1/workspace": Call("workspace.retention", sent=_json(retention_s=86400)),
    "POST /account/data/retention": Call("workspace.retention", sent=_form(retention_s="86400")),
    "POST /api/v1/queue/pause": Call("queue.pause", sent=_json(stage="caption", reason="why")),
    "POST /api/v1/queue/resume": Call("queue.resume", sent=_json()),
    "POST /api/v1/dead-jobs/retry": Call(
        "job.retry_dead", Site.dead, lambda job: {"json": {"ids": [job]}}
    ),
    "POST /api/v1/training-runs": Call(
        "training.start", sent=lambda _: {"data": {"dataset": (dataset(), "tiles.zip")}}
    ),
    "POST /api/v1/webhooks": Call("webhook.add", sent=_json(**HOOK)),
    "PATCH /api/v1/webhooks/<endpoint_id>": Call("webhook.pause", Site.hook, _json(enabled=False)),
    "DELETE /api/v1/webhooks/<endpoint_id>": Call("webhook.remove", Site.hook),
    "POST /api/v1/webhooks/<endpoint_id>/rotate": Call("webhook.rotate", Site.hook, _json()),
    "POST /api/v1/webhook-deliveries/<delivery_id>/send": Call("webhook.redeliver", Site.delivery),
    "POST /admin/login": Call("session.sign_in", sent=_form(token=ADMIN_TOKEN)),
    "POST /admin/logout": Call("session.sign_out"),
    "POST /admin/models/releases/<release>/promote": Call("model.promote", _SECOND),
    "POST /admin/models/rollback": Call("model.rollback", Site.promoted),
    "POST /admin/queue/pause": Call("queue.pause", sent=_form(stage="all")),
    "POST /admin/queue/resume": Call("queue.resume", sent=_form(stage="all")),
    "POST /admin/queue/retry": Call("job.retry_dead", Site.dead, lambda job: {"data": {"id": job}}),
    "POST /admin/training": Call(
        "training.start", sent=lambda _: {"data": {"dataset": (dataset(), "tiles.zip")}}
    ),
    "POST /admin/training/<job_id>/cancel": Call("training.cancel", Site.training),
    "POST /admin/webhooks/": Call("webhook.add", sent=_form(**HOOK)),
    "POST /admin/webhooks/<endpoint_id>/rotate": Call("webhook.rotate", Site.hook),
    "POST /admin/webhooks/<endpoint_id>/enabled": Call(
        "webhook.resume", Site.hook, _form(enabled="1")
    ),
    "POST /admin/webhooks/<endpoint_id>/remove": Call("webhook.remove", Site.hook),
    "POST /admin/webhooks/deliveries/<delivery_id>/send": Call("webhook.redeliver", Site.delivery),
}
"""How each administrator's route is called, and the action that it records."""


def _administrative(app: Flask) -> Iterator[str]:
    """Yield the routes of administrators that change something; those of accounts are apart."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ACCOUNTS_ONLY:
            continue
        if rule.rule.startswith("/admin") or ROUTE_RIGHTS[rule.endpoint] in ADMIN_TOKEN_RIGHTS:
            yield from (f"{method} {rule.rule}" for method in (rule.methods or set()) - _READING)


@pytest.fixture
def site(app: Flask, driver: QueueDriver, released: None) -> Site:
    """The site with two releases, and a browser that is signed in."""
    browser = app.test_client()
    assert browser.post("/admin/login", data={"token": ADMIN_TOKEN}).status_code == 303
    return Site(admin=browser, driver=driver)


def _events(session_factory: sessionmaker[Session]) -> list[AuditEvent]:
    with session_factory() as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_every_administrative_route_has_an_expected_action(app: Flask) -> None:
    assert set(_administrative(app)) == set(_ROUTES)
    assert {call.action for call in _ROUTES.values()} <= set(ACTIONS)


@pytest.mark.parametrize("route", _ROUTES)
def test_a_call_leaves_exactly_one_event(
    route: str, site: Site, session_factory: sessionmaker[Session]
) -> None:
    call = _ROUTES[route]
    prepared = call.prepare(site)
    before = len(_events(session_factory))
    method, _space, rule = route.partition(" ")
    path = rule.partition("<")[0] + (f"{prepared}{rule.partition('>')[2]}" if "<" in rule else "")
    answer = site.admin.open(path, method=method, **call.sent(prepared))
    assert answer.status_code < 400, answer.text
    added = _events(session_factory)[before:]
    assert [event.action for event in added] == [call.action]
    (event,) = added
    assert (event.actor, event.actor_kind) == ("admin", "admin_session")
    assert event.object_kind == ACTIONS[call.action]
    assert (event.address, event.request_id) == ("127.0.0.1", answer.headers["X-Request-ID"])
    if "<" in rule:
        assert event.object_id == prepared
    told = json.dumps([event.before, event.after])
    assert not [secret for secret in (BRIEF, "s3cret", "whsec_", ADMIN_TOKEN) if secret in told]


def test_before_and_after_say_what_changed(
    site: Site, session_factory: sessionmaker[Session]
) -> None:
    url = f"{API}/models/releases/second/promote"
    site.admin.post(url, json={"reason": "better colours"})
    event = _events(session_factory)[-1]
    assert event.before == {"champion": "first"}
    assert event.after == {"champion": "second", "reason": "better colours", "force": False}


def test_a_refused_act_leaves_no_event(site: Site, session_factory: sessionmaker[Session]) -> None:
    before = len(_events(session_factory))
    assert site.admin.post(f"{API}/models/releases/none/promote", json={}).status_code == 404
    assert site.admin.post(f"{API}/queue/pause", json={"stage": "none"}).status_code == 422
    assert len(_events(session_factory)) == before


def test_repeated_start_of_a_training_leaves_one_event(
    site: Site, session_factory: sessionmaker[Session]
) -> None:
    archive = dataset().getvalue()
    for _ in range(2):
        content = {"dataset": (io.BytesIO(archive), "tiles.zip")}
        headers = {"Idempotency-Key": "once"}
        answer = site.admin.post(f"{API}/training-runs", data=content, headers=headers)
        assert answer.status_code == 202
    actions = [event.action for event in _events(session_factory)]
    assert actions.count("training.start") == 1


def test_failed_sign_ins_are_recorded_without_the_token(
    app: Flask, session_factory: sessionmaker[Session]
) -> None:
    stranger = app.test_client()
    stranger.post("/admin/login", data={"token": "a-wrong-guess"})
    stranger.post("/admin/login", data={"code": "a-wrong-link"})
    stranger.get(f"{API}/queue", headers={"Authorization": "Bearer another-wrong-guess"})
    events = _events(session_factory)
    assert {event.action for event in events} == {"session.sign_in_failed"}
    assert {(event.actor, event.actor_kind) for event in events} == {
        ("address:127.0.0.1", "visitor")
    }
    means = [(event.after or {})["means"] for event in events]
    assert means == ["token", "link", "bearer_token"]


def test_sign_out_without_a_session_is_not_recorded(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    assert client.post("/admin/logout").status_code == 303
    assert _events(session_factory) == []


def test_changes_of_somebodys_things_name_the_actor(
    app: Flask, site: Site, session_factory: sessionmaker[Session]
) -> None:
    with session_factory.begin() as session:
        token = add_client(session, "studio")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    job_id = site.job()
    collection = client.post(f"{API}/collections", json={"name": "Autumn"}).get_json()["id"]
    before = len(_events(session_factory)) - 1
    calls: list[tuple[str, str, Any]] = [
        ("patch", f"collections/{collection}", {"name": "Winter"}),
        ("put", f"collections/{collection}/jobs/{job_id}", None),
        ("post", "jobs/bulk", {"jobs": [job_id], "add_tags": ["cold"]}),
        ("patch", f"jobs/{job_id}", {"name": "Foxes"}),
        ("delete", f"jobs/{job_id}", None),
        ("post", f"jobs/{job_id}/restore", None),
        ("post", f"jobs/{job_id}/restore", None),
        ("post", "jobs/bulk", {"jobs": [job_id], "delete": True}),
        ("post", "jobs/bulk", {"jobs": [job_id], "restore": True}),
        ("delete", f"collections/{collection}", None),
    ]
    for method, path, body in calls:
        answer = getattr(client, method)(f"{API}/{path}", json=body)
        assert answer.status_code < 300, (path, answer.text)
    events = _events(session_factory)[before:]
    assert [event.action for event in events] == [
        *("collection.create", "collection.rename", "collection.change"),
        *("job.change", "job.change", "job.delete", "job.restore", "job.delete", "job.restore"),
        "collection.delete",
    ]
    assert {(event.actor, event.actor_kind) for event in events} == {("client:studio", "client")}
    deleted = next(event for event in events if event.action == "job.delete")
    assert deleted.before == {"state": "queued", "owner": "address:127.0.0.1"}


def test_log_is_paged_filtered_and_exported(site: Site, admin: FlaskClient) -> None:
    for number in range(30):
        site.admin.post(f"{API}/queue/pause", json={"stage": "all", "reason": f"r{number}"})
        site.admin.post(f"{API}/queue/resume", json={})
    page = admin.get(f"{API}/audit?action=queue.pause&limit=20").get_json()
    assert [event["after"]["reason"] for event in page["events"]][:2] == ["r29", "r28"]
    following = admin.get(page["next"]).get_json()
    assert len(following["events"]) == 10
    assert following["next"] is None
    exported = admin.get(f"{API}/audit?action=queue", headers={"Accept": "application/x-ndjson"})
    assert exported.mimetype == "application/x-ndjson"
    lines = [json.loads(line) for line in exported.text.splitlines()]
    assert len(lines) == 60
    assert lines[1] == page["events"][0]
    at = lines[10]["at"]
    newer = admin.get(f"{API}/audit", query_string={"since": at, "limit": 100}).get_json()
    older = admin.get(f"{API}/audit", query_string={"until": at, "limit": 100}).get_json()
    assert len(newer["events"]) == 11
    assert newer["events"][-1]["at"] == at
    assert older["events"][0]["id"] < newer["events"][-1]["id"]
    assert admin.get(f"{API}/audit?actor=client:none").get_json()["events"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("action", "model.destroy"), ("since", "yesterday"), ("until", "0001-01-01")),
        *(("before", "x"), ("before", "9" * 19), ("limit", "0")),
    ],
)
def test_invalid_parameters_are_named(field: str, value: str, admin: FlaskClient) -> None:
    answer = admin.get(f"{API}/audit", query_string={field: value})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["fields"]] == [field]


def test_log_is_for_administrators_only(client: FlaskClient) -> None:
    assert client.get(f"{API}/audit").status_code == 401
    assert client.get("/admin/audit").status_code == 401


def test_page_shows_filters_and_older_events(site: Site) -> None:
    for number in range(51):
        site.admin.post(f"{API}/queue/pause", json={"stage": "all", "reason": f"reason-{number}"})
    page = site.admin.get("/admin/audit?action=queue.pause").text
    assert "reason-50" in page
    assert "reason-0<" not in page
    assert "before=" in page
    assert "No event matches." in site.admin.get("/admin/audit?actor=nobody").text
    refused = site.admin.get("/admin/audit?since=x", headers={"Accept": "text/html"})
    assert refused.status_code == 422
    assert "since:" in refused.text
