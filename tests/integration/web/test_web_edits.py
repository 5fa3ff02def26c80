"""Edits over HTTP: derived designs, refusals, and briefs that are nothing but an edit."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import StageRun
from shared.designs.parsing import record_json
from shared.queue import leases as queue
from shared.storage.artifacts import ArtifactStore
from tests.images import as_png, tile
from tests.queue_driver import QueueDriver
from tests.unit.shared.edits.examples import motif_design

JOBS = "/api/v1/jobs"
RENDER = "/api/v1/designs/render"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
Document = dict[str, Any]


@pytest.fixture
def drawn(client: FlaskClient, driver: QueueDriver, artifact_store: ArtifactStore) -> Document:
    """Document of a render that succeeded, of foxes, cats and daisies over stripes."""
    record = motif_design().to_document()
    job = client.post(RENDER, json={"design": record, "size": 640, "product": "mug"}).get_json()
    content = as_png(tile(64))
    picture = queue.ArtifactRecord(
        kind="tile",
        variant=0,
        sha256=artifact_store.put(content),
        media_type="image/png",
        size_bytes=len(content),
        width=64,
        height=64,
    )
    driver.finish(driver.one("render"), artifacts=(picture,))
    found: Document = client.get(f"{JOBS}/{job['id']}").get_json()
    assert found["state"] == "succeeded"
    return found


def edit(client: FlaskClient, job: Document, variant: object = 0, **asked: Any) -> Any:
    return client.post(f"{JOBS}/{job['id']}/variants/{variant}/edits", json=asked)


def test_edit_is_a_job_on_the_product_of_the_original(
    client: FlaskClient, drawn: Document, driver: QueueDriver
) -> None:
    answer = edit(client, drawn, say="less contrast")
    job = answer.get_json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{JOBS}/{job['id']}"
    assert (job["pipeline"], job["state"]) == ("render", "queued")
    assert [each["name"] for each in job["stages"]] == ["render"]
    assert job["options"]["product"] == "mug"
    assert job["options"]["size"] == 640
    assert job["options"]["edit"] == {"kind": "tone", "of": "contrast", "amount": -0.5}
    assert job["derived_from"] == {
        "job": drawn["id"], "how": "edit", "url": f"{JOBS}/{drawn['id']}",
        "variant": 0, "say": "less contrast",
    }  # fmt: skip
    assert job["changed"] is None
    (base,) = job["artifacts"]
    assert (base["kind"], base["sha256"]) == ("base", drawn["artifacts"][0]["sha256"])
    assert driver.faults() == {}


def test_changes_are_told_once_the_edit_is_applied(
    client: FlaskClient,
    drawn: Document,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    job = edit(client, drawn, say="底色改成深红").get_json()
    driver.finish(driver.one("render"))
    changed = [{"what": "palette.p1.hex", "from": "#1F4A44", "to": "#A3132F"}]
    with session_factory.begin() as session:
        session.execute(
            update(StageRun)
            .where(StageRun.job_id == job["id"])
            .values(provenance={"details": {"changed": changed}})
        )
    assert client.get(f"{JOBS}/{job['id']}").get_json()["changed"] == changed
    page = client.get(f"/jobs/{job['id']}?lang=en", headers=PAGE).get_data(as_text=True)
    assert "What was changed" in page
    assert "Colour: #1F4A44 → #A3132F" in page
    assert f'href="/jobs/{drawn["id"]}"' in page
    assert "<title>“底色改成深红” · Codesigner</title>" in page
    assert '<h1 class="job-name" dir="auto">“底色改成深红”</h1>' in page
    listed = client.get("/jobs?lang=en", headers=PAGE).get_data(as_text=True)
    assert re.search(rf'<a href="/jobs/{job["id"]}"[^>]*>“底色改成深红”</a>', listed)
    original = client.get(f"/jobs/{drawn['id']}?lang=en", headers=PAGE).get_data(as_text=True)
    assert f'<a href="/jobs/{job["id"]}" dir="auto">“底色改成深红”</a>' in original
    assert "改了什么" in client.get(f"/jobs/{job['id']}?lang=zh", headers=PAGE).get_data(
        as_text=True
    )


def test_edit_by_fields_and_in_words_are_the_same(client: FlaskClient, drawn: Document) -> None:
    said = edit(client, drawn, say="foxes bigger").get_json()
    given = edit(client, drawn, set=said["options"]["edit"]).get_json()
    assert given["options"]["edit"] == said["options"]["edit"]
    assert given["derived_from"]["say"] is None


def test_idempotency_key_gives_the_same_edit(client: FlaskClient, drawn: Document) -> None:
    path = f"{JOBS}/{drawn['id']}/variants/0/edits"
    headers = {"Idempotency-Key": "one"}
    first, again, other = (
        client.post(path, json={"say": say}, headers=headers)
        for say in ("sparser", "sparser", "denser")
    )
    assert first.get_json()["id"] == again.get_json()["id"]
    assert other.get_json()["code"] == "idempotency_conflict"


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"say": "hello there"}, "edit_not_understood", "say"),
        ({"say": ""}, "edit_not_understood", "say"),
        ({"say": "put hats on the foxes"}, "edit_not_understood", "say"),
        ({"say": "without the owls"}, "edit_not_possible", "say"),
        ({"say": "gold instead of purple"}, "edit_not_possible", "say"),
        ({"say": "去掉圆点"}, "edit_not_possible", "say"),
        ({"say": "straight repeat"}, "edit_without_effect", "say"),
        (
            {"set": {"kind": "recolour", "colour": "p1", "to": "#1F4A44"}},
            "edit_without_effect",
            "set",
        ),
        ({"set": {"kind": "remove", "motifs": ["owl"]}}, "edit_not_possible", "set"),
        ({"set": {"kind": "tone", "of": "smell"}}, "invalid_request", "set.of"),
        ({"set": {"kind": "cook"}}, "invalid_request", "set"),
        ({"say": "darker", "set": {"kind": "mirror"}}, "invalid_request", "body"),
        ({}, "invalid_request", "body"),
        ({"say": "x" * 301}, "invalid_request", "say"),
        ({"say": "darker\x00"}, "invalid_request", "say"),
        ({"say": 7}, "invalid_request", "say"),
    ],
)
def test_refusals_have_codes_and_name_the_field(
    client: FlaskClient, drawn: Document, asked: Document, code: str, field: str
) -> None:
    answer = edit(client, drawn, **asked)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert problem["fields"][0]["field"] == field


def test_refusals_are_told_in_the_language_of_the_request(
    client: FlaskClient, drawn: Document
) -> None:
    path = f"{JOBS}/{drawn['id']}/variants/0/edits?lang=zh"
    problem = client.post(path, json={"say": "去掉猫头鹰"}).get_json()
    assert problem["fields"][0]["message"] == "这个设计里没有猫头鹰；有狐狸、猫、雏菊、条纹。"


def test_variants_without_a_record_cannot_be_changed(
    client: FlaskClient, drawn: Document, driver: QueueDriver, released: None
) -> None:
    for variant in (1, 9999):
        answer = edit(client, drawn, variant, say="darker")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "job_not_editable")
    assert edit(client, drawn, "x", say="darker").get_json()["fields"][0]["field"] == "variant"
    waiting = client.post(JOBS, json={"brief": "teal waves"}).get_json()
    assert edit(client, waiting, say="darker").get_json()["code"] == "job_not_editable"
    gone = {"id": "00000000-0000-7000-8000-000000000000"}
    assert edit(client, gone, say="darker").get_json()["code"] == "job_not_found"


@pytest.mark.parametrize(
    "brief", ["less contrast", "花再大一些", "background deep red", "去掉条纹"]
)
def test_brief_that_is_an_edit_is_answered_with_a_question(
    client: FlaskClient, released: None, brief: str
) -> None:
    answer = client.post(JOBS, json={"brief": brief})
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "edit_without_design")
    assert problem["fields"] == [
        {"field": "brief", "message": "Which design should be changed? Open it and say it there."}
    ]
    page = client.post("/designs?lang=zh", data={"brief": brief}, headers=PAGE)
    assert page.status_code == 422
    assert "要改哪个设计" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "brief",
    ["foxes on deep red", "high contrast geometric mug", "in winter colours", "深红底的小花",
     "bigger flowers and smaller leaves, navy ground", "mug without stripes, teal waves"],
)  # fmt: skip
def test_brief_that_describes_a_design_is_drawn(
    client: FlaskClient, released: None, brief: str
) -> None:
    assert client.post(JOBS, json={"brief": brief}).status_code == 202


def test_page_has_a_form_for_each_variant_and_tells_why_an_edit_is_refused(
    client: FlaskClient, drawn: Document
) -> None:
    page = client.get(f"/jobs/{drawn['id']}?lang=en", headers=PAGE).get_data(as_text=True)
    action = f"/jobs/{drawn['id']}/variants/0/edits"
    assert f'action="{action}"' in page
    assert "Change one thing" in page
    assert 'value="bigger motifs"' in page
    sent = client.post(action, data={"say": "", "example": "bigger motifs"}, headers=PAGE)
    assert sent.status_code == 303
    assert client.get(sent.headers["Location"], headers=PAGE).status_code == 200
    refused = client.post(f"{action}?lang=en", data={"say": "without <owls>"}, headers=PAGE)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "This design has no owls; it has fox, cat, daisy, stripes." in text
    assert 'value="without &lt;owls&gt;"' in text
    in_chinese = client.get(f"{action}?lang=zh", headers=PAGE)  # as the links to languages do
    assert in_chinese.headers["Location"] == f"/jobs/{drawn['id']}#variant-1"
    assert "只改一处" in client.get(f"/jobs/{drawn['id']}", headers=PAGE).get_data(as_text=True)


def test_variant_of_a_design_job_is_changed_with_its_files(
    client: FlaskClient,
    driver: QueueDriver,
    released: None,
) -> None:
    job = client.post(JOBS, json={"brief": "teal waves", "variants": 2}).get_json()
    driver.run_all()
    answer = edit(client, job, 1, say="darker")
    assert answer.status_code == 202, answer.get_json()
    assert answer.get_json()["derived_from"]["variant"] == 1


def test_retry_of_an_edit_is_the_same_edit(
    client: FlaskClient, drawn: Document, driver: QueueDriver
) -> None:
    job = edit(client, drawn, say="bigger foxes").get_json()
    driver.fail(driver.one("render"))
    again = client.post(job["links"]["retry"]).get_json()
    assert again["artifacts"] == job["artifacts"]
    assert again["options"] == job["options"]
    assert again["derived_from"] == {"job": job["id"], "how": "retry", "url": f"{JOBS}/{job['id']}"}


def test_edit_of_an_edit_starts_from_its_record(
    client: FlaskClient, drawn: Document, driver: QueueDriver, artifact_store: ArtifactStore
) -> None:
    job = edit(client, drawn, say="darker").get_json()
    content = record_json(motif_design("owl", "bear")).encode()
    made = queue.ArtifactRecord(
        kind="design",
        variant=0,
        sha256=artifact_store.put(content),
        media_type="application/json",
        size_bytes=len(content),
    )
    driver.finish(driver.one("render"), artifacts=(made,))
    assert edit(client, job, say="bigger foxes").get_json()["code"] == "edit_not_possible"
    further = edit(client, job, say="bigger owls").get_json()
    assert further["derived_from"]["job"] == job["id"]
    assert further["artifacts"][0]["sha256"] == made.sha256


def test_provenance_and_base_record_of_an_edit_are_public(
    client: FlaskClient, drawn: Document, driver: QueueDriver
) -> None:
    job = edit(client, drawn, say="darker").get_json()
    driver.finish(driver.one("render"))
    assert client.get(f"{JOBS}/{job['id']}/provenance").status_code == 200
    assert client.get(job["artifacts"][0]["url"]).get_json() == motif_design().to_document()


def test_batch_names_the_brief_that_is_an_edit(client: FlaskClient, released: None) -> None:
    answer = client.post("/api/v1/batches", json={"briefs": ["teal waves", "bigger motifs"]})
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "edit_without_design")
    assert problem["fields"][0]["field"] == "briefs.1"
