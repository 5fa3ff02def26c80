"""Quotas over HTTP: refusals, headers, usage, and visitors that share an address."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.api_keys import create_key
from shared.accounts.quotas import set_quota
from shared.accounts.sessions import Visit, create_session, use_workspace
from shared.accounts.workspaces import set_role
from shared.audit.events import Actor
from shared.db.account_models import Account
from shared.db.ids import new_id
from shared.db.models import Job
from shared.db.quota_models import QuotaEntry
from shared.main_workspace import MAIN_WORKSPACE
from shared.settings import Settings
from tests.account_steps import new_key, pass_time
from tests.integration.web.conftest import picture
from tests.queue_driver import QueueDriver

JOBS = "/api/v1/jobs"
BATCHES = "/api/v1/batches"
USAGE = "/api/v1/usage"
BRIEF = {"brief": "teal waves", "variants": 1, "seed": 7}
MakeApp = Callable[[Settings], Flask]


@pytest.fixture
def limited(make_app: MakeApp, settings: Settings) -> Callable[..., Flask]:
    """Return a function that makes an application with these settings."""
    return lambda **given: make_app(settings.model_copy(update=given))


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def visitor(application: Flask, address: str) -> FlaskClient:
    """Return a browser with a cookie of its own."""
    client = application.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    client.get("/")
    return client


def usage(client: FlaskClient) -> dict[str, dict[str, Any]]:
    return {limit["name"]: limit for limit in client.get(USAGE).get_json()["limits"]}


def test_many_cookies_of_one_address_share_its_limit(limited: Any) -> None:
    application = limited(max_jobs_per_address=5)
    answers = [visitor(application, "198.51.100.4").post(JOBS, json=BRIEF) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429] * 2
    assert code(answers[-1]) == (429, "address_limit")
    assert int(answers[-1].headers["Retry-After"]) >= 1
    elsewhere = visitor(application, "198.51.100.5").post(JOBS, json=BRIEF)
    assert elsewhere.status_code == 202


def test_addresses_of_one_ipv6_network_share_its_limit(limited: Any) -> None:
    application = limited(max_daily_jobs_per_address=1)
    assert visitor(application, "2001:db8::1").post(JOBS, json=BRIEF).status_code == 202
    again = visitor(application, "2001:db8::ffff:2").post(JOBS, json=BRIEF)
    assert code(again) == (429, "address_limit")
    other = visitor(application, "2001:db8:0:1::1").post(JOBS, json=BRIEF)
    assert other.status_code == 202


def test_address_is_kept_as_a_keyed_hash_and_only_if_it_is_limited(
    limited: Any, session_factory: sessionmaker[Session]
) -> None:
    visitor(limited(), "198.51.100.4").post(JOBS, json=BRIEF)
    visitor(limited(max_jobs_per_address=5), "198.51.100.4").post(JOBS, json=BRIEF)
    other_key = {"secret_key": SecretStr("another-key-of-more-than-32-characters")}
    visitor(limited(max_jobs_per_address=5, **other_key), "198.51.100.4").post(JOBS, json=BRIEF)
    with session_factory() as session:
        kept = session.scalars(select(QuotaEntry.network).order_by(QuotaEntry.id)).all()
    assert kept[0] is None
    assert [len(each or "") for each in kept[1:]] == [32, 32]
    assert kept[1] != kept[2]


def test_refusal_names_the_limit_and_when_to_come_back(limited: Any) -> None:
    client = limited(max_daily_jobs_per_owner=1).test_client()
    client.post(JOBS, json=BRIEF)
    refused = client.post(JOBS, json=BRIEF)
    assert code(refused) == (429, "daily_limit")
    problem = refused.get_json()
    assert problem["violated-policies"] == ["jobs-per-day"]
    assert problem["limits"] == [{"name": "jobs-per-day", "limit": 1, "used": 1}]
    assert problem["detail"] == "The limit of jobs in 24 hours is 1; you have submitted 1."
    assert 86_300 <= int(refused.headers["Retry-After"]) <= 86_400
    in_chinese = client.post(JOBS, json=BRIEF, headers={"Accept-Language": "zh"}).get_json()
    assert "24" in in_chinese["detail"]
    assert in_chinese["detail"] != problem["detail"]


def test_headers_follow_the_draft(limited: Any, driver: QueueDriver) -> None:
    application = limited(
        max_daily_jobs_per_owner=3, max_bytes_per_owner=1_000_000_000, max_jobs_per_address=2
    )
    client = application.test_client()
    first = client.post(JOBS, json=BRIEF)
    assert first.headers["RateLimit-Policy"] == (
        '"address";q=3000;w=5, '
        '"stored-bytes";q=1000000000;qu="content-bytes", "jobs-per-day";q=3;w=86400, '
        '"unfinished-jobs";q=2000;qu="concurrent-requests", '
        '"address-unfinished-jobs";q=2;qu="concurrent-requests"'
    )
    address, _comma, quotas = first.headers["RateLimit"].partition(", ")
    assert address == '"address";r=2999;t=1'
    assert quotas == (
        '"stored-bytes";r=1000000000, "jobs-per-day";r=2;t=86400, "unfinished-jobs";r=1999'
    )
    client.post(JOBS, json=BRIEF)
    refused = client.post(JOBS, json=BRIEF)
    assert code(refused) == (429, "address_limit")
    assert refused.headers["RateLimit"].endswith('"address-unfinished-jobs";r=0')
    assert '"jobs-per-day";r=1;t=' in refused.headers["RateLimit"]
    shown = client.get(USAGE)
    assert shown.headers["RateLimit-Policy"] == first.headers["RateLimit-Policy"]
    assert '"jobs-per-day";r=1;t=' in shown.headers["RateLimit"]
    assert "jobs-per-day" not in client.get(JOBS).headers["RateLimit"]


def test_batch_above_the_limit_records_nothing(
    limited: Any, session_factory: sessionmaker[Session]
) -> None:
    client = limited(max_daily_jobs_per_owner=5).test_client()
    asked = {"briefs": ["teal mug", "red poster"], "seeds": [1, 2]}
    first = client.post(BATCHES, json=asked)
    assert first.status_code == 202
    assert '"jobs-per-day";r=1' in first.headers["RateLimit"]
    assert code(client.post(BATCHES, json=asked)) == (429, "daily_limit")
    with session_factory() as session:
        assert len(session.scalars(select(Job.id)).all()) == 4
    assert client.post(JOBS, json=BRIEF).status_code == 202
    too_large = client.post(BATCHES, json=asked | {"seeds": [1, 2, 3]})
    assert code(too_large) == (429, "daily_limit")
    assert "Retry-After" not in too_large.headers  # it never fits


def test_everything_that_is_drawn_counts(limited: Any, driver: QueueDriver, released: None) -> None:
    client = limited(max_daily_jobs_per_owner=100).test_client()
    made = client.post(JOBS, json=BRIEF).get_json()
    driver.run_all()
    asked: list[tuple[str, dict[str, Any]]] = [
        (JOBS, BRIEF | {"listed": False}),
        (f"{JOBS}/{made['id']}/variants/0/edits", {"say": "background deep red"}),
        (f"{JOBS}/{made['id']}/prints", {"variant": 0}),
        (f"{JOBS}/{made['id']}/retry", {}),
        (f"/jobs/{made['id']}/again", {}),
    ]
    for number, (path, body) in enumerate(asked, start=2):
        given: dict[str, Any] = {"json": body} if path.startswith("/api") else {"data": body}
        assert client.post(path, **given).status_code in {202, 303}, path
        assert usage(client)["jobs-per-day"]["used"] == number, path
    record = client.get(f"{JOBS}/{made['id']}").get_json()
    design = next(each for each in record["artifacts"] if each["kind"] == "design")
    document = client.get(design["url"]).get_json()
    rendered = client.post("/api/v1/designs/render", json={"design": document})
    assert rendered.status_code == 202
    assert usage(client)["jobs-per-day"]["used"] == 7


def test_usage_of_a_design_with_a_reference(limited: Any, driver: QueueDriver) -> None:
    client = limited().test_client()
    before = usage(client)
    assert before["stored-bytes"] == {
        "name": "stored-bytes",
        "scope": "owner",
        "limit": None,
        "used": 0,
        "remaining": None,
        "reached": False,
        "window_s": None,
        "frees_in_s": None,
    }
    job = client.post(JOBS, data=BRIEF | {"reference": (io.BytesIO(picture()), "a.png")}).get_json()
    reference = usage(client)["stored-bytes"]["used"]
    assert reference > 0
    driver.run_all(has_reference=True)
    done = client.get(f"{JOBS}/{job['id']}").get_json()
    drawn = sum(driver.store.size(each["sha256"]) or 0 for each in done["artifacts"])
    assert usage(client)["stored-bytes"]["used"] == reference + drawn
    client.delete(f"{JOBS}/{job['id']}")
    after = usage(client)
    assert after["stored-bytes"]["used"] == 0
    assert after["jobs-per-day"]["used"] == 1
    assert after["unfinished-jobs"]["used"] == 0


def test_usage_of_an_address_is_not_told(limited: Any) -> None:
    application = limited(max_daily_jobs_per_address=2)
    client = visitor(application, "198.51.100.4")
    visitor(application, "198.51.100.4").post(JOBS, json=BRIEF)
    limit = usage(client)["address-jobs-per-day"]
    assert (limit["limit"], limit["used"], limit["remaining"]) == (2, None, None)
    assert (limit["scope"], limit["reached"]) == ("address", False)
    client.post(JOBS, json=BRIEF)
    assert usage(client)["address-jobs-per-day"]["reached"]


def test_window_of_an_address_passes(limited: Any, session_factory: sessionmaker[Session]) -> None:
    application = limited(max_daily_jobs_per_address=1)
    assert visitor(application, "198.51.100.4").post(JOBS, json=BRIEF).status_code == 202
    refused = visitor(application, "198.51.100.4").post(JOBS, json=BRIEF)
    wait_s = int(refused.headers["Retry-After"])
    pass_time(session_factory, QuotaEntry, wait_s - 60, "at")
    assert visitor(application, "198.51.100.4").post(JOBS, json=BRIEF).status_code == 429
    pass_time(session_factory, QuotaEntry, 60, "at")
    assert visitor(application, "198.51.100.4").post(JOBS, json=BRIEF).status_code == 202


def test_page_shows_what_is_used(limited: Any) -> None:
    client = limited(max_daily_jobs_per_owner=1).test_client()
    job = client.post(JOBS, json=BRIEF).get_json()
    client.post(job["links"]["cancel"])
    page = client.get("/usage", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "Jobs in 24 hours" in page
    assert "used up" in page
    refused = client.post("/designs", data={"brief": "teal"}, headers={"Accept": "text/html"})
    assert refused.status_code == 429
    assert "have submitted 1" in refused.get_data(as_text=True)
    assert "RateLimit" not in refused.headers
    again = client.post(f"/jobs/{job['id']}/retry", headers={"Accept": "text/html"})
    assert 'href="/usage"' in again.get_data(as_text=True)


def test_account_has_its_limits_in_every_browser_and_by_every_key(
    limited: Any, session_factory: sessionmaker[Session]
) -> None:
    application = limited(mode="accounts", max_daily_jobs_per_owner=2)
    anna, key = member(application, session_factory, "anna")
    berta, _key = member(application, session_factory, "berta")
    program = application.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    assert anna.post(JOBS, json=BRIEF).status_code == 202
    assert program.post(JOBS, json=BRIEF).status_code == 202
    for client in (anna, program):
        assert code(client.post(JOBS, json=BRIEF)) == (429, "daily_limit")
        assert usage(client)["jobs-per-day"]["remaining"] == 0
    assert berta.post(JOBS, json=BRIEF).status_code == 202
    with session_factory.begin() as session:
        operator = Actor(name="cli:root", kind="command_line")
        set_quota(session, operator, "anna", {"jobs_per_day": 3})
    assert anna.post(JOBS, json=BRIEF).status_code == 202
    assert code(anna.post(JOBS, json=BRIEF)) == (429, "daily_limit")


def test_defaults_with_accounts_are_limits_and_strangers_see_none(
    limited: Any, session_factory: sessionmaker[Session]
) -> None:
    application = limited(mode="accounts")
    anna, _key = member(application, session_factory, "anna")
    found = {name: limit["limit"] for name, limit in usage(anna).items()}
    assert found == {
        "stored-bytes": 20_000_000_000,
        "jobs-per-day": 1_000,
        "unfinished-jobs": 200,
        "address-jobs-per-day": 5_000,
        "address-unfinished-jobs": 1_000,
    }
    anna.post(JOBS, json=BRIEF)
    with session_factory() as session:
        assert len(session.scalars(select(QuotaEntry.network)).one() or "") == 32
    assert code(application.test_client().get(USAGE)) == (401, "unauthorized")


def member(
    application: Flask, factory: sessionmaker[Session], name: str
) -> tuple[FlaskClient, str]:
    """Return the browser of a new designer, and an API key of the account."""
    client = application.test_client()
    with factory.begin() as session:
        account = Account(id=new_id(), name=name, name_key=name, password_hash="")
        session.add(account)
        session.flush()
        set_role(session, account.id, MAIN_WORKSPACE, "designer")
        token, row = create_session(session, account.id, Visit())
        use_workspace(session, row.id, account.id, MAIN_WORKSPACE)
        key, _row = create_key(session, new_key(account.id, "read", "submit"))
    with client.session_transaction() as cookie:
        cookie["account"] = token
    return client, key
