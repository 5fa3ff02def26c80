"""Motifs in the API and on the pages: search, pictures, choice, chips, licences, readiness."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.db.models import Job
from shared.designs.record import Design
from shared.motifs.attribution import drawings_used, licence_report
from shared.motifs.catalog import own_motifs
from shared.motifs.curation import motif_sets
from shared.queue.completion import ArtifactRecord
from shared.queue.recovery.heartbeats import Heartbeat, beat
from shared.settings import Settings
from tests.integration.web.conftest import admin_of
from tests.queue_driver import QueueDriver, design

MOTIFS = "/api/v1/motifs"
JOBS = "/api/v1/jobs"
BRIEF = "foxes and pine trees, mustard on a teal ground, mug"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of an installation without a motif library."""
    return settings.model_copy(update={"motifs_dir": tmp_path / "motifs"})


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.get_json()
    return [motif["id"] for motif in answer.get_json()["motifs"]]


def understood_motifs(client: FlaskClient, **asked: Any) -> list[str]:
    answer = client.post(JOBS, json={"brief": BRIEF} | asked)
    assert answer.status_code == 202, answer.get_json()
    return [motif["subjects"][0] for motif in answer.get_json()["understood"]["motifs"]]


def test_search_returns_documents_in_the_requested_language(client: FlaskClient) -> None:
    answer = client.get(MOTIFS, query_string={"q": "狐狸", "language": "zh"})
    (fox,) = answer.get_json()["motifs"]
    assert fox == {
        "id": "own:fox",
        "name": "狐狸",
        "names": {"en": "fox", "zh": "狐狸"},
        "category": "animal",
        "turns": False,
        "sets": ["own"],
        "licences": ["Apache-2.0"],
        "picture": "/api/v1/motifs/own:fox/picture",
    }
    chinese = client.get(f"{MOTIFS}?q=fox", headers={"Accept-Language": "zh"}).get_json()
    assert chinese["motifs"][0]["name"] == "狐狸"
    assert client.get(f"{MOTIFS}?q=xyzzy").get_json() == {"motifs": [], "total": 0, "next": None}


def test_pages_of_a_search_have_each_motif_once(client: FlaskClient) -> None:
    found: list[str] = []
    path: str | None = f"{MOTIFS}?limit=50"
    while path is not None:
        answer = client.get(path)
        found += ids(answer)
        path = answer.get_json()["next"]
    assert sorted(found) == sorted(f"own:{name}" for name in own_motifs())
    assert ids(client.get(f"{MOTIFS}?offset=100000")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("offset=-1", "offset"),
        ("offset=1000000", "offset"),
        ("offset=٣", "offset"),
        ("language=de", "language"),
        (f"q={'x' * 101}", "q"),
    ],
)
def test_invalid_arguments_are_named(client: FlaskClient, query: str, field: str) -> None:
    problem = client.get(f"{MOTIFS}?{query}").get_json()
    assert (problem["code"], [each["field"] for each in problem["fields"]]) == (
        "invalid_request",
        [field],
    )


@pytest.mark.parametrize("name", ["own:fox", "own:fox@1"])
def test_picture_is_svg_that_may_be_cached(client: FlaskClient, name: str) -> None:
    answer = client.get(f"{MOTIFS}/{name}/picture")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert len(ET.fromstring(answer.data)) > 0
    again = client.get(
        f"{MOTIFS}/{name}/picture", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["own:nothing", "nothing", "fluent:fox@1.2.6", "%00", "狐狸", ":"])
def test_unknown_motif_is_not_found(client: FlaskClient, name: str) -> None:
    answer = client.get(f"{MOTIFS}/{name}/picture")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "motif_not_found")


def test_request_draws_the_motifs_of_its_brief_or_those_it_chooses(
    client: FlaskClient, released: None
) -> None:
    assert understood_motifs(client) == ["own:fox", "own:pine-tree"]
    assert understood_motifs(client, motifs=None) == ["own:fox", "own:pine-tree"]
    assert understood_motifs(client, motifs=["own:bear", "own:fox", "own:bear"]) == [
        "own:bear",
        "own:fox",
    ]
    assert understood_motifs(client, motifs=[]) == []


def test_chosen_motif_keeps_what_the_brief_says_of_it(client: FlaskClient, released: None) -> None:
    body = {"brief": "three mustard foxes", "motifs": ["own:bear", "own:fox"]}
    bear, fox = client.post(JOBS, json=body).get_json()["understood"]["motifs"]
    assert (fox["number"], fox["colours"], fox["word"]) == (3, ["mustard"], "foxes")
    assert (bear["number"], bear["word"], bear["role"]) == (None, "bear", "hero")


