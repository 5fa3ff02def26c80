"""Briefs are parsed after all cheaper checks, by a limited number of concurrent requests."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.briefs.parser import parse_brief
from shared.briefs.understood import ParsedBrief
from shared.settings import Settings
from web.http.concurrency import ConcurrencyLimiter

BATCHES = "/api/v1/batches"
JOBS = "/api/v1/jobs"
BRIEFS = ["teal mug", "navy mug", "red poster"]
JSON = {"Accept": "application/json"}
FORM = {"brief": "\n".join(BRIEFS), "lines": "1"}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the briefs that submissions parse."""
    briefs: list[str] = []

    def counting(brief: str) -> ParsedBrief:
        briefs.append(brief)
        return parse_brief(brief)

    monkeypatch.setattr("web.services.jobs.parse_brief", counting)
    return briefs


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


@pytest.mark.parametrize(
    ("headers", "given", "code"),
    [
        ({}, {"priority": "high"}, (403, "forbidden")),
        ({"Cancel-After": "bad"}, {}, (422, "invalid_request")),
        ({"Authorization": "Bearer wrong"}, {}, (401, "unauthorized")),
        ({}, {"seeds": list(range(50))}, (422, "invalid_request")),
    ],
)
def test_refused_submission_parses_no_brief(
    client: FlaskClient,
    parsed: list[str],
    headers: dict[str, str],
    given: dict[str, Any],
    code: tuple[int, str],
) -> None:
    answer = client.post(BATCHES, json={"briefs": BRIEFS} | given, headers=headers)
    assert refused(answer) == code
    if "seeds" not in given:
        one = client.post(JOBS, json={"brief": BRIEFS[0]} | given, headers=headers)
        assert refused(one) == code
    assert parsed == []


@pytest.mark.parametrize("path", [BATCHES, JOBS])
def test_headers_are_checked_before_the_body(client: FlaskClient, path: str) -> None:
    answer = client.post(path, json={"briefs": 1}, headers={"Cancel-After": "bad"})
    assert [each["field"] for each in answer.get_json()["fields"]] == ["Cancel-After"]


def test_form_checks_headers_before_parsing_briefs(client: FlaskClient, parsed: list[str]) -> None:
    answer = client.post("/designs", data=FORM, headers=JSON | {"Cancel-After": "bad"})
    assert refused(answer) == (422, "invalid_request")
    assert parsed == []


@pytest.mark.parametrize(
    ("limit", "code"),
    [("max_jobs_per_owner", (429, "owner_limit")), ("max_queue", (503, "queue_full"))],
)
def test_batch_above_a_job_limit_parses_no_brief(
    make_app: Callable[[Settings], Flask],
    settings: Settings,
    parsed: list[str],
    limit: str,
    code: tuple[int, str],
) -> None:
    client = make_app(settings.model_copy(update={limit: 2})).test_client()
    assert refused(client.post(BATCHES, json={"briefs": BRIEFS})) == code
    assert refused(client.post("/designs", data=FORM, headers=JSON)) == code
    assert parsed == []
    key = {"Idempotency-Key": "a"}
    first = client.post(BATCHES, json={"briefs": BRIEFS[:2]}, headers=key)
    assert first.status_code == 202
    assert sorted(parsed) == sorted(BRIEFS[:2])
    again = client.post(BATCHES, json={"briefs": BRIEFS[:2]}, headers=key)
    assert again.get_json()["id"] == first.get_json()["id"]
    assert len(parsed) == 2
    other = client.post(BATCHES, json={"briefs": BRIEFS[1:]}, headers=key)
    assert refused(other) == (422, "idempotency_conflict")
    assert len(parsed) == 2


def test_briefs_are_parsed_within_the_write_concurrency_limit(
    app: Flask, client: FlaskClient, parsed: list[str]
) -> None:
    desks = ConcurrencyLimiter(1, waiting=1, wait_s=0.01)
    app.extensions["codesigner"] = replace(
        app.extensions["codesigner"], desks=desks, page_write_limiter=desks
    )
    assert desks.take()
    assert refused(client.post(BATCHES, json={"briefs": BRIEFS})) == (503, "unavailable")
    assert refused(client.post(JOBS, json={"brief": BRIEFS[0]})) == (503, "unavailable")
    assert refused(client.post("/designs", data=FORM, headers=JSON)) == (503, "unavailable")
    assert parsed == []
    desks.give_back()
    assert client.post(BATCHES, json={"briefs": BRIEFS}).status_code == 202
    assert sorted(parsed) == sorted(BRIEFS)
    assert client.post(JOBS, json={"brief": BRIEFS[0]}).status_code == 202
