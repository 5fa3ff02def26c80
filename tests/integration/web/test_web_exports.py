"""Exports: asked for, made by a worker, downloaded; deletion takes them along."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.workspaces import create_workspace, remove_member, set_role
from shared.db.models import Artifact, Job
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import seconds_from_now
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.account_steps import together
from tests.deletion_steps import age_files, collect, end_undo, files_of_store
from tests.images import as_png, tile
from tests.integration.web.test_web_refused_uploads import _member as member
from tests.queue_driver import QueueDriver
from worker.execution.runner import serve
from worker.runtime.pool_child import PoolChild

EXPORTS, JOBS = "/api/v1/exports", "/api/v1/jobs"


@pytest.fixture
def work_off(settings: Settings) -> Iterator[Callable[[], None]]:
    """Return a function that makes the exports that wait, as a worker does."""
    child = PoolChild(settings.model_copy(update={"devices": "cpu"}), {})
    yield lambda: serve(child.context, "export")
    child.end()


def _design(client: FlaskClient, driver: QueueDriver, brief: str = "teal mug") -> str:
    """Draw a design after a reference, name and judge it; return its id."""
    form = {
        "brief": brief,
        "variants": "2",
        "reference": (io.BytesIO(as_png(tile(3, 64))), "a.png"),
    }
    job_id = str(client.post(JOBS, data=form).get_json()["id"])
    driver.run_all(has_reference=True)
    client.patch(f"{JOBS}/{job_id}", json={"name": "Lemons", "tags": ["summer"]})
    client.put(f"{JOBS}/{job_id}/variants/1/review", json={"verdict": "keep"})
    return job_id


def _zip(client: FlaskClient, document: dict[str, Any]) -> zipfile.ZipFile:
    answer = client.get(document["links"]["zip"])
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_export_holds_everything_of_the_local_user(
    client: FlaskClient,
    driver: QueueDriver,
    work_off: Callable[[], None],
    artifact_store: ArtifactStore,
) -> None:
    job_id = _design(client, driver)
    shelf = client.post("/api/v1/collections", json={"name": "Acme"}).get_json()
    client.put(f"/api/v1/collections/{shelf['id']}/jobs/{job_id}")
    palette = {"name": "House", "palette": {"colours": [{"hex": "#102030"}]}}
    client.post("/api/v1/palettes", json=palette)

    asked = client.post(EXPORTS)
    assert asked.status_code == 202
    assert asked.headers["Retry-After"]
    document = asked.get_json()
    assert client.post(EXPORTS).get_json()["id"] == document["id"]  # one at a time
    early = client.get(f"{EXPORTS}/{document['id']}/zip")
    assert (early.status_code, early.get_json()["code"]) == (409, "export_not_ready")
    work_off()
    document = client.get(asked.headers["Location"]).get_json()
    assert (document["state"], document["designs"]) == ("succeeded", 1)
    assert client.get(EXPORTS).get_json()["exports"] == [document]

    archive = _zip(client, document)
    assert archive.testzip() is None
    names = archive.namelist()
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["missing"] == []
    assert {each["path"] for each in manifest["files"]} == {*names} - {"manifest.json"}
    for each in manifest["files"]:
        content = archive.read(each["path"])
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
        assert len(content) == each["bytes"]
    (record_name,) = [name for name in names if name.endswith("/record.json")]
    record = json.loads(archive.read(record_name))
    assert (record["id"], record["brief"]) == (job_id, "teal mug")
    assert (record["name"], record["tags"]) == ("Lemons", ["summer"])
    assert record["judgements"] == [{"variant": 1, "favourite": False, "verdict": "keep"}]
    assert record["collections"] == [shelf["id"]]
    kinds = {file["kind"] for file in record["files"]}
    assert {"tile", "sketch", "design"} <= kinds
    assert not {"thumbnail", "preview"} & kinds
    assert f"references/{record['reference_sha256']}.png" in names
    assert json.loads(archive.read(record_name.replace("record", "provenance")))["entity"]
    assert json.loads(archive.read("collections.json"))[0]["jobs"] == [job_id]
    assert json.loads(archive.read("palettes.json"))[0]["name"] == "House"
    events = [json.loads(line) for line in archive.read("audit.ndjson").splitlines()]
    assert "account.export" in {event["action"] for event in events}
    assert b"designs/" in archive.read("README.txt")
    assert "account.json" not in names


def test_export_of_an_account_holds_its_own_things_alone(
    make_app: Callable[[Settings], Flask],
    settings: Settings,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    work_off: Callable[[], None],
) -> None:
    application = make_app(settings.model_copy(update={"mode": "accounts"}))
    mei, kai = (member(application, session_factory, name) for name in ("mei", "kai"))
    mine = _design(mei, driver)
    _design(kai, driver, "secret foxes")
    document = mei.post(EXPORTS).get_json()
    assert kai.get(EXPORTS).get_json()["exports"] == []
    work_off()
    for path in (EXPORTS + "/" + document["id"], f"{EXPORTS}/{document['id']}/zip"):
        hidden = kai.get(path)
        assert (hidden.status_code, hidden.get_json()["code"]) == (404, "export_not_found")
    document = mei.get(f"{EXPORTS}/{document['id']}").get_json()
    archive = _zip(mei, document)
    records = [archive.read(name) for name in archive.namelist() if name.endswith("record.json")]
    assert [json.loads(record)["id"] for record in records] == [mine]
    account = archive.read("account.json").decode()
    assert json.loads(account)["name"] == "mei"
    assert "hash" not in account
    actors = {json.loads(line)["actor"] for line in archive.read("audit.ndjson").splitlines()}
    assert actors == {"account:mei"}
    with session_factory() as session:
        sha256 = session.scalars(select(Artifact.sha256).where(Artifact.kind == "export")).one()
    for client in (mei, kai):
        assert client.get(f"/api/v1/artifacts/{sha256}").status_code == 404


def test_export_has_nothing_of_a_workspace_that_its_account_has_left(
    make_app: Callable[[Settings], Flask],
    settings: Settings,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    work_off: Callable[[], None],
) -> None:
    application = make_app(settings.model_copy(update={"mode": "accounts"}))
    mei = member(application, session_factory, "mei")
    _design(mei, driver)
    mei.post("/api/v1/collections", json={"name": "Acme"})
    palette = {"name": "House", "palette": {"colours": [{"hex": "#102030"}]}}
    mei.post("/api/v1/palettes", json=palette)
    mei.post("/api/v1/batches", json={"briefs": ["stripes"]})
    with session_factory.begin() as session:
        place = create_workspace(session, "Mill").id
        set_role(session, "mei", place, "viewer")
        set_role(session, "mei", MAIN_WORKSPACE, "viewer")  # sees it still
    both = mei.post(EXPORTS).get_json()["id"]
    work_off()
    archive = _zip(mei, mei.get(f"{EXPORTS}/{both}").get_json())
    assert [name for name in archive.namelist() if name.startswith("designs/")]
    with session_factory.begin() as session:
        remove_member(session, "mei", MAIN_WORKSPACE)
    left = mei.post(EXPORTS).get_json()["id"]
    work_off()
    archive = _zip(mei, mei.get(f"{EXPORTS}/{left}").get_json())
    assert not [name for name in archive.namelist() if name.startswith(("designs/", "references/"))]
    for name in ("collections", "palettes", "batches"):
        assert json.loads(archive.read(f"{name}.json")) == [], name


def test_deleted_design_takes_the_exports_along_that_hold_it(
    client: FlaskClient,
    driver: QueueDriver,
    work_off: Callable[[], None],
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    job_id = _design(client, driver)
    before = client.post(EXPORTS).get_json()["id"]
    work_off()
    waiting = client.post(EXPORTS).get_json()["id"]  # made after the deletion, asked for before
    client.delete(f"{JOBS}/{job_id}")
    work_off()
    archive = _zip(client, client.get(f"{EXPORTS}/{waiting}").get_json())
    assert not [name for name in archive.namelist() if name.startswith("designs/")]
    after = client.post(EXPORTS).get_json()["id"]
    work_off()
    assert client.get(f"{EXPORTS}/{before}").status_code == 200  # it can still be undone
    end_undo(session_factory)
    age_files(artifact_store)
    collect(session_factory, artifact_store)
    for export_id in (before, waiting):
        assert client.get(f"{EXPORTS}/{export_id}").status_code == 404
    kept = client.get(f"{EXPORTS}/{after}").get_json()
    assert _zip(client, kept).testzip() is None
    assert len(files_of_store(artifact_store)) == 2  # its zip, and the output of its stage


def test_exports_do_not_pile_up(
    app: Flask,
    client: FlaskClient,
    driver: QueueDriver,
    work_off: Callable[[], None],
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    _design(client, driver)
    asked = []
    for _ in range(4):
        found = together(*[lambda: app.test_client().post(EXPORTS).get_json()["id"]] * 5)
        assert len(set(found)) == 1, found  # of many that are asked for at once, one is made
        asked.append(found[0])
        work_off()
    age_files(artifact_store)
    collect(session_factory, artifact_store)
    kept = [each["id"] for each in client.get(EXPORTS).get_json()["exports"]]
    assert kept == asked[:0:-1]
    with session_factory() as session:
        zips = set(session.scalars(select(Artifact.sha256).where(Artifact.kind == "export")))
        files = files_of_store(artifact_store)
    assert len(zips) == 3
    assert zips <= files
    zipped = [name for name in files if artifact_store.get(name)[:2] == b"PK"]
    assert sorted(zipped) == sorted(zips)


def test_export_expires(
    client: FlaskClient,
    work_off: Callable[[], None],
    session_factory: sessionmaker[Session],
) -> None:
    export_id = client.post(EXPORTS).get_json()["id"]
    work_off()
    assert client.get(f"{EXPORTS}/{export_id}").get_json()["expires_at"]
    with session_factory.begin() as session:
        session.execute(update(Job).values(expires_at=seconds_from_now(-1)))
    assert client.get(f"{EXPORTS}/{export_id}").status_code == 404
    assert client.get(f"{EXPORTS}/{export_id}/zip").status_code == 404
    assert client.get(EXPORTS).get_json()["exports"] == []
    assert client.get(f"{EXPORTS}/x").status_code == 404


def test_missing_file_is_named_and_the_rest_exported(
    client: FlaskClient,
    driver: QueueDriver,
    work_off: Callable[[], None],
    artifact_store: ArtifactStore,
) -> None:
    job_id = _design(client, driver)
    tiles = [
        each["sha256"]
        for each in client.get(f"{JOBS}/{job_id}").get_json()["artifacts"]
        if each["kind"] == "tile"
    ]
    artifact_store.delete(tiles[0])
    export_id = client.post(EXPORTS).get_json()["id"]
    work_off()
    archive = _zip(client, client.get(f"{EXPORTS}/{export_id}").get_json())
    assert json.loads(archive.read("manifest.json"))["missing"] == [tiles[0]]


def test_page_shows_exports_and_asks_for_one(
    client: FlaskClient, work_off: Callable[[], None]
) -> None:
    assert "Make an export" in client.get("/account/data").text
    client.post("/account/data/export")
    assert 'data-active="yes"' in client.get("/account/data/parts").text
    work_off()
    parts = client.get("/account/data/parts")
    assert "Download the zip" in parts.text
    same = client.get("/account/data/parts", headers={"If-None-Match": parts.headers["ETag"]})
    assert same.status_code == 304
