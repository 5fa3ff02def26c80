"""Administration by API and pages: releases, training runs and workers."""

import io
import json
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.registry.releases import Gate, ReleaseManifest, register_release
from shared.registry.training_metrics import record_metrics
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.conftest import ADMIN_TOKEN
from tests.integration.web.conftest import picture, versions
from tests.queue_driver import QueueDriver

RUNS = "/api/v1/training-runs"


@pytest.fixture
def client(admin: FlaskClient) -> FlaskClient:
    """Test client that sends the administrator's token."""
    return admin


def dataset(images: int = 8, *, lines: list[str] | None = None, folder: str = "") -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(images):
            archive.writestr(f"{folder}{number}.png", picture(size=(8 + number, 8)))
        told = [json.dumps({"file_name": f"{n}.png", "text": f"waves {n}"}) for n in range(images)]
        archive.writestr(f"{folder}metadata.jsonl", "\n".join(told if lines is None else lines))
    content.seek(0)
    return content


def torn() -> io.BytesIO:
    """Return a zip file whose metadata.jsonl has a corrupt deflate stream."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.jsonl", "waves " * 100)
    content.seek(44)  # after the local file header and the name
    content.write(b"\xff" * 5)
    return content


def start(client: FlaskClient, content: io.BytesIO, **options: Any) -> Any:
    return client.post(RUNS, data={"dataset": (content, "tiles.zip"), **options})


def test_releases_are_promoted_and_rolled_back(client: FlaskClient, released: None) -> None:
    models = client.get("/api/v1/models").get_json()
    assert models["champion"] == "first"
    assert len(models["releases"]) == 2
    promoted = client.post(
        "/api/v1/models/releases/second/promote", json={"reason": "better colours"}
    ).get_json()
    assert promoted["champion"] == "second"
    assert promoted["moves"][0] | {"at": ""} == {
        "kind": "promote",
        "release_from": "first",
        "release_to": "second",
        "actor": "admin",
        "reason": "better colours",
        "at": "",
    }
    job = client.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()
    assert job["model_versions"]["generator"].startswith("generator-")
    assert client.post("/api/v1/models/rollback").get_json()["champion"] == "first"


def test_invalid_promotions_and_rollbacks_are_refused(
    client: FlaskClient, released: None, session_factory: sessionmaker[Session]
) -> None:
    with session_factory.begin() as session:
        missed = Gate(metric="colours", value=0.5, bar=0.9, passed=False)
        register_release(
            session, ReleaseManifest(name="third", versions=versions("third"), gates=(missed,))
        )
    for url, body, status, code in (
        ("releases/none/promote", {}, 404, "release_not_found"),
        ("releases/third/promote", {}, 409, "gate_failed"),
        ("releases/second/promote", {"force": "yes"}, 422, "invalid_request"),
        ("releases/second/promote", {"why": "x"}, 422, "invalid_request"),
        ("rollback", {}, 409, "no_previous_release"),
    ):
        answer = client.post(f"/api/v1/models/{url}", json=body)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code), url
    page = client.post("/admin/models/releases/third/promote", headers={"Accept": "text/html"})
    assert page.status_code == 409
    assert "third does not pass: colours" in page.text
    forced = client.post("/api/v1/models/releases/third/promote", json={"force": True})
    assert forced.get_json()["champion"] == "third"


def test_training_run_is_submitted_and_its_metrics_are_shown(
    client: FlaskClient, driver: QueueDriver, artifact_store: ArtifactStore
) -> None:
    answer = start(client, dataset(folder="tiles/"), steps="20", name="my tiles")
    assert answer.status_code == 202
    job = answer.get_json()["job"]
    assert answer.headers["Location"] == f"{RUNS}/{job['id']}"
    options = job["options"]
    assert (options["steps"], options["images"], options["name"]) == (20, 8, "my-tiles")
    assert artifact_store.exists(options["dataset_sha256"])
    claim = driver.one("train")
    with driver.sessions.begin() as session:
        for step in range(3):
            record_metrics(session, job["id"], step, {"loss": 1 / (step + 1)})
    figures = client.get(f"{RUNS}/{job['id']}").get_json()["metrics"]
    assert [point["step"] for point in figures["loss"]] == [0, 1, 2]
    page = client.get(f"/admin/training/{job['id']}").text
    assert "<polyline" in page
    assert "my-tiles" in page
    driver.finish(claim)
    assert page.count("<img") + 2 == client.get(f"/admin/training/{job['id']}").text.count("<img")
    assert [run["id"] for run in client.get(RUNS).get_json()["runs"]] == [job["id"]]
    assert client.get("/api/v1/jobs").get_json()["jobs"] == []
    assert client.get(f"/jobs/{job['id']}").status_code == 302


def test_invalid_dataset_is_refused_with_a_reason_and_not_stored(
    client: FlaskClient, settings: Settings
) -> None:
    no_metadata = io.BytesIO()
    with zipfile.ZipFile(no_metadata, "w") as archive:
        archive.writestr("a.png", picture())
    escaping = io.BytesIO()
    with zipfile.ZipFile(escaping, "w") as archive:
        archive.writestr("../a.png", picture())
    absent = json.dumps({"file_name": "absent.png", "text": "x"})
    for content, code, told in (
        (io.BytesIO(b"no zip"), "unsupported_media_type", "zip"),
        (no_metadata, "dataset_invalid", "metadata.jsonl"),
        (escaping, "dataset_invalid", "points outside the folder"),
        (dataset(3), "dataset_invalid", "too few"),
        (dataset(lines=["{"]), "dataset_invalid", "Line 1"),
        (dataset(lines=['{"file_name": "0.png"}']), "dataset_invalid", "Line 1"),
        (dataset(lines=[absent]), "dataset_invalid", "absent.png"),
        (torn(), "dataset_invalid", "damaged"),
        (dataset(lines=["", "[" + "{}," * 30_000 + "{}]"]), "dataset_invalid", "65536 bytes"),
    ):
        content.seek(0)
        problem = start(client, content).get_json()
        assert problem["code"] == code, told
        assert problem["fields"][0]["field"] == "dataset"
        assert told in problem["detail"]
    missing = client.post(RUNS, data={"steps": "5", "dataset": (io.BytesIO(), "")}).get_json()
    assert missing["fields"][0]["field"] == "dataset"
    steps = start(client, dataset(), steps="0").get_json()
    assert steps["fields"][0]["field"] == "steps"
    assert client.post(RUNS, json={}).status_code == 415
    assert client.get(RUNS).get_json()["runs"] == []
    assert list((settings.home / "artifacts").glob("??/*")) == []


def test_design_job_is_not_found_as_a_training_run(client: FlaskClient) -> None:
    job = client.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()
    assert client.get(f"{RUNS}/{job['id']}").get_json()["code"] == "job_not_found"
    assert client.get(f"/admin/training/{job['id']}").status_code == 404


def test_worker_page_lists_workers_that_sent_a_heartbeat(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    assert "No worker has reported yet" in client.get("/admin/workers").text
    with session_factory.begin() as session:
        heard = Heartbeat(name="gpu0@a", host="a", device="H200", queues=("gpu",))
        beat(session, heard)
    assert "gpu0@a" in client.get("/admin/workers").text


def test_administrators_see_where_they_are_and_visitors_nothing_of_it(app: Flask) -> None:
    browser = app.test_client()
    page = {"Accept": "text/html"}
    for path in ("/", "/admin/models", "/admin/login"):
        assert "/admin/queue" not in browser.get(path, headers=page).text
    assert "Sign out" not in browser.get("/").text
    browser.post("/admin/login", data={"token": ADMIN_TOKEN})
    job = start(browser, dataset()).get_json()["job"]["id"]
    for path, marked in (
        ("models", ("page", "Models")),
        ("queue", ("page", "Queue")),
        ("workers", ("page", "Workers")),
        ("webhooks/", ("page", "Webhooks")),
        ("training", ("page", "Training")),
        (f"training/{job}", ("true", "Training")),
        ("training/x", ("true", "Training")),
    ):
        text = browser.get(f"/admin/{path}", headers=page).text
        entries = re.findall(r'aria-current="(\w+)">([^<]+)</a>', text)
        assert entries == [("true", "Administration"), ("true", "English"), marked], path
        assert "Sign out" in text
