"""Job endpoints: submit, poll, cancel, retry, list, provenance and artifacts."""

import base64
import hashlib
import io
import json
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Artifact, Job, Outbox, StageRun
from shared.settings import Settings, load_settings
from shared.storage.artifacts import ArtifactStore
from tests.images import as_png, photo
from tests.integration.web.conftest import picture
from tests.queue_driver import QueueDriver

JOBS = "/api/v1/jobs"
BRIEF = "手机壳：铝合金，透光性好；抽象几何图案，渐变色；防水，防滑"
ENDPOINTS = (
    ("GET", ""),
    ("GET", "/events"),
    ("GET", "/provenance"),
    ("POST", "/retry"),
    ("POST", "/cancel"),
)
UNKNOWN = "00000000-0000-7000-8000-000000000000"


def ask(client: FlaskClient, **asked: Any) -> dict[str, Any]:
    answer = client.post(JOBS, json={"brief": BRIEF} | asked)
    assert answer.status_code == 202, answer.get_json()
    return answer.get_json()


def count(session_factory: sessionmaker[Session], what: Any = Job) -> int:
    with session_factory() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_job_is_created_from_a_brief_alone(
    client: FlaskClient, session_factory: Any, released: None
) -> None:
    answer = client.post(JOBS, json={"brief": f"  {BRIEF}\r\n"})
    job = answer.get_json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{JOBS}/{job['id']}"
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["ETag"] == f'"v{job["version"]}"'
    assert (job["state"], job["brief"]) == ("queued", BRIEF)
    assert job["options"] | {"seed": 0} == {
        "variants": 4,
        "seed": 0,
        "product": "phone-case",
        "reference_strength": 0.6,
        "size": 256,
    }
    assert job["understood"]["material"] == "aluminium"
    assert {"waterproof", "non-slip"} <= set(job["understood"]["functions"])
    assert job["queue"]["position"] == 1
    assert set(job["model_versions"]) == {
        "captioner",
        "vision",
        "text_encoder",
        "fusion",
        "generator",
    }
    assert count(session_factory, Outbox) == 1


def test_multipart_form_and_json_create_the_same_job(
    client: FlaskClient, artifact_store: ArtifactStore
) -> None:
    content = picture("JPEG", size=(1600, 900))
    form = {"brief": "teal mug", "variants": "2", "seed": "9", "reference_strength": "0.25"}
    answer = client.post(JOBS, data=form | {"reference": (_file(content), "p.jpg")})
    job = answer.get_json()
    assert answer.status_code == 202
    assert job["options"] == {
        "variants": 2,
        "seed": 9,
        "product": "mug",
        "reference_strength": 0.25,
        "size": 256,
    }
    stored = artifact_store.get(job["reference"]["sha256"])
    assert stored.startswith(b"\x89PNG")
    assert [stage["state"] for stage in job["stages"]].count("skipped") == 0
    same = client.post(
        JOBS,
        json={
            "brief": "teal mug",
            "variants": 2,
            "seed": 9,
            "reference": {"base64": base64.b64encode(content).decode()},
        },
    ).get_json()
    assert same["reference"] == job["reference"]
    again = ask(client, reference={"sha256": job["reference"]["sha256"]})
    assert again["reference"] == job["reference"]


