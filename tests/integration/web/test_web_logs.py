"""Logs of the web server: request ids, the access log, and what no line may hold."""

import io
import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from shared.clients import add_client
from shared.settings import Settings
from tests.conftest import ADMIN_TOKEN
from tests.serving import GUARD_S, served
from web.server.deadlines import Limits

BRIEF = "an unmistakable brief about heliotrope okapis"
GUESS = "an-unmistakable-wrong-token"
ID = "from-the-proxy-0001"


@pytest.mark.parametrize("received", ["short", "a b c d e f g h", "x" * 65, "<script>12345", ""])
def test_invalid_request_id_is_replaced(received: str, client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": received})
    assert len(answer.headers["X-Request-ID"]) == 32
    assert answer.headers["X-Request-ID"] != received


def test_valid_request_id_is_returned_with_every_answer(client: FlaskClient) -> None:
    for path in ("/healthz", "/no/such/page", "/static/base.css", "/api/v1/jobs/none"):
        answer = client.get(path, headers={"X-Request-ID": ID})
        assert answer.headers.getlist("X-Request-ID") == [ID]
    foreign = client.get("/", headers={"X-Request-ID": ID, "Host": "elsewhere.example"})
    assert foreign.headers["X-Request-ID"] == ID


def _ask(url: str, body: dict[str, Any] | None = None, **headers: str) -> int:
    data = None if body is None else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json", "X-Request-ID": ID, **given}
    )
    try:
        with urllib.request.urlopen(request, timeout=GUARD_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_log_line_holds_a_brief_or_a_secret(
    log_format: str, settings: Settings, session_factory: sessionmaker[Session]
) -> None:
    with session_factory.begin() as session:
        client_token = add_client(session, "studio")
    log, verbose = io.BytesIO(), {"log_format": log_format, "log_level": "DEBUG"}
    with served(settings.model_copy(update=verbose), Limits(), log) as port:
        url = f"http://127.0.0.1:{port}"
        jobs = f"{url}/api/v1/jobs"
        assert _ask(jobs, {"brief": BRIEF}, Authorization=f"Bearer {client_token}") == 202
        assert _ask(jobs, {"brief": BRIEF + "\0"}) >= 400
        assert _ask(jobs, {"brief": BRIEF, "no such field": BRIEF}) == 422
        assert _ask(f"{url}/api/v1/queue", Authorization=f"Bearer {ADMIN_TOKEN}") == 200
        assert _ask(f"{url}/api/v1/queue", Authorization=f"Bearer {GUESS}") == 401
        assert _ask(f"{url}/admin/login?code={GUESS}", Cookie=f"session={GUESS}") == 200
        assert _ask(f"{url}/jobs?q={BRIEF.replace(' ', '+')}") == 200
        assert _ask(f"{url}/{GUESS}") == 404
        shared = (
            f"{url}/s/{GUESS}",
            f"{url}/api/v1/shared/{GUESS}",
            f"{url}/api/v1/shared/{GUESS}/zip",
        )
        assert [_ask(each) for each in shared] == [404, 404, 404]
        link = f"{url}/api/v1/artifacts/{'0' * 64}?expires=9999999999&signature={GUESS}"
        assert _ask(link) == 404
        hook = {"url": f"https://hooks.example.org/?key={GUESS}", "secret": "whsec_" + "YWJj" * 8}
        bearer = f"Bearer {ADMIN_TOKEN}"
        assert _ask(f"{url}/api/v1/webhooks", hook, Authorization=bearer) == 201
    written = log.getvalue().decode()
    secrets = ("heliotrope", GUESS, client_token, ADMIN_TOKEN, "whsec_", "YWJj")
    assert [line for line in written.splitlines() if any(each in line for each in secrets)] == []
    assert written.count(ID) >= 9


def test_access_log_has_route_status_duration_job_and_error_code(settings: Settings) -> None:
    log, verbose = io.BytesIO(), {"log_format": "json", "log_level": "DEBUG"}
    with served(settings.model_copy(update=verbose), Limits(), log) as port:
        url = f"http://127.0.0.1:{port}"
        job_id = "0198f0f0-0000-7000-8000-000000000000"
        assert _ask(f"{url}/api/v1/jobs/{job_id}") == 404
        assert _ask(f"{url}/healthz") == 200
    lines = [json.loads(line) for line in log.getvalue().decode().splitlines()]
    requests = [line for line in lines if line["logger"] == "codesigner.access"]
    (about_job,) = [line for line in requests if line["route"] == "/api/v1/jobs/<job_id>"]
    assert about_job["request_id"] == ID
    assert (about_job["method"], about_job["status"]) == ("GET", 404)
    assert (about_job["job"], about_job["code"]) == (job_id, "job_not_found")
    assert 0 < about_job["duration_s"] < GUARD_S
    assert about_job["level"] == "INFO"
    assert {line["level"] for line in requests if line["route"] == "/healthz"} == {"DEBUG"}
