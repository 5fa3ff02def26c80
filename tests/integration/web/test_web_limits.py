"""Request size limits per route, enforced before parsing."""

import base64
import json
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from types import FrameType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.briefs.parser import parse_brief
from shared.settings import Settings
from tests.integration.web.conftest import picture
from tests.integration.web.test_web_stream_restart import web
from web.http.request_limits import MAX_HEADER_CHARS
from web.openapi.document import described_rules

JOBS = "/api/v1/jobs"
BATCHES = "/api/v1/batches"
UNDERSTAND = "/api/v1/understand"
UNKNOWN = "0190d9a1-0000-7000-8000-000000000000"
KIB = 1024
MIB = 1024 * KIB


def objects(size: int) -> bytes:
    """Return JSON of this size in bytes that takes thirty times the memory when parsed."""
    return b"[" + b"{}," * ((size - 4) // 3) + b"{}]"


def keys(size: int) -> bytes:
    """Return JSON of about this size in bytes with as many fields as fit."""
    return json.dumps({f"{number:x}": 0 for number in range(size // 12)}).encode()


@pytest.fixture
def client(admin: FlaskClient) -> FlaskClient:
    """Test client that sends the administrator's token, to reach every route."""
    return admin


def sent(client: FlaskClient, path: str, body: bytes, method: str = "POST") -> tuple[int, str]:
    answer = client.open(path, method=method, data=body, content_type="application/json")
    return answer.status_code, answer.get_json()["code"]


@pytest.mark.parametrize("body", [objects, keys])
def test_every_json_route_has_a_body_limit(
    app: Flask, client: FlaskClient, released: None, body: Callable[[int], bytes]
) -> None:
    asked = 0
    for rule, method, operation in described_rules(app):
        if operation.request is None or operation.only_multipart:
            continue
        size = {"batches.submit": 4 * MIB, "designs.render": 2 * MIB}.get(rule.endpoint, 200 * KIB)
        values = {name: 0 if name == "variant" else UNKNOWN for name in rule.arguments}
        _, path = rule.build(values) or ("", "")
        assert sent(client, path, body(size), method) == (413, "payload_too_large"), path
        asked += 1
    assert asked >= 10


def test_large_body_is_accepted_for_a_reference_but_not_for_json_objects(
    client: FlaskClient, settings: Settings
) -> None:
    large = base64.b64encode(picture() + bytes(settings.max_upload_bytes - 8 * KIB)).decode()
    for path, asked in ((JOBS, {"brief": "teal mug"}), (BATCHES, {"briefs": ["teal mug"]})):
        body = json.dumps(asked | {"reference": {"base64": large}})
        for written in (body, body.replace("/", "\\/")):
            answer = client.post(path, data=written, content_type="application/json")
            assert answer.status_code == 202, path
        beside = body[:-1] + ', "x": ' + objects(3 * MIB).decode() + "}"
        assert sent(client, path, beside.encode()) == (413, "payload_too_large")


def test_error_names_at_most_twenty_fields_and_counts_the_rest(client: FlaskClient) -> None:
    body = {"brief": ""} | {f"f{number}": number for number in range(60)}
    answer = client.post(JOBS, json=body).get_json()
    assert len(answer["fields"]) == 20
    assert answer["detail"].endswith(" And 41 more.")
    assert answer["detail"].count("Unknown field.") == 19
    chinese = client.post(JOBS, json=body, headers={"Accept-Language": "zh"}).get_json()
    assert "41" in chinese["detail"]
    assert "And" not in chinese["detail"]
    few = client.post(JOBS, json={"brief": "", "a": 1}).get_json()
    assert (len(few["fields"]), "more" in few["detail"]) == (2, False)
    for path in (JOBS, BATCHES, UNDERSTAND):
        answer = client.post(path, data=keys(80 * KIB), content_type="application/json")
        assert answer.get_json()["fields"] == [
            {"field": "body", "message": "Must contain at most 100 items."}
        ]
    lists = {"briefs": [1] * 10_000, "seeds": [None] * 10_000, "strengths": [[]] * 10_000}
    answer = client.post(BATCHES, json=lists).get_json()
    assert [each["message"] for each in answer["fields"]] == ["Must contain at most 100 items."] * 3


@pytest.mark.parametrize("name", ["seeds", "strengths"])
def test_length_of_a_number_list_is_checked_before_parsing(client: FlaskClient, name: str) -> None:
    form = {"brief": "teal mug", name: "1" + " " * 100_000 + "x"}
    answer = client.post("/designs", data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.get_json()["fields"][0]["field"]) == (422, name)
    assert client.post("/designs", data=form).status_code == 413  # urlencoded


def test_length_of_a_brief_is_checked_before_normalization(client: FlaskClient) -> None:
    brief = "a" + "\u0301\u0316" * 50_000
    form = client.post("/designs", data={"brief": brief}, content_type="multipart/form-data")
    assert form.get_json()["fields"] == [{"field": "brief", "message": "At most 2000 characters."}]
    batch = client.post(
        BATCHES, data=json.dumps({"briefs": [brief]}), content_type="application/json"
    )
    assert batch.get_json()["fields"][0]["field"] == "briefs.0"
    marks = client.post(UNDERSTAND, json={"brief": "a" + "\u0301\u0316" * 900})
    assert marks.status_code == 200


def test_forms_have_size_and_field_limits(client: FlaskClient, released: None) -> None:
    for path in ("/admin/login", "/admin/models/rollback", f"/jobs/{UNKNOWN}/prints", "/designs"):
        answer = client.post(path, data={"reason": "x" * 200 * KIB})
        assert answer.status_code == 413, path
    many = {f"f{number}": "x" for number in range(900)}
    for path in (JOBS, BATCHES, "/designs"):
        answer = client.post(path, data=many, content_type="multipart/form-data")
        assert (answer.status_code, answer.get_json()["code"]) == (413, "payload_too_large")
    long = {"brief": "teal mug", "webhook": '{"url": "' + "x" * 20_000 + '"}'}
    answer = client.post(JOBS, data=long, content_type="multipart/form-data")
    assert answer.get_json()["fields"][0]["field"] == "webhook"


def test_batch_of_maximum_size_is_accepted_as_form_and_json(client: FlaskClient) -> None:
    form: dict[str, Any] = {
        "briefs": [f"teal mug {number} {'波' * 1900}" for number in range(100)],
        "seeds": [str(number) for number in range(100)],
        "combine": "pairs",
    }
    answer = client.post(BATCHES, data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.get_json()["size"]) == (202, 100)
    escaped = json.dumps({"briefs": ["波" * 1990 + str(number) for number in range(100)]})
    answer = client.post(BATCHES, data=escaped, content_type="application/json")
    assert (answer.status_code, answer.get_json()["size"]) == (202, 100)


def test_each_distinct_brief_of_a_batch_is_parsed_once(client: FlaskClient) -> None:
    read: list[str] = []

    def note(frame: FrameType, event: str, _given: Any) -> None:
        if event == "call" and frame.f_code is parse_brief.__code__:
            read.append(frame.f_locals["brief"])

    body = {"briefs": ["teal mug", "navy mug"], "seeds": list(range(20))}
    sys.setprofile(note)
    try:
        answer = client.post(BATCHES, json=body)
    finally:
        sys.setprofile(None)
    assert (answer.status_code, answer.get_json()["size"]) == (202, 40)
    assert sorted(read) == ["navy mug", "teal mug"]


HEADERS = (
    "Accept", "Accept-Language", "Authorization", "Cancel-After", "Cookie", "If-Match",
    "If-Modified-Since", "If-None-Match", "If-Range", "Idempotency-Key", "Last-Event-ID", "Origin",
    "Prefer", "Range", "X-Anything",
)  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_too_long_header_is_refused_by_name(app: Flask, name: str) -> None:
    client = app.test_client(use_cookies=False)
    for path in (f"{JOBS}/{UNKNOWN}", "/"):
        answer = client.get(path, headers={name: "a," * MAX_HEADER_CHARS, "Host": "localhost"})
        assert (answer.status_code, answer.get_json()["code"]) == (400, "malformed_request")
        assert answer.get_json()["fields"][0]["field"].lower() == name.lower()
        assert client.get(path, headers={name: "a" * MAX_HEADER_CHARS}).status_code != 500


def test_too_long_url_is_refused(client: FlaskClient) -> None:
    for path in (f"{JOBS}?before={'a' * 9000}", f"/{'a' * 9000}"):
        answer = client.get(path)
        assert (answer.status_code, answer.get_json()["fields"][0]["field"]) == (400, "url")


def test_unknown_http_methods_share_one_metric_label(client: FlaskClient) -> None:
    for number in range(50):
        client.open("/api/v1/jobs", method=f"MADE-UP{number}")
    figures = client.get("/metrics").text
    assert "MADE-UP" not in figures
    assert 'method="other"' in figures


def test_chunked_bodies_have_the_same_limits(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def answered(path: str, media_type: str, body: Iterator[bytes]) -> tuple[int, Any]:
        headers = {"Content-Type": media_type, "Transfer-Encoding": "chunked"}
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request("POST", path, body, headers, encode_chunked=True)
            answer = connection.getresponse()
            return answer.status, json.load(answer)

    part = b'--x\r\nContent-Disposition: form-data; name="brief"\r\n\r\n'
    cases = (
        (UNDERSTAND, "application/json", [b'{"brief": "teal mug"}', b" " * MIB]),
        (JOBS, "application/json", [b'{"brief": "teal mug"}', *[b" " * MIB] * 60]),
        ("/designs", "application/x-www-form-urlencoded", [b"brief=teal+mug&x=", b"a" * MIB]),
        (JOBS, "multipart/form-data; boundary=x", [part, *[b"a" * MIB] * 60, b"\r\n--x--\r\n"]),
    )
    with web(settings, port):
        for path, media_type, chunks in cases:
            status, problem = answered(path, media_type, iter(chunks))
            assert (status, problem["code"]) == (413, "payload_too_large"), (path, media_type)
        small = iter([b'{"brief": ', b'"teal mug"}'])
        assert answered(UNDERSTAND, "application/json", small)[0] == 200
