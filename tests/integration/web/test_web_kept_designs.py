"""Training on the designs that people kept."""

import io
import json
import zipfile
from pathlib import Path

from flask.testing import FlaskClient

from shared.storage.artifacts import ArtifactStore
from tests.queue_driver import QueueDriver
from worker.training.user_dataset import read_dataset

JOBS = "/api/v1/jobs"
RUNS = "/api/v1/training-runs"
FORM = "multipart/form-data"


def keep(client: FlaskClient, driver: QueueDriver, count: int) -> list[str]:
    """Make designs of two variants; keep the first of each and reject the second."""
    ids = []
    for number in range(count):
        brief = f"mug {number}"
        job = client.post(JOBS, json={"brief": brief, "variants": 2, "seed": number}).get_json()
        driver.run_all()
        place = f"{JOBS}/{job['id']}/variants"
        assert client.put(f"{place}/0/review", json={"verdict": "keep"}).status_code == 200
        assert client.put(f"{place}/1/review", json={"verdict": "reject"}).status_code == 200
        ids.append(job["id"])
    return ids


def test_kept_variants_are_the_dataset_of_a_run(
    client: FlaskClient,
    admin: FlaskClient,
    driver: QueueDriver,
    artifact_store: ArtifactStore,
    tmp_path: Path,
) -> None:
    ids = keep(client, driver, 9)
    client.delete(f"{JOBS}/{ids[0]}")
    answer = admin.post(RUNS, data={"source": "kept", "steps": "1"}, content_type=FORM)
    assert answer.status_code == 202, answer.text
    options = answer.get_json()["job"]["options"]
    assert (options["images"], options["source"]) == (8, "kept")
    content = artifact_store.get(options["dataset_sha256"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = [json.loads(line) for line in archive.read("metadata.jsonl").splitlines()]
    assert [row["text"] for row in rows] == [f"mug {number}" for number in range(8, 0, -1)]
    dataset = tmp_path / "dataset.zip"
    dataset.write_bytes(content)
    assert len(read_dataset(dataset, 32).designs) == 8
    again = admin.post(RUNS, data={"source": "kept", "steps": "1"}, content_type=FORM).get_json()[
        "job"
    ]["options"]
    assert again["dataset_sha256"] == options["dataset_sha256"]


def test_too_few_kept_variants_are_refused(
    client: FlaskClient, admin: FlaskClient, driver: QueueDriver
) -> None:
    keep(client, driver, 2)
    answer = admin.post(RUNS, data={"source": "kept"}, content_type=FORM)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "dataset_invalid"
    page = admin.get("/admin/training").text
    assert "Variants kept in the library: 2." in page


def test_kept_designs_and_a_file_are_not_sent_together(admin: FlaskClient) -> None:
    file = (io.BytesIO(b"zip"), "a.zip")
    answer = admin.post(RUNS, data={"source": "kept", "dataset": file}, content_type=FORM)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["fields"]] == ["dataset"]
    assert (
        admin.post(RUNS, data={"source": "web"}, content_type=FORM).get_json()["fields"][0]["field"]
        == "source"
    )
