"""Unusual headers, queries, texts and paths never cause a server error."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

JOBS = "/api/v1/jobs"
UNKNOWN = "0190d9a1-0000-7000-8000-000000000000"


@pytest.mark.parametrize("seconds", ["²", "9" * 6000, "٣", "-1", "1.5", ""])
def test_invalid_prefer_wait_is_ignored(client: FlaskClient, seconds: str) -> None:
    headers = {"Prefer": f"wait={seconds}".encode().decode("latin-1")}
    answer = client.post(JOBS, json={"brief": "teal mug"}, headers=headers)
    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["http://[", "null", "\u00ff", "//", "http://localhost:99999999"]
)
def test_invalid_origin_is_refused_as_cross_site(client: FlaskClient, origin: str) -> None:
    answer = client.post(JOBS, json={"brief": "teal mug"}, headers={"Origin": origin})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "query",
    ["endpoint=x", "_external=1", "_scheme=ftp", "_method=x", "lang=xx&lang=yy", "=", "%ff"],
)
def test_pages_ignore_unknown_and_malformed_query_parameters(
    admin: FlaskClient, query: str
) -> None:
    for path in ("/", "/jobs", "/api/docs", "/admin/models"):
        page = admin.get(f"{path}?{query}")
        assert page.status_code == 200, path
        assert "lang=zh" in page.text


ODD = ["\x00", "a\x00b", "\ud800", "\x1b[2J", "line\nbreak"]


@pytest.mark.parametrize("text", ODD)
def test_text_with_control_characters_or_surrogates_is_refused_by_field(
    admin: FlaskClient, released: None, text: str
) -> None:
    for path, body in (
        ("/api/v1/models/rollback", {"reason": text}),
        ("/api/v1/models/releases/first/promote", {"reason": text}),
        ("/api/v1/webhooks", {"url": "https://example.org/", "description": text}),
        ("/api/v1/webhooks", {"url": f"https://example.org/{text}"}),
        ("/api/v1/webhooks", {"url": "https://example.org/", "secret": f"whsec_{text}"}),
    ):
        answer = admin.post(path, data=json.dumps(body), content_type="application/json")
        assert answer.status_code == 422, path
        assert answer.get_json()["fields"][0]["field"] == list(body)[-1]


@pytest.mark.parametrize("text", ODD)
def test_unknown_field_names_are_shortened_in_errors(client: FlaskClient, text: str) -> None:
    body = json.dumps({"brief": "x", text: 1, "y" * 5000: 2})
    for path in (JOBS, "/api/v1/batches"):
        answer = client.post(path, data=body, content_type="application/json")
        assert answer.status_code == 422
        names = [each["field"] for each in answer.get_json()["fields"]]
        assert names
        assert all(len(name) <= 100 for name in names)


def test_paths_with_null_bytes_return_client_errors(admin: FlaskClient, released: None) -> None:
    found: list[tuple[str, str]] = [
        ("GET", f"{JOBS}/%00"),
        ("GET", f"{JOBS}/{UNKNOWN}%00/events"),
        ("GET", "/api/v1/artifacts/%00"),
        ("POST", "/api/v1/models/releases/%00/promote"),
        ("POST", "/admin/models/releases/fi%00rst/promote"),
        ("GET", "/api/v1/webhooks/%00"),
        ("GET", "/api/v1/webhook-deliveries/msg_%00"),
        ("GET", "/batches/%00"),
        ("GET", "/%00"),
    ]
    for method, path in found:
        answer: Any = admin.open(path, method=method)
        assert 400 <= answer.status_code < 500, path