def test_two_of_the_chosen_motifs_are_heroes(client: FlaskClient, released: None) -> None:
    body = {
        "brief": "a fox and small mushrooms",
        "motifs": ["own:mushroom", "own:fox", "own:bear", "own:deer"],
    }
    motifs = client.post(JOBS, json=body).get_json()["understood"]["motifs"]
    roles = {motif["subjects"][0]: motif["role"] for motif in motifs}
    assert (roles["own:fox"], roles["own:bear"], roles["own:deer"]) == ("hero", "hero", "secondary")
    assert roles["own:mushroom"] != "hero"


@pytest.mark.parametrize(
    ("motifs", "field"),
    [
        (["own:fox", "own:nothing"], "motifs.1"),
        (["fox\u0000"], "motifs.0"),
        ("own:fox", "motifs"),
        ([1], "motifs.0"),
        (["own:fox"] * 13, "motifs"),
        (["x" * 81], "motifs.0"),
    ],
)
def test_motifs_that_cannot_be_drawn_are_refused(
    client: FlaskClient, motifs: object, field: str
) -> None:
    problem = client.post(JOBS, json={"brief": BRIEF, "motifs": motifs}).get_json()
    assert (problem["code"], [each["field"] for each in problem["fields"]]) == (
        "invalid_request",
        [field],
    )
    batch = client.post("/api/v1/batches", json={"briefs": [BRIEF], "motifs": motifs}).get_json()
    assert [each["field"] for each in batch["fields"]] == [field]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [(["own:bear", "own:fox"], ["own:bear", "own:fox"]), ([""], []), ([], ["own:fox"])],
)
def test_form_sends_the_chosen_motifs(
    client: FlaskClient, driver: QueueDriver, released: None, sent: list[str], stored: list[str]
) -> None:
    for path in (JOBS, "/designs"):
        answer = client.post(
            path,
            data={"brief": "a fox", "motifs": sent},
            content_type="multipart/form-data",
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 202, answer.get_json()
        motifs = driver.job(answer.get_json()["id"]).understood["motifs"]
        assert [motif["subjects"][0] for motif in motifs] == stored


def test_batch_draws_the_chosen_motifs_in_every_job(
    client: FlaskClient, driver: QueueDriver, released: None
) -> None:
    body = {"briefs": ["teal mug", "a fox"], "motifs": ["own:bear"], "seeds": [1]}
    jobs = client.post("/api/v1/batches", json=body).get_json()["jobs"]
    for job in jobs:
        (motif,) = driver.job(job["id"]).understood["motifs"]
        assert motif["subjects"] == ["own:bear"]


def test_brief_that_names_a_thing_or_a_ground_alone_is_understood(
    client: FlaskClient, released: None
) -> None:
    for brief in ("foxes", "狐狸"):
        job = client.post(JOBS, json={"brief": brief}).get_json()
        assert job["notices"] == []


def test_chips_name_motifs_and_ground_in_the_language_of_the_page(client: FlaskClient) -> None:
    body = {"brief": "three mustard foxes on a teal ground"}
    for language, fox, ground in (("en", "fox × 3", "ground"), ("zh", "狐狸 × 3", "底色")):
        answer = client.post(
            "/api/v1/understand", json=body, headers={"Accept-Language": language}
        ).get_json()
        chips = {chip["part"]: chip for chip in answer["chips"]}
        assert chips["motif"]["name"] == fox
        assert (chips["motif"]["word"], chips["motif"]["role"]) == ("foxes", "hero")
        assert chips["motif"]["picture"] == "/api/v1/motifs/own:fox/picture"
        assert (chips["ground"]["key"], chips["ground"]["part_name"]) == ("teal", ground)
        colours = [chip["key"] for chip in answer["chips"] if chip["part"] == "colour"]
        assert "teal" not in colours


def motif_record() -> Design:
    """Return a record with two drawings."""
    fox = own_motifs()["fox"]
    fluent = f"fluent:lemon@{motif_sets()['fluent'].version}"
    elements = [
        {"id": "e1", "motif": fox.drawing, "x_mm": 9, "y_mm": 9, "size_mm": 8, "paints": ["p1"]},
        {"id": "e2", "motif": fluent, "sha256": "ab" * 32, "x_mm": 30, "y_mm": 9, "size_mm": 8,
         "paints": ["p2"]},
    ]  # fmt: skip
    layer = {"id": "l2", "kind": "motifs", "elements": elements}
    document = design().to_document()
    return Design.model_validate(document | {"layers": [*document["layers"], layer]})


def drawn_job(client: FlaskClient, driver: QueueDriver) -> Job:
    """Return a job whose draw stage has drawn motifs."""
    job_id = client.post(JOBS, json={"brief": BRIEF, "variants": 1}).get_json()["id"]
    for stage in ("caption", "fusion", "generate"):
        driver.finish(driver.one(stage), variants=1)
    used = drawings_used(motif_record())
    report = licence_report(used, "variant 1").encode()
    licences = ArtifactRecord(
        kind="licences", variant=0, sha256=driver.store.put(report), media_type="text/plain",
        size_bytes=len(report),
    )  # fmt: skip
    claim = driver.one("draw")
    files = driver._files(claim, 1)["artifacts"]
    drawings = [{"variant": 0, **each.to_document()} for each in used]
    driver.finish(
        claim, artifacts=(*files, licences), provenance={"details": {"drawings": drawings}}
    )
    driver.finish(driver.one("present"), variants=1)
    return driver.job(job_id)


def test_page_and_api_tell_the_drawings_used_and_their_licences(
    client: FlaskClient, driver: QueueDriver, released: None
) -> None:
    job = drawn_job(client, driver)
    page = client.get(f"/jobs/{job.id}").text
    fluent = motif_sets()["fluent"]
    for part in ("own:fox", "fluent:lemon", fluent.title, fluent.author, fluent.version, "MIT"):
        assert part in page
    assert '/api/v1/motifs/own:fox@1/picture"' in page
    (licences,) = (
        each
        for each in client.get(f"{JOBS}/{job.id}").get_json()["artifacts"]
        if each["kind"] == "licences"
    )
    assert licences["url"] in page
    file = client.get(licences["url"])
    assert (file.status_code, file.mimetype) == (200, "text/plain")
    assert ".txt" in file.headers["Content-Disposition"]
    assert "SPDX-License-Identifier: MIT" in file.text


def test_provenance_has_the_drawings_as_entities(
    client: FlaskClient, driver: QueueDriver, released: None
) -> None:
    job = drawn_job(client, driver)
    document = client.get(f"{JOBS}/{job.id}/provenance").get_json()
    fox = document["entity"]["cds:drawing.own:fox@1"]
    assert (fox["cds:author"], fox["cds:licence"]) == ("Codesigner", "Apache-2.0")
    used = {
        relation["prov:entity"]
        for relation in document["used"].values()
        if relation["prov:activity"] == f"job:{job.id}.draw"
    }
    assert "cds:drawing.own:fox@1" in used
    assert not any("cds:detail.drawings" in each for each in document["activity"].values())


def test_job_page_has_chips_with_pictures(
    client: FlaskClient, driver: QueueDriver, released: None
) -> None:
    job_id = client.post(JOBS, json={"brief": BRIEF}).get_json()["id"]
    english = client.get(f"/jobs/{job_id}?lang=en").text
    assert 'src="/api/v1/motifs/own:fox/picture" alt="Drawing: fox"' in english
    assert "main motif" in english
    assert 'alt="图样：狐狸"' in client.get(f"/jobs/{job_id}?lang=zh").text


def test_job_says_which_thing_was_taken_from_the_reference(
    client: FlaskClient, driver: QueueDriver, released: None
) -> None:
    job_id = client.post(JOBS, json={"brief": "a tote bag", "variants": 2}).get_json()["id"]
    assert "Taken from the reference" not in client.get(f"/jobs/{job_id}?lang=en").text
    for stage in ("caption", "fusion", "generate"):
        driver.finish(driver.one(stage))
    fox = {"part": "motifs", "key": "own:fox", "status": "done", "area": None}
    parts = [[fox | {"why": "seen_in_reference"}]] * 2
    driver.finish(driver.one("draw"), provenance={"details": {"outcomes": parts}})
    document = client.get(f"{JOBS}/{job_id}").get_json()
    assert document["understood"]["motifs"] == []
    assert document["outcomes"][1]["parts"] == parts[1]
    english = client.get(f"/jobs/{job_id}?lang=en").text
    assert english.count("Taken from the reference: fox") == 1
    assert "取自参考图：狐狸" in client.get(f"/jobs/{job_id}?lang=zh").text


def test_form_of_an_earlier_job_has_the_motifs_that_it_chose(
    client: FlaskClient, released: None
) -> None:
    chosen = client.post(JOBS, json={"brief": BRIEF, "motifs": ["own:bear"]}).get_json()["id"]
    plain = client.post(JOBS, json={"brief": BRIEF}).get_json()["id"]
    assert "own:bear" in client.get(f"/?from={chosen}").text
    assert "data-motifs" not in client.get(f"/?from={plain}").text
    for brief in (BRIEF, "a tote bag"):
        none = client.post(JOBS, json={"brief": brief, "motifs": []}).get_json()
        assert none["understood"]["motifs_chosen"] is True
        assert 'data-motifs="[]"' in client.get(f"/?from={none['id']}").text


def test_missing_library_is_told_to_the_administrator_and_leaves_the_service_ready(
    app: Flask, client: FlaskClient, driver: QueueDriver, released: None
) -> None:
    with driver.session() as session:
        beat(session, Heartbeat(name="w", host="a", device="cpu", queues=("gpu", "cpu")))
    ready = client.get("/readyz").get_json()
    assert ready["ready"] is True
    assert ready["motifs"]["subjects"] == 0
    assert "fluent" in ready["motifs"]["missing"]
    assert "codesigner motifs install" not in client.get("/").text
    assert "codesigner motifs install" in admin_of(app).get("/admin/queue").text
