"""Deletion of batches and references in API and pages, and the ledger of deletions."""

import base64
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Job
from shared.jobs.insertion import Derivation
from shared.storage.artifacts import ArtifactStore
from tests.deletion_steps import age_files, collect, end_undo, files_of_store
from tests.images import as_png, tile
from tests.queue_driver import QueueDriver

JOBS, BATCHES = "/api/v1/jobs", "/api/v1/batches"
DELETIONS = "/api/v1/deletions"
UNKNOWN = "0190d9a1-0000-7000-8000-000000000000"
PHOTO = {"base64": base64.b64encode(as_png(tile(3, 64))).decode()}


def _batch(client: FlaskClient, **given: Any) -> dict[str, Any]:
    answer = client.post(BATCHES, json={"briefs": ["teal mug"], "seeds": [1, 2], **given})
    assert answer.status_code == 202, answer.get_json()
    return dict(answer.get_json())


def _design(client: FlaskClient, brief: str = "teal mug", **given: Any) -> dict[str, Any]:
    answer = client.post(JOBS, json={"brief": brief, **given})
    assert answer.status_code == 202, answer.get_json()
    return dict(answer.get_json())


def _total(client: FlaskClient) -> int:
    return int(client.get(JOBS).get_json()["total"])


def test_deleted_batch_is_restored_as_one(client: FlaskClient) -> None:
    batch, other = _batch(client), _design(client)
    path = batch["links"]["self"]
    alone = batch["jobs"][0]["id"]
    client.delete(f"{JOBS}/{alone}")
    answer = client.delete(path).get_json()
    assert answer["jobs"] == [batch["jobs"][1]["id"]]
    assert answer["undo_s"] == 600
    gone = client.get(path)
    assert (gone.status_code, gone.get_json()["code"]) == (410, "batch_expired")
    assert client.delete(path).status_code == 410
    assert client.get(f"{JOBS}/{other['id']}").status_code == 200
    restored = client.post(answer["links"]["restore"]).get_json()
    assert [job["id"] for job in restored["jobs"]] == answer["jobs"]  # not what went alone
    assert restored["counts"]["cancelled"] == 1
    assert client.post(answer["links"]["restore"]).status_code == 200
    for method, wrong in ((client.delete, UNKNOWN), (client.delete, "x")):
        assert method(f"{BATCHES}/{wrong}").status_code == 404
    assert client.post(f"{BATCHES}/x/restore").status_code == 404


def test_batch_is_deleted_on_its_page_and_restored_in_the_library(client: FlaskClient) -> None:
    client.get("/")  # sets the visitor's cookie
    batch = _batch(client, seeds=list(range(70)))
    page = f"/batches/{batch['id']}"
    assert "Delete all 70 designs" in client.get(page).text
    answer = client.post(f"{page}/delete", follow_redirects=True)
    assert answer.request.path == "/jobs"
    assert "Deleted (70)" in " ".join(answer.text.split())
    assert client.get(page).status_code == 410
    client.post("/jobs/undo")
    assert _total(client) == 70


def test_reference_is_deleted_with_designs_drawn_after_it_and_their_edits(
    client: FlaskClient,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    first = _design(client, reference=PHOTO)
    second = _design(client, brief="navy mug", reference=PHOTO)
    kept = _design(client, brief="plain mug")
    reference = first["reference"]["sha256"]
    with session_factory() as session:
        assert session.get_one(Job, second["id"]).reference_sha256 == reference
    edit = driver.submit(
        pipeline="render", derivation=Derivation(job_id=first["id"], how="edit"), brief="edited"
    )
    changed = driver.submit(
        brief="changed", derivation=Derivation(job_id=first["id"], how="changed_brief")
    )
    after = sorted([first["id"], second["id"], edit.id])

    page = client.get(f"/jobs/{first['id']}").text
    assert "3 designs were drawn after it" in page
    answer = client.delete(f"/api/v1/references/{reference}").get_json()
    assert sorted(answer["jobs"]) == after
    assert _total(client) == 2
    assert client.get(f"/api/v1/artifacts/{reference}").status_code == 404
    assert client.delete(f"/api/v1/references/{reference}").status_code == 404
    restored = client.post(answer["links"]["restore"]).get_json()
    assert sorted(restored["jobs"]) == after
    assert client.get(f"/api/v1/artifacts/{reference}").status_code == 200

    library = client.post(
        f"/references/{reference}/delete", data={"back": "/jobs"}, follow_redirects=True
    )
    assert "Deleted (3)" in " ".join(library.text.split())
    age_files(artifact_store)
    end_undo(session_factory)
    collect(session_factory, artifact_store)
    assert files_of_store(artifact_store) == set()
    with session_factory() as session:
        assert set(session.scalars(select(Job.id))) == {kept["id"], changed.id}
    for wrong in ("ab" * 32, "x"):
        assert client.delete(f"/api/v1/references/{wrong}").status_code == 404


def test_ledger_says_what_became_of_deletions(
    client: FlaskClient,
    admin: FlaskClient,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    assert client.get(DELETIONS).status_code == 401
    assert client.get("/admin/deletions").status_code == 401
    assert "Nothing was deleted yet" in admin.get("/admin/deletions").text
    gone, kept = _design(client, "secret lemons"), _design(client, "mug with foxes")
    batch = _batch(client)
    for path in (f"{JOBS}/{gone['id']}", f"{JOBS}/{kept['id']}", batch["links"]["self"]):
        client.delete(path)
    client.post(f"{JOBS}/{kept['id']}/restore")
    end_undo(session_factory)
    collect(session_factory, artifact_store)

    answer = admin.get(DELETIONS)
    rows = answer.get_json()["deletions"]
    assert [(row["kind"], row["object_id"], row["state"], row["jobs"]) for row in rows] == [
        ("batch", batch["id"], "done", 2),
        ("job", kept["id"], "restored", 1),
        ("job", gone["id"], "done", 1),
    ]
    assert {row["asked_by"] for row in rows} == {"address:127.0.0.1"}
    assert rows[2]["rows_deleted"] > 5
    assert "lemons" not in answer.text
    page = admin.get("/admin/deletions").text
    assert gone["id"][-12:] in page
    assert "Restored" in page
    first = admin.get(f"{DELETIONS}?limit=2").get_json()
    assert [row["kind"] for row in admin.get(first["next"]).get_json()["deletions"]] == ["job"]
    assert admin.get(f"{DELETIONS}?before=x").status_code == 422


def test_deletions_of_batches_and_references_are_audited(
    client: FlaskClient, admin: FlaskClient
) -> None:
    batch, design = _batch(client), _design(client, reference=PHOTO)
    reference = design["reference"]["sha256"]
    for path in (batch["links"]["self"], f"/api/v1/references/{reference}"):
        client.post(client.delete(path).get_json()["links"]["restore"])
    events = admin.get("/api/v1/audit").get_json()["events"]
    assert [(event["action"], event["object_id"]) for event in reversed(events)] == [
        ("batch.delete", batch["id"]),
        ("batch.restore", batch["id"]),
        ("reference.delete", reference),
        ("reference.restore", reference),
    ]
