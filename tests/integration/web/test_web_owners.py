"""Owners of jobs (API clients, browsers, addresses) and their limits, priorities and deadlines."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.clients import add_client, remove_client
from shared.db.models import Job, StageRun
from shared.db.webhook_models import WebhookEndpoint
from shared.settings import Settings

JOBS = "/api/v1/jobs"
BRIEF = {"brief": "teal waves"}


def owner_of(session_factory: Any, answer: Any) -> str:
    assert answer.status_code == 202, answer.get_json()
    with session_factory() as session:
        return session.scalar(select(Job.owner).where(Job.id == answer.get_json()["id"]))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def register(session_factory: Any, name: str, **limits: Any) -> str:
    with session_factory.begin() as session:
        return add_client(session, name, **limits)


def test_owner_without_a_token_is_the_address(client: FlaskClient, session_factory: Any) -> None:
    assert owner_of(session_factory, client.post(JOBS, json=BRIEF)) == "address:127.0.0.1"
    far = client.post(JOBS, json=BRIEF, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert owner_of(session_factory, far) == "address:192.0.2.7"


def test_each_browser_session_is_an_owner(app: Any, session_factory: Any) -> None:
    owners = set()
    for _ in range(2):
        browser = app.test_client()
        browser.get("/")
        first, second = browser.post(JOBS, json=BRIEF), browser.post(JOBS, json=BRIEF)
        assert owner_of(session_factory, first) == owner_of(session_factory, second)
        owners.add(owner_of(session_factory, first))
    assert len(owners) == 2
    assert all(each.startswith("visitor:") for each in owners)


def test_owner_with_a_token_is_the_api_client(client: FlaskClient, session_factory: Any) -> None:
    token = register(session_factory, "studio")
    answer = client.post(JOBS, json=BRIEF, headers=bearer(token))
    assert owner_of(session_factory, answer) == "client:studio"
    with session_factory.begin() as session:
        assert remove_client(session, "studio")
        assert not remove_client(session, "studio")
    refused = client.post(JOBS, json=BRIEF, headers=bearer(token))
    assert (refused.status_code, refused.get_json()["code"]) == (401, "unauthorized")


def test_owner_with_the_administrator_token_is_admin(
    admin: FlaskClient, session_factory: Any
) -> None:
    assert owner_of(session_factory, admin.post(JOBS, json=BRIEF)) == "admin"


def test_owner_above_its_job_limit_gets_429(make_app: Any, settings: Settings) -> None:
    client = make_app(settings.model_copy(update={"max_jobs_per_owner": 1})).test_client()
    first = client.post(JOBS, json=BRIEF)
    refused = client.post(JOBS, json=BRIEF)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "owner_limit")
    assert int(refused.headers["Retry-After"]) >= 1
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post(JOBS, json=BRIEF, environ_base=elsewhere).status_code == 202
    client.post(first.get_json()["links"]["cancel"])
    assert client.post(first.get_json()["links"]["retry"]).status_code == 202
    refused = client.post(first.get_json()["links"]["retry"])
    assert (refused.status_code, refused.get_json()["code"]) == (429, "owner_limit")


def test_limit_of_a_client_overrides_the_default(client: FlaskClient, session_factory: Any) -> None:
    headers = bearer(register(session_factory, "small", max_jobs=1))
    assert client.post(JOBS, json=BRIEF, headers=headers).status_code == 202
    assert client.post(JOBS, json=BRIEF, headers=headers).status_code == 429
    assert client.post(JOBS, json=BRIEF).status_code == 202


def test_high_priority_requires_permission(
    client: FlaskClient, admin: FlaskClient, session_factory: Any
) -> None:
    asked = BRIEF | {"priority": "high"}
    refused = client.post(JOBS, json=asked)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    low = client.post(JOBS, json=BRIEF | {"priority": "low"})
    assert low.get_json()["priority"] == -1
    assert admin.post(JOBS, json=asked).get_json()["priority"] == 1
    plain = bearer(register(session_factory, "plain"))
    assert client.post(JOBS, json=asked, headers=plain).status_code == 403
    urgent = bearer(register(session_factory, "urgent", top_priority=1))
    assert client.post(JOBS, json=asked, headers=urgent).status_code == 202
    unknown = client.post(JOBS, json=BRIEF | {"priority": "highest"})
    assert unknown.get_json()["fields"][0]["field"] == "priority"


@pytest.mark.parametrize("path", ["/api/v1/jobs/{}/retry", "/jobs/{}/retry"])
def test_retry_priority_is_capped_at_the_maximum_of_its_owner(
    client: FlaskClient, admin: FlaskClient, session_factory: Any, path: str
) -> None:
    urgent = bearer(register(session_factory, "urgent", top_priority=1))
    low = bearer(register(session_factory, "low", top_priority=-1))
    old = client.post(JOBS, json=BRIEF | {"priority": "high"}, headers=urgent).get_json()
    assert old["priority"] == 1
    client.post(old["links"]["cancel"])
    wanted = []
    for asker, headers, owner, priority in (
        (client, {}, "address:127.0.0.1", 0),
        (client, low, "client:low", -1),
        (client, urgent, "client:urgent", 1),
        (admin, {}, "admin", 1),
    ):
        assert asker.post(path.format(old["id"]), headers=headers).status_code in {202, 303}
        wanted.append((owner, priority))
    with session_factory() as session:
        made = select(Job.owner, Job.priority).where(Job.retried_from == old["id"])
        runs = select(StageRun.priority).join(Job, Job.id == StageRun.job_id)
        assert session.execute(made.order_by(Job.id)).all() == wanted
        assert set(session.scalars(runs.where(Job.owner == "address:127.0.0.1"))) == {0}


def test_retry_by_another_owner_copies_no_webhook_or_idempotency_key(
    client: FlaskClient, session_factory: Any
) -> None:
    theirs = bearer(register(session_factory, "studio"))
    hook = {"url": "https://example.org/", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    asked = BRIEF | {"webhook": hook}
    headers = theirs | {"Idempotency-Key": "k", "Cancel-After": "90"}
    old = client.post(JOBS, json=asked, headers=headers).get_json()
    client.post(old["links"]["cancel"])
    new = client.post(old["links"]["retry"]).get_json()
    assert new["deadline"] is None
    with session_factory() as session:
        assert session.get(Job, new["id"]).idempotency_key is None
        assert session.scalars(select(WebhookEndpoint.job_id)).all() == [old["id"]]
    same = client.post(JOBS, json=BRIEF, headers={"Idempotency-Key": "k"})
    assert same.get_json()["id"] != old["id"]


def test_cancel_after_sets_the_deadline(client: FlaskClient) -> None:
    job = client.post(JOBS, json=BRIEF, headers={"Cancel-After": "90"}).get_json()
    assert job["deadline"] > job["created_at"]
    assert client.post(JOBS, json=BRIEF).get_json()["deadline"] is None


@pytest.mark.parametrize("text", ["", "0", "-5", "1.5", "soon", "2592001", "99999999999", "１０"])
def test_invalid_cancel_after_is_refused(client: FlaskClient, text: str) -> None:
    headers = {"Cancel-After": text.encode().decode("latin-1")}
    refused = client.post(JOBS, json=BRIEF, headers=headers)
    assert refused.status_code == 422
    assert refused.get_json()["fields"][0]["field"] == "Cancel-After"


def test_original_and_retry_link_to_each_other(client: FlaskClient) -> None:
    old = client.post(JOBS, json=BRIEF).get_json()
    client.post(old["links"]["cancel"])
    before = client.get(old["links"]["self"])
    new = client.post(old["links"]["retry"]).get_json()
    assert new["retried_from"] == old["id"]
    tag = {"If-None-Match": before.headers["ETag"]}
    after = client.get(old["links"]["self"], headers=tag)
    assert (after.status_code, after.get_json()["retried_as"]) == (200, [new["id"]])
    tag = {"If-None-Match": after.headers["ETag"]}
    assert client.get(old["links"]["self"], headers=tag).status_code == 304