def _file(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


BAD = [
    ({}, "brief"),
    ({"brief": ""}, "brief"),
    ({"brief": " \n\t "}, "brief"),
    ({"brief": 7}, "brief"),
    ({"brief": "x" * 2001}, "brief"),
    ({"brief": "teal\x00mug"}, "brief"),
    ({"brief": "teal\x1b[31m"}, "brief"),
    ({"brief": "teal \ud800"}, "brief"),
    ({"brief": "x", "variants": 0}, "variants"),
    ({"brief": "x", "variants": 9}, "variants"),
    ({"brief": "x", "variants": 2.5}, "variants"),
    ({"brief": "x", "variants": True}, "variants"),
    ({"brief": "x", "variants": "4"}, "variants"),
    ({"brief": "x", "variants": None}, "variants"),
    ({"brief": "x", "seed": -1}, "seed"),
    ({"brief": "x", "seed": 2**31}, "seed"),
    ({"brief": "x", "product": "car"}, "product"),
    ({"brief": "x", "reference_strength": 1.01}, "reference_strength"),
    ({"brief": "x", "reference_strength": -0.1}, "reference_strength"),
    ({"brief": "x", "size": 300}, "size"),
    ({"brief": "x", "colour": "red"}, "colour"),
    ({"brief": "x", "reference": {}}, "reference"),
    ({"brief": "x", "reference": {"base64": "$$$"}}, "reference.base64"),
    ({"brief": "x", "reference": {"sha256": "ab"}}, "reference.sha256"),
    ({"brief": "x", "reference": {"sha256": "ab" * 32}}, "reference.sha256"),
    ({"brief": "x", "reference": {"base64": "aa", "sha256": "ab" * 32}}, "reference"),
]


def test_invalid_field_is_named(client: FlaskClient, session_factory: Any) -> None:
    for body, field in BAD:
        answer = client.post(JOBS, data=json.dumps(body), content_type="application/json")
        problem = answer.get_json()
        assert (answer.status_code, problem["code"]) == (422, "invalid_request"), body
        assert answer.mimetype == "application/problem+json"
        assert [each["field"] for each in problem["fields"]] == [field], body
        assert problem["fields"][0]["message"]
    assert count(session_factory) == 0


def test_nan_is_refused(client: FlaskClient) -> None:
    body = '{"brief": "x", "reference_strength": NaN}'
    answer = client.post(JOBS, data=body, content_type="application/json")
    assert answer.get_json()["fields"][0]["field"] == "reference_strength"


def test_all_invalid_fields_are_named_including_the_reference(client: FlaskClient) -> None:
    form = {"brief": "", "variants": "9", "reference": (_file(b"no picture"), "x.png")}
    problem = client.post(JOBS, data=form).get_json()
    assert problem["code"] == "invalid_request"
    assert {each["field"] for each in problem["fields"]} == {"brief", "variants", "reference"}


@pytest.mark.parametrize("document", ["errors.md", "api.md"])
def test_documented_problem_example_matches_a_real_response(
    client: FlaskClient, document: str
) -> None:
    text = (Path(__file__).parents[3] / "docs" / document).read_text("utf-8")
    examples = re.findall(r'```json\n(\{"type": .*?)```', text, re.DOTALL)
    answer = client.post(JOBS, json={"brief": "mug", "variants": 9}).get_json()
    assert [json.loads(example) for example in examples if "instance" in example] == [answer]
    assert [json.loads(example) for example in examples if '"status"' in example] == [answer]


UNREADABLE = [
    ("{", "application/json", 400, "malformed_request"),
    ("[" * 60_000, "application/json", 400, "malformed_request"),
    (b'"\xff"', "application/json", 400, "malformed_request"),
    ("[]", "application/json", 422, "invalid_request"),
    ("brief=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ("x", "text/plain", 415, "unsupported_media_type"),
    ("", "", 415, "unsupported_media_type"),
]


def test_unreadable_body_is_refused(client: FlaskClient) -> None:
    for data, media_type, status, code in UNREADABLE:
        answer = client.post(JOBS, data=data, content_type=media_type)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code), media_type


def test_brief_without_known_terms_is_accepted_with_a_notice(
    client: FlaskClient,
) -> None:
    assert ask(client, brief="qwrtz plmkn")["notices"] == ["nothing_understood"]
    assert ask(client)["notices"] == []


def test_notices_name_what_is_drawn_otherwise_or_not_at_all(client: FlaskClient) -> None:
    job = ask(client, brief="fennecs and unicycles")
    assert job["notices"] == ["drawn_wider:fennecs:fox", "no_drawing:unicycles"]
    assert [motif["word"] for motif in job["understood"]["motifs"]] == ["fennecs"]
    assert ask(client, brief="foxes")["notices"] == []


def test_repeated_idempotency_key_returns_the_same_job(
    client: FlaskClient, session_factory: Any
) -> None:
    headers = {"Idempotency-Key": "a1"}
    first = client.post(JOBS, json={"brief": BRIEF}, headers=headers)
    second = client.post(JOBS, json={"brief": BRIEF}, headers=headers)
    assert first.get_json()["id"] == second.get_json()["id"]
    other = client.post(JOBS, json={"brief": BRIEF, "variants": 2}, headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_conflict")
    assert count(session_factory) == 1
    for key in ("", "with space", "x" * 129, "ü"):
        refused = client.post(JOBS, json={"brief": BRIEF}, headers={"Idempotency-Key": key})
        assert refused.get_json()["fields"][0]["field"] == "Idempotency-Key"


def test_full_queue_returns_503_with_retry_after(
    make_app: Any, settings: Settings, session_factory: Any
) -> None:
    client = make_app(settings.model_copy(update={"max_queue": 1})).test_client()
    assert client.post(JOBS, json={"brief": "x"}).status_code == 202
    answer = client.post(JOBS, json={"brief": "x"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "queue_full")
    assert int(answer.headers["Retry-After"]) > 0
    assert count(session_factory) == 1


def test_jobs_are_accepted_while_the_broker_is_down(
    make_app: Any, settings: Settings, session_factory: Any
) -> None:
    down = settings.model_copy(update={"broker_url": "redis://127.0.0.1:9/0"})
    client = make_app(down).test_client()
    began = time.monotonic()
    for _ in range(3):
        assert client.post(JOBS, json={"brief": BRIEF}).status_code == 202
    assert time.monotonic() - began < 5
    assert count(session_factory, Outbox) == 3


def test_prefer_wait_returns_when_the_job_has_ended(
    client: FlaskClient, driver: QueueDriver
) -> None:
    def work() -> None:
        while not driver_has_work(driver):
            time.sleep(0.05)
        driver.run_all()

    worker = threading.Thread(target=work)
    worker.start()
    answer = client.post(JOBS, json={"brief": BRIEF}, headers={"Prefer": "wait=30"})
    worker.join()
    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=30"
    assert answer.get_json()["state"] == "succeeded"
    assert "Retry-After" not in answer.headers


def driver_has_work(driver: QueueDriver) -> bool:
    with driver.sessions() as session:
        return session.scalar(select(func.count()).select_from(Job)) == 1


def test_prefer_wait_returns_after_the_requested_time(client: FlaskClient) -> None:
    began = time.monotonic()
    answer = client.post(JOBS, json={"brief": BRIEF}, headers={"Prefer": "respond-async, wait=1"})
    assert answer.status_code == 202
    assert 1 <= time.monotonic() - began < 4


def test_job_document_in_every_state(client: FlaskClient, driver: QueueDriver) -> None:
    job = ask(client, variants=2)
    url = job["links"]["self"]
    driver.finish(driver.one("caption"))
    running = client.get(url).get_json()
    assert running["state"] == "running"
    assert running["description"].startswith("Calm waves")
    for stage in ("fusion", "generate", "draw", "present"):
        driver.finish(driver.one(stage))
    done = client.get(url)
    assert done.get_json()["state"] == "succeeded"
    assert "Retry-After" not in done.headers
    kinds = sorted(each["kind"] for each in done.get_json()["artifacts"])
    assert kinds == [
        kind for kind in ("design", "preview", "sketch", "thumbnail", "tile") for _ in range(2)
    ]
    failing = ask(client)
    driver.fail(driver.one("caption"))
    failed = client.get(failing["links"]["self"]).get_json()
    assert (failed["state"], failed["error"]["code"]) == ("failed", "out_of_memory")


def test_unchanged_job_returns_304_with_one_sql_statement(
    app: Flask, client: FlaskClient, driver: QueueDriver
) -> None:
    job = ask(client)
    url = job["links"]["self"]
    first = client.get(url)
    known = {"If-None-Match": first.headers["ETag"]}
    statements: list[str] = []
    event.listen(
        app.extensions["codesigner"].engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_given: statements.append(statement),
    )
    same = client.get(url, headers=known)
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"]
    assert len(statements) == 1
    driver.one("caption")
    changed = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_unknown_job_returns_404(client: FlaskClient) -> None:
    for job_id in ("abc", UNKNOWN, "%00", "é", "x" * 500):
        for method, rest in ENDPOINTS:
            answer = client.open(f"{JOBS}/{job_id}{rest}", method=method)
            assert (answer.status_code, answer.get_json()["code"]) == (404, "job_not_found")


def test_expired_job_returns_410(
    client: FlaskClient, driver: QueueDriver, session_factory: Any
) -> None:
    job = ask(client)
    driver.run_all()
    with session_factory.begin() as session:
        session.execute(update(Job).values(expires_at=datetime.now(UTC) - timedelta(hours=1)))
    for method, rest in ENDPOINTS:
        answer = client.open(f"{job['links']['self']}{rest}", method=method)
        assert (answer.status_code, answer.get_json()["code"]) == (410, "job_expired"), rest


def test_cancelling_is_idempotent(client: FlaskClient, driver: QueueDriver) -> None:
    job = ask(client)
    for _ in range(2):
        answer = client.post(job["links"]["cancel"])
        assert (answer.status_code, answer.get_json()["state"]) == (200, "cancelled")
    done = ask(client)
    driver.run_all()
    assert client.post(done["links"]["cancel"]).get_json()["state"] == "succeeded"


def test_retry_is_a_new_job_linked_to_the_original(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = ask(client, seed=5)
    early = client.post(job["links"]["retry"])
    assert (early.status_code, early.get_json()["code"]) == (409, "job_still_active")
    client.post(job["links"]["cancel"])
    again = client.post(job["links"]["retry"])
    assert again.status_code == 202
    new = again.get_json()
    assert again.headers["Location"] == new["links"]["self"]
    assert (new["retried_from"], new["options"], new["state"]) == (
        job["id"],
        job["options"],
        "queued",
    )


def test_provenance_is_served_with_an_etag(client: FlaskClient, driver: QueueDriver) -> None:
    job = ask(client)
    driver.run_all()
    answer = client.get(job["links"]["provenance"])
    assert answer.status_code == 200
    assert {"entity", "activity", "prefix"} <= set(answer.get_json())
    known = client.get(
        job["links"]["provenance"], headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert known.status_code == 304


def test_provenance_names_hosts_and_kernels_only_for_the_administrator(
    client: FlaskClient,
    admin: FlaskClient,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    job = ask(client)
    driver.run_all()
    named = {
        "environment": {"host": "host-of-ours", "platform": "kernel-of-ours", "device": "cpu"},
        "failures": [{"code": "stage_failed", "message": "failed on host-of-ours"}],
    }
    with session_factory.begin() as session:
        runs = update(StageRun).where(StageRun.job_id == job["id"])
        session.execute(runs.values(provenance=named))
    public = client.get(job["links"]["provenance"])
    assert "of-ours" not in public.text
    assert "cds:worker.1" in public.get_json()["agent"]
    assert public.get_json()["prefix"]["job"].startswith("http://127.0.0.1:8000/")
    own = admin.get(job["links"]["provenance"])
    assert "host-of-ours" in own.text
    assert "kernel-of-ours" in own.text
    assert own.headers["ETag"] != public.headers["ETag"]
    for path in (job["links"]["self"], f"/jobs/{job['id']}", "/readyz", "/metrics"):
        assert "of-ours" not in client.get(path).text


def test_job_list_is_paginated(client: FlaskClient, driver: QueueDriver) -> None:
    asked = [ask(client, brief=f"teal mug {number}")["id"] for number in range(5)]
    seen: list[str] = []
    url: str | None = f"{JOBS}?limit=2"
    while url is not None:
        page = client.get(url).get_json()
        seen += [job["id"] for job in page["jobs"]]
        url = page["next"]
    assert seen == asked[::-1]
    for limit in ("0", "101", "x", "9" * 50, "²"):
        answer = client.get(JOBS, query_string={"limit": limit})
        assert answer.get_json()["fields"][0]["field"] == "limit", limit
    assert client.get(f"{JOBS}?before=abc").status_code == 404


def test_artifact_is_served_as_immutable_with_ranges_and_etag(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = ask(client)
    driver.run_all(variants=1)
    artifacts = client.get(job["links"]["self"]).get_json()["artifacts"]
    made = next(each for each in artifacts if each["kind"] == "tile")
    answer = client.get(made["url"])
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert hashlib.sha256(answer.data).hexdigest() == made["sha256"]
    assert len(answer.data) == made["size_bytes"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "Set-Cookie" not in answer.headers
    part = client.get(made["url"], headers={"Range": "bytes=8-15"})
    assert (part.status_code, part.data) == (206, answer.data[8:16])
    assert part.headers["Content-Range"] == f"bytes 8-15/{made['size_bytes']}"
    beyond = client.get(made["url"], headers={"Range": "bytes=99999999-"})
    assert (beyond.status_code, beyond.get_json()["code"]) == (416, "range_not_satisfiable")
    known = client.get(made["url"], headers={"If-None-Match": answer.headers["ETag"]})
    assert known.status_code == 304
    assert client.head(made["url"]).headers["Content-Length"] == str(made["size_bytes"])


def test_non_image_artifact_is_served_as_an_attachment(
    admin: FlaskClient, artifact_store: ArtifactStore
) -> None:
    page = artifact_store.put(b"<script>alert(1)</script>")
    answer = admin.get(f"/api/v1/artifacts/{page}")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    reference = artifact_store.put(as_png(photo(20, 20)))
    assert admin.get(f"/api/v1/artifacts/{reference}").mimetype == "image/png"


def test_unknown_artifact_returns_404(client: FlaskClient) -> None:
    for sha256 in ("ab" * 32, "x", "..%2F..%2Fsecret_key", "AB" * 32):
        assert client.get(f"/api/v1/artifacts/{sha256}").status_code == 404


def test_unreachable_database_returns_503(make_app: Any, tmp_path: Any) -> None:
    settings = load_settings(home=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none")
    client = make_app(settings).test_client()
    for answer in (client.post(JOBS, json={"brief": "x"}), client.get(f"{JOBS}/{UNKNOWN}")):
        assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "5"
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert b"codesigner_database_up 0.0" in client.get("/metrics").data


def test_artifacts_of_a_job_are_recorded_as_rows(
    client: FlaskClient, driver: QueueDriver, session_factory: Any
) -> None:
    ask(client)
    driver.run_all(variants=2)
    assert count(session_factory, Artifact) == 10
