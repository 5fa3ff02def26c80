"""Deletion of one's own account in API and pages, and the retention of a workspace."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.people import NewAccount, create_account
from shared.accounts.workspaces import set_role
from shared.db.account_models import Account
from shared.db.models import Job
from shared.main_workspace import MAIN_WORKSPACE
from shared.settings import Settings
from tests.deletion_steps import end_undo

PASSWORD = "seven green herons"
ACCOUNT, RESTORE = "/api/v1/account", "/api/v1/account/restore"
WORKSPACE = "/api/v1/workspace"


@pytest.fixture
def application(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(settings.model_copy(update={"mode": "accounts", "job_ttl_s": None}))


def _person(factory: sessionmaker[Session], name: str, role: str) -> None:
    with factory.begin() as session:
        account = create_account(session, NewAccount(name=name, password=PASSWORD))
        set_role(session, account.id, MAIN_WORKSPACE, role)


def _signed_in(application: Flask, name: str) -> FlaskClient:
    client = application.test_client()
    answer = client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.get_json()
    return client


def _code(answer: Any) -> str:
    return str(answer.get_json()["code"])


def test_own_account_is_deleted_with_the_password_and_restored(
    application: Flask, session_factory: sessionmaker[Session]
) -> None:
    _person(session_factory, "kai", "administrator")
    _person(session_factory, "mei", "designer")
    mei, chief = _signed_in(application, "mei"), _signed_in(application, "kai")
    job_id = mei.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()["id"]
    wrong = mei.delete(ACCOUNT, json={"password": "no"})
    assert (wrong.status_code, wrong.get_json()["fields"][0]["field"]) == (422, "password")
    assert chief.get(f"/api/v1/jobs/{job_id}").status_code == 200

    gone = mei.delete(ACCOUNT, json={"password": PASSWORD})
    assert gone.get_json()["undo_s"] == 600
    assert mei.get(ACCOUNT).status_code == 401
    assert chief.get(f"/api/v1/jobs/{job_id}").status_code == 410
    credentials = {"name": "mei", "password": PASSWORD}
    assert _code(application.test_client().post("/api/v1/session", json=credentials)) == (
        "account_deleted"
    )
    bad = application.test_client().post(RESTORE, json=credentials | {"password": "no"})
    assert _code(bad) == "sign_in_failed"
    restored = application.test_client().post(gone.get_json()["links"]["restore"], json=credentials)
    assert restored.get_json() == {"id": gone.get_json()["id"]}
    assert mei.get(ACCOUNT).status_code == 200
    assert chief.get(f"/api/v1/jobs/{job_id}").status_code == 200
    again = application.test_client().post(RESTORE, json=credentials)
    assert (again.status_code, _code(again)) == (404, "account_not_found")
    events = chief.get("/api/v1/audit?action=account").get_json()["events"]
    assert [event["action"] for event in events] == ["account.restore", "account.delete"]
    assert "mei" not in str(events)
    (ledger,) = chief.get("/api/v1/deletions").get_json()["deletions"]
    assert (ledger["kind"], ledger["state"], ledger["jobs"]) == ("account", "restored", 1)


def test_last_administrator_is_told_why_not(
    application: Flask, session_factory: sessionmaker[Session]
) -> None:
    _person(session_factory, "kai", "administrator")
    client = _signed_in(application, "kai")
    refused = client.delete(ACCOUNT, json={"password": PASSWORD})
    assert (refused.status_code, _code(refused)) == (409, "last_administrator")
    page = client.post("/account/delete", data={"password": PASSWORD})
    assert page.status_code == 409
    assert "administrator" in page.text
    assert client.get(ACCOUNT).status_code == 200


def test_pages_delete_the_account_and_restore_it_in_the_same_browser(
    application: Flask, session_factory: sessionmaker[Session]
) -> None:
    _person(session_factory, "kai", "administrator")
    _person(session_factory, "mei", "designer")
    mei = _signed_in(application, "mei")
    assert "/account/delete" in mei.get("/account/").text
    assert mei.post("/account/delete", data={"password": "no"}).status_code == 422
    deleted = mei.post("/account/delete", data={"password": PASSWORD})
    assert "Your account is deleted" in deleted.text
    assert application.test_client().post("/account/restore").status_code == 404
    assert mei.post("/account/restore").headers["Location"] == "/jobs"
    assert mei.get("/jobs").status_code == 200

    mei.post("/account/delete", data={"password": PASSWORD})
    other = application.test_client()
    credentials = {"name": "mei", "password": PASSWORD}
    refused = other.post("/sign-in", data=credentials)
    assert refused.status_code == 403
    assert "/account/restore" in refused.text
    assert other.post("/account/restore", data=credentials).headers["Location"] == "/jobs"
    assert other.get("/jobs").status_code == 200
    mei.post("/account/delete", data={"password": PASSWORD})
    end_undo(session_factory)
    assert mei.post("/account/restore").status_code == 404


def test_account_without_password_confirms_with_its_name(
    application: Flask, session_factory: sessionmaker[Session]
) -> None:
    _person(session_factory, "kai", "administrator")
    _person(session_factory, "mei", "designer")
    mei = _signed_in(application, "mei")
    with session_factory.begin() as session:
        session.scalars(select(Account).where(Account.name == "mei")).one().password_hash = None
    assert mei.delete(ACCOUNT, json={}).get_json()["fields"][0]["field"] == "name"
    assert mei.delete(ACCOUNT, json={"name": "Mei"}).status_code == 200


def test_retention_of_the_workspace_limits_new_jobs(
    application: Flask, session_factory: sessionmaker[Session]
) -> None:
    _person(session_factory, "kai", "administrator")
    _person(session_factory, "mei", "designer")
    chief, mei = _signed_in(application, "kai"), _signed_in(application, "mei")
    before = mei.post("/api/v1/jobs", json={"brief": "first"}).get_json()["id"]
    assert mei.get(WORKSPACE).get_json()["kept_s"] is None
    assert mei.patch(WORKSPACE, json={"retention_s": 86_400}).status_code == 403
    assert chief.patch(WORKSPACE, json={"retention_s": 60}).status_code == 422
    changed = chief.patch(WORKSPACE, json={"retention_s": 86_400}).get_json()
    assert (changed["retention_s"], changed["kept_s"]) == (86_400, 86_400)
    after = mei.post("/api/v1/jobs", json={"brief": "second"}).get_json()["id"]
    sooner = mei.post("/api/v1/jobs", json={"brief": "third", "ttl_s": 3600}).get_json()["id"]
    batch = mei.post("/api/v1/batches", json={"briefs": ["fourth"]}).get_json()
    with session_factory() as session:
        ttl = dict(session.execute(select(Job.id, Job.ttl_s)).all())
    assert (ttl[before], ttl[after], ttl[sooner]) == (None, 86_400, 3600)
    assert ttl[batch["jobs"][0]["id"]] == 86_400
    assert "deleted a day after" in mei.get("/account/data").text
    assert 'name="retention_s"' not in mei.get("/account/data").text
    chief.post("/account/data/retention", data={"retention_s": "604800.0"})
    assert mei.get(WORKSPACE).get_json()["retention_s"] == 604_800
    chief.post("/account/data/retention", data={"retention_s": ""})
    assert mei.get(WORKSPACE).get_json()["retention_s"] is None
    events = chief.get("/api/v1/audit?action=workspace").get_json()["events"]
    assert [event["after"] for event in events][-1] == {"retention_s": 86_400}


def test_installation_limits_the_retention_of_a_workspace(
    make_app: Callable[[Settings], Flask],
    settings: Settings,
    session_factory: sessionmaker[Session],
) -> None:
    application = make_app(settings.model_copy(update={"job_ttl_s": 7200.0}))
    client = application.test_client()
    admin = {"Authorization": f"Bearer {settings.admin_token.get_secret_value()}"}  # type: ignore[union-attr]
    assert client.patch(WORKSPACE, json={"retention_s": 86_400}).status_code == 401
    answer = client.patch(WORKSPACE, json={"retention_s": 86_400}, headers=admin).get_json()
    assert (answer["retention_s"], answer["kept_s"]) == (86_400, 7200)
    client.post("/api/v1/jobs", json={"brief": "teal mug"})
    with session_factory() as session:
        assert session.scalars(select(Job.ttl_s)).all() == [7200]
