"""Administrator sign-in: token, link and session, with a rate limit for wrong tokens."""

import logging
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from shared.clients import add_client
from shared.settings import Settings
from tests.conftest import ADMIN_TOKEN
from web.http.access import SESSION_S
from web.http.login_throttle import EACH
from web.http.sign_in_links import sign_in_code

RUNS = "/api/v1/training-runs"
LOGIN = "/admin/login"
PAGE = {"Accept": "text/html"}
GETS = (RUNS, "/admin/models", "/admin/training", "/admin/workers", "/api/v1/queue")
POSTS = (
    RUNS,
    "/api/v1/models/rollback",
    "/api/v1/models/releases/first/promote",
    "/admin/models/rollback",
    "/admin/models/releases/first/promote",
    "/admin/training",
)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def signed_in(app: Flask) -> FlaskClient:
    browser = app.test_client()
    assert browser.post(LOGIN, data={"token": ADMIN_TOKEN}).status_code == 303
    return browser


def with_token(settings: Settings, token: str | None) -> Settings:
    secret = None if token is None else SecretStr(token)
    return settings.model_copy(update={"admin_token": secret})


@pytest.mark.parametrize("public_url", ["http://127.0.0.1:8000", "https://design.example"])
@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-For": "192.0.2.7"}, bearer("")])
def test_administration_is_closed_without_a_configured_token(
    make_app: Any, settings: Settings, public_url: str, headers: dict[str, str]
) -> None:
    """A loopback address grants nothing: a proxy without forwarding headers has one too."""
    closed = with_token(settings, None).model_copy(update={"public_url": public_url})
    client = make_app(closed).test_client()
    for method, urls in (("GET", GETS), ("POST", POSTS)):
        for url in urls:
            answer = client.open(url, method=method, headers=headers)
            assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden"), url
            assert "CODESIGNER_ADMIN_TOKEN" in answer.get_json()["detail"]
    assert "CODESIGNER_ADMIN_TOKEN" in client.get(LOGIN, headers=headers).text
    for given in ({}, {"token": ""}, {"code": sign_in_code("")}):
        assert client.post(LOGIN, data=given).status_code == 403
    assert "/admin/models" not in client.get("/", headers=headers).text


def test_administration_requires_the_token(client: FlaskClient, released: None) -> None:
    for url in GETS:
        answer = client.get(url)
        assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    for url in POSTS:
        assert client.post(url).status_code == 401, url
    assert client.get("/admin/models", headers=bearer("another")).status_code == 401
    moved = client.post("/api/v1/models/releases/second/promote", headers=bearer(ADMIN_TOKEN))
    assert moved.get_json()["moves"][0]["actor"] == "admin"


def test_a_browser_signs_in_and_out(app: Flask) -> None:
    browser = app.test_client()
    assert browser.post(LOGIN, data={"token": "another"}).status_code == 401
    assert browser.post(LOGIN, data={"token": ADMIN_TOKEN}).status_code == 303
    assert browser.get("/admin/models").status_code == 200
    assert "/admin/models" in browser.get("/").text
    assert browser.get(LOGIN).status_code == 302
    browser.post("/admin/logout")
    assert browser.get("/admin/models").status_code == 401


def test_sign_in_link_works_once_and_only_by_post(app: Flask) -> None:
    code = sign_in_code(ADMIN_TOKEN)
    first, second = app.test_client(), app.test_client()
    page = first.get(f"{LOGIN}?code={code}")
    assert code in page.text
    assert first.get("/admin/models").status_code == 401  # GET does not sign in
    assert first.post(LOGIN, data={"code": code}).status_code == 303
    assert first.get("/admin/models").status_code == 200
    refused = second.post(LOGIN, data={"code": code})
    assert (refused.status_code, "has expired" in refused.text) == (401, True)


def test_session_expires(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, now = signed_in(app), time.time()
    monkeypatch.setattr(time, "time", lambda: now + SESSION_S - 60)
    assert browser.get("/admin/models").status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + SESSION_S + 60)
    assert browser.get("/admin/models").status_code == 401


@pytest.mark.parametrize("change", ["admin_token", "secret_key"])
def test_changing_the_token_or_secret_key_ends_all_sessions(
    make_app: Any, settings: Settings, change: str
) -> None:
    key = SecretStr("k" * 32)
    before = settings.model_copy(update={"secret_key": key})
    browser = signed_in(make_app(before))
    cookie = browser.get_cookie(f"codesigner_{settings.port}")
    for changed, status in (({}, 200), ({change: SecretStr("another-one-" * 4)}, 401)):
        restarted = make_app(before.model_copy(update=changed)).test_client()
        restarted.set_cookie(cookie.key, cookie.value)
        assert restarted.get("/admin/models").status_code == status


