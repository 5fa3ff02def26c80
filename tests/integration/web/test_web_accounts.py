"""Signing in and out, invitations, passwords, sessions and API keys over HTTP."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.db.account_models import SignInThrottle
from shared.settings import Settings
from tests.account_steps import OTHER, PASSWORD, Factory, add_member, pass_time
from tests.integration.web.account_pages import API, actions, signed_in


def test_stranger_is_sent_to_the_form_and_from_there_to_the_page(site: Flask, root: str) -> None:
    browser = site.test_client()
    sent = browser.get("/jobs?q=moss", headers={"Accept": "text/html"})
    assert sent.location == "/sign-in?next=%2Fjobs%3Fq%3Dmoss"
    page = browser.get(sent.location).get_data(as_text=True)
    assert 'value="/jobs?q=moss"' in page
    form = {"name": "ROOT@studio.example", "password": PASSWORD, "next": "/jobs?q=moss"}
    assert browser.post("/sign-in", data=form).location == "/jobs?q=moss"
    page = browser.get("/jobs").get_data(as_text=True)
    assert "Root" in page
    assert "Sign out" in page
    assert browser.get("/sign-in?next=/jobs").location == "/jobs"


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example"),
        *("javascript:alert(1)", "jobs", "/\tevil", "///evil.example", "/" + "a" * 3000),
    ],
)
def test_nobody_is_sent_to_another_site(site: Flask, root: str, target: str) -> None:
    form = {"name": "root", "password": PASSWORD, "next": target}
    assert site.test_client().post("/sign-in", data=form).location == "/"


def test_wrong_password_says_neither_which_name_nor_why(
    site: Flask, root: str, session_factory: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = site.test_client()
    pages = []
    for name in ("root", "nobody"):
        answer = browser.post("/sign-in", data={"name": name, "password": "mistyped-secret"})
        assert answer.status_code == 401
        pages.append(answer.get_data(as_text=True).replace(f'value="{name}"', ""))
    assert pages[0] == pages[1]
    assert "The name or the password is wrong." in pages[0]
    assert "mistyped-secret" not in pages[0]
    assert "mistyped-secret" not in caplog.text
    assert actions(session_factory) == ["session.sign_in_failed"] * 2


def test_too_many_attempts_wait(site: Flask, root: str, session_factory: Factory) -> None:
    browser = site.test_client()
    for _ in range(5):
        browser.post("/sign-in", data={"name": "root", "password": OTHER})
    pass_time(session_factory, SignInThrottle, -60, "blocked_until")  # on a slow machine too
    refused = browser.post("/sign-in", data={"name": "root", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert "Too many attempts" in refused.get_data(as_text=True)
    by_api = browser.post(f"{API}/session", json={"name": "root", "password": PASSWORD})
    assert (by_api.status_code, by_api.get_json()["code"]) == (429, "rate_limited")
    assert int(by_api.headers["Retry-After"]) >= 1


def test_copied_cookie_does_not_work_after_sign_out(site: Flask, root: str) -> None:
    browser = signed_in(site)
    copy = site.test_client()
    copy._cookies = dict(browser._cookies)
    assert copy.get(f"{API}/account").status_code == 200
    left = browser.post("/sign-out")
    assert left.location == "/sign-in"
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert copy.get(f"{API}/account").status_code == 401
    assert browser.get(f"{API}/account").status_code == 401


def test_session_by_api(site: Flask, root: str) -> None:
    browser = site.test_client()
    wrong = browser.post(f"{API}/session", json={"name": "root", "password": OTHER})
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "sign_in_failed")
    present = browser.post(f"{API}/session", json={"name": "root", "password": PASSWORD})
    document = present.get_json()
    assert (present.status_code, document["account"]["name"], document["by"]) == (
        201,
        "Root",
        "session",
    )
    assert document["workspace"] == {"id": "main", "name": "Codesigner", "role": "administrator"}
    assert "administer" in document["rights"]
    assert browser.delete(f"{API}/session").status_code == 204
    assert browser.get(f"{API}/account").status_code == 401


def test_other_sites_cannot_sign_in_or_out(site: Flask, root: str) -> None:
    browser = signed_in(site)
    for path in ("/sign-in", "/sign-out", f"{API}/session"):
        answer = browser.post(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert browser.get(f"{API}/account").status_code == 200


def test_language_of_the_account_is_that_of_its_pages(site: Flask, root: str) -> None:
    browser = signed_in(site)
    saved = browser.post("/account/profile", data={"display_name": "林薇", "locale": "zh"})
    assert saved.location == "/account/#profile"
    assert "我的账号" in browser.get("/account/").get_data(as_text=True)
    again = signed_in(site)
    page = again.get("/account/").get_data(as_text=True)
    assert 'lang="zh-Hans"' in page
    assert "林薇" in page


def test_without_accounts_the_form_says_what_to_run(site: Flask) -> None:
    page = site.test_client().get("/sign-in").get_data(as_text=True)
    assert "codesigner accounts add NAME --role administrator" in page


def test_page_without_the_database_says_so(
    make_app: Callable[[Settings], Flask], settings: Settings, site: Flask, root: str
) -> None:
    browser = signed_in(site)
    nowhere = "postgresql://codesigner@127.0.0.1:1/codesigner"
    lost = {"mode": "accounts", "admin_token": None, "database_url": nowhere}
    apart = make_app(settings.model_copy(update=lost)).test_client()
    apart._cookies = browser._cookies
    page = apart.get("/account/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "The database is unavailable" in page.get_data(as_text=True)


def test_mode_local_has_no_accounts(client: FlaskClient) -> None:
    for path in ("/sign-in", "/account/", "/members/", "/admin/accounts", f"{API}/account"):
        assert client.get(path).status_code == 404
    assert client.post(f"{API}/session", json={"name": "a", "password": "b"}).status_code == 404
    assert "/sign-in" not in client.get("/").get_data(as_text=True)


# Passwords and sessions


def test_change_of_password_ends_all_other_sessions(
    site: Flask, root: str, session_factory: Factory
) -> None:
    browser, other = signed_in(site), signed_in(site)
    wrong = browser.post(
        "/account/password", data={"current_password": OTHER, "new_password": "sand-and-sea"}
    )
    assert wrong.status_code == 422
    assert "This is not the current password." in wrong.get_data(as_text=True)
    form = {"current_password": PASSWORD, "new_password": "sand-and-sea"}
    assert browser.post("/account/password", data=form).status_code == 303
    assert browser.get(f"{API}/account").status_code == 200
    assert other.get(f"{API}/account").status_code == 401
    signed_in(site, password="sand-and-sea")
    assert "account.change_password" in actions(session_factory)


def test_sessions_are_listed_and_ended(site: Flask, root: str) -> None:
    browser, other, third = (signed_in(site) for _ in range(3))
    rows = browser.get(f"{API}/sessions").get_json()["sessions"]
    assert [row["present"] for row in rows].count(True) == 1
    page = browser.get("/account/").get_data(as_text=True)
    assert page.count('/end"') == 3
    mine = other.get(f"{API}/sessions").get_json()["sessions"]
    other_id = next(row["id"] for row in mine if row["present"])
    assert browser.post(f"/account/sessions/{other_id}/end").status_code == 303
    assert other.get(f"{API}/account").status_code == 401
    assert browser.post("/account/sessions/end-others").status_code == 303
    assert third.get(f"{API}/account").status_code == 401
    assert browser.get(f"{API}/account").status_code == 200
    assert browser.delete(f"{API}/sessions/{other_id}").status_code == 204


def test_session_of_another_account_is_not_ended(
    site: Flask, root: str, session_factory: Factory
) -> None:
    add_member(session_factory)
    browser, anna = signed_in(site), signed_in(site, "anna")
    row = anna.get(f"{API}/sessions").get_json()["sessions"][0]
    refused = browser.delete(f"{API}/sessions/{row['id']}")
    assert refused.get_json()["code"] == "session_not_found"
    assert anna.get(f"{API}/account").status_code == 200


# API keys


def test_key_is_shown_once_and_works_until_it_is_revoked(
    site: Flask, root: str, session_factory: Factory
) -> None:
    browser = signed_in(site)
    form = {"name": "nightly", "scopes": ["read", "submit"], "days": "30"}
    page = browser.post("/account/keys", data=form).get_data(as_text=True)
    key = page.split('id="new-key">')[1].split("<")[0]
    assert key.startswith("cds_")
    assert key not in browser.get("/account/").get_data(as_text=True)
    program = site.test_client()
    bearer = {"Authorization": f"Bearer {key}"}
    present = program.get(f"{API}/account", headers=bearer).get_json()
    assert (present["by"], present["rights"]) == ("key", ["change", "create", "see"])
    row = browser.get(f"{API}/api-keys").get_json()["api_keys"][0]
    assert row["key"] is None
    assert row["last_used_at"] is not None
    assert browser.post(f"/account/keys/{row['id']}/revoke").status_code == 303
    assert program.get(f"{API}/account", headers=bearer).status_code == 401
    assert actions(session_factory)[-2:] == ["api_key.create", "api_key.revoke"]


def test_key_does_not_change_its_account(site: Flask, root: str, session_factory: Factory) -> None:
    """Nor does it make an account that outlives it, or see more than its workspace."""
    browser, anna = signed_in(site), add_member(session_factory)
    asked = {"name": "all", "scopes": ["read", "submit", "manage"], "lifetime_s": None}
    made = browser.post(f"{API}/api-keys", json=asked)
    assert (made.status_code, made.get_json()["expires_at"]) == (201, None)
    bearer = {"Authorization": f"Bearer {made.get_json()['key']}"}
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", "account", {"display_name": "x"}),
        ("GET", "sessions", None),
        ("DELETE", "sessions", None),
        ("POST", "api-keys", asked),
        ("GET", "exports", None),
        ("POST", "exports", None),
        ("POST", f"members/{root}/password-reset", None),
        ("POST", "invitations", {"role": "administrator"}),
        ("PATCH", f"members/{anna}", {"role": "administrator"}),
    ]
    for method, path, body in calls:
        answer = site.test_client().open(f"{API}/{path}", method=method, json=body, headers=bearer)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden"), path
    for path, form in (
        ("/members/invitations", {"role": "administrator"}),
        (f"/members/{anna}/role", {"role": "administrator"}),
        (f"/members/{root}/reset", {}),
        ("/account/data/export", {}),
    ):
        assert site.test_client().post(path, data=form, headers=bearer).status_code == 403, path
    program = site.test_client()
    invited = program.post(f"{API}/invitations", json={"role": "designer"}, headers=bearer)
    assert invited.status_code == 201


def test_faults_of_a_key_are_named(site: Flask, root: str) -> None:
    browser = signed_in(site)
    page = browser.post("/account/keys", data={"name": "", "days": "30"})
    assert page.status_code == 422
    assert "Choose one or more of read, submit, manage." in page.get_data(as_text=True)
    answer = browser.post(f"{API}/api-keys", json={"name": "x", "scopes": ["all"]})
    assert [each["field"] for each in answer.get_json()["fields"]] == ["scopes.0"]