@pytest.mark.parametrize(
    "kept", [True, {}, {"mark": True, "at": 1}, {"mark": "x", "at": 2**62}, {"at": 1}, ["x"]]
)
def test_session_without_a_valid_token_mark_is_refused(app: Flask, kept: Any) -> None:
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["admin"] = kept
    assert browser.get("/admin/models").status_code == 401


def test_wrong_tokens_are_rate_limited_on_pages_and_api(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    guesser = app.test_client()
    with caplog.at_level(logging.WARNING):
        for number in range(EACH.burst):
            wrong = f"a-wrong-guess-{number}"
            if number % 2:
                assert guesser.post(LOGIN, data={"token": wrong}).status_code == 401
            else:
                assert guesser.get(RUNS, headers=bearer(wrong)).status_code == 401
    logged = [each.getMessage() for each in caplog.records if "sign-in failed" in each.getMessage()]
    assert len(logged) == EACH.burst
    assert all("127.0.0.1" in each and "guess" not in each for each in logged)
    for token in ("a-wrong-guess", ADMIN_TOKEN):
        for answer in (
            guesser.post(LOGIN, data={"token": token}),
            guesser.get(RUNS, headers=bearer(token)),
            guesser.post("/api/v1/jobs", json={"brief": "teal mug"}, headers=bearer(token)),
        ):
            assert (answer.status_code, answer.get_json()["code"]) == (429, "rate_limited")
            assert 1 <= int(answer.headers["Retry-After"]) <= EACH.every_s
    page = guesser.post(LOGIN, data={"token": ADMIN_TOKEN}, headers=PAGE)
    assert (page.status_code, page.mimetype) == (429, "text/html")
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    right = bearer(ADMIN_TOKEN)
    assert guesser.get(RUNS, headers=right, environ_base=elsewhere).status_code == 200


def test_rate_limit_of_wrong_tokens_does_not_affect_others(
    app: Flask, session_factory: Any
) -> None:
    """Visitors, clients, sessions and sign-in links still work from the same address."""
    with session_factory.begin() as session:
        token = add_client(session, "studio")
    browser = signed_in(app)
    guesser = app.test_client()
    for _ in range(EACH.burst + 1):
        guesser.post(LOGIN, data={"token": "a-wrong-guess"})
    brief = {"brief": "teal mug"}
    assert guesser.post("/api/v1/jobs", json=brief).status_code == 202
    assert guesser.post("/api/v1/jobs", json=brief, headers=bearer(token)).status_code == 202
    assert browser.get("/admin/models").status_code == 200
    assert guesser.post(LOGIN, data={"code": sign_in_code(ADMIN_TOKEN)}).status_code == 303


def test_client_token_does_not_count_as_a_wrong_token(app: Flask, session_factory: Any) -> None:
    with session_factory.begin() as session:
        token = add_client(session, "studio")
    client = app.test_client()
    for _ in range(EACH.burst + 1):
        assert client.get(RUNS, headers=bearer(token)).status_code == 401


def test_wrong_token_counts_once_per_request(client: FlaskClient) -> None:
    for _ in range(EACH.burst):
        answer = client.post("/api/v1/jobs", json={"brief": "x"}, headers=bearer("a-wrong-guess"))
        assert answer.status_code == 401
    answer = client.post("/api/v1/jobs", json={"brief": "x"}, headers=bearer("a-wrong-guess"))
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("public_url", "host", "status"),
    [
        ("https://design.example", "design.example", 200),
        ("https://design.example", "Design.Example:8443", 200),
        ("https://design.example", "127.0.0.1:8000", 200),
        ("https://design.example", "localhost", 200),
        ("https://design.example", "[::1]:8000", 200),
        ("https://design.example", "attacker.example", 400),
        ("https://design.example", "design.example.attacker.example", 400),
        ("https://design.example", "192.0.2.7", 400),
        ("https://design.example", "[::2]", 400),
        ("https://design.example", "", 400),
        ("http://[2001:db8::7]:8000", "[2001:db8::7]:8000", 200),
        ("http://bücher.example", "xn--bcher-kva.example", 200),
    ],
)
@pytest.mark.parametrize("listens", ["127.0.0.1", "0.0.0.0"])
def test_host_header_must_name_this_server(
    make_app: Any, settings: Settings, public_url: str, host: str, status: int, listens: str
) -> None:
    changed = {"public_url": public_url, "host": listens}
    client = make_app(settings.model_copy(update=changed)).test_client()
    for path in ("/healthz", "/", "/api/v1/jobs", "/metrics", "/static/base.css", "/nothing"):
        answer = client.get(path, headers={"Host": host})
        wanted = 404 if status == 200 and path == "/nothing" else status
        assert answer.status_code == wanted, path
        if status == 400:
            assert answer.get_json()["code"] == "unknown_host"
