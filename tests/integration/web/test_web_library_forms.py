"""The forms of the library through the test client, as they are sent without a script."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.db.models import Job
from tests.library_html import NOBODY, PAGE, shown

MARKUP = '<script>alert("x")</script>'


def test_form_names_and_tags_a_design_as_text(client: FlaskClient, jobs: list[Job]) -> None:
    job_id = jobs[0].id
    form = {"name": MARKUP, "tags": f"autumn，<b>، b; autumn , {'x' * 40}", "back": "/jobs?q=fox"}
    answer = client.post(f"/jobs/{job_id}/entry", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/jobs?q=fox")
    library = client.get(f"/api/v1/jobs/{job_id}").get_json()["library"]
    assert library["name"] == MARKUP
    assert sorted(library["tags"]) == ["<b>، b", "autumn", "x" * 40]
    for path in ("/jobs", f"/jobs/{job_id}/entry", f"/jobs/{job_id}/lineage",
                 f"/compare?design={job_id}&design={jobs[1].id}"):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200
        assert MARKUP not in page.text, path
        assert html.escape(MARKUP).replace("&quot;", "&#34;") in page.text, path
    refused = client.post(f"/jobs/{job_id}/entry", data={"name": "x" * 101}, headers=PAGE)
    assert refused.status_code == 422
    assert "At most 100 characters." in refused.text


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example", "/\\e.x", ""])
def test_forms_redirect_to_own_pages_only(client: FlaskClient, jobs: list[Job], back: str) -> None:
    form = {"do": "tag", "tags": "a", "job": jobs[0].id, "back": back}
    assert client.post("/jobs/bulk", data=form).headers["Location"] == "/jobs"


def test_forms_judge_variants(client: FlaskClient, jobs: list[Job]) -> None:
    job_id = jobs[0].id
    review = f"/jobs/{job_id}/variants/1/review"

    def reviews() -> list[dict[str, object]]:
        found: list[dict[str, object]] = client.get(f"/api/v1/jobs/{job_id}").get_json()["library"][
            "reviews"
        ]
        return found

    client.post(review, data={"favourite": "true"})
    client.post(review, data={"verdict": "keep"})
    assert reviews() == [{"variant": 1, "favourite": True, "verdict": "keep"}]
    client.post(review, data={"verdict": ""})
    for _ in range(2):  # a second click of the same button changes nothing
        client.post("/jobs/heart", data={"heart": f"{job_id}.0"})
    assert [each["variant"] for each in reviews() if each["favourite"]] == [0, 1]
    client.post("/jobs/heart", data={"heart": f"{job_id}."})
    assert reviews() == []
    assert (
        client.post(f"/jobs/{job_id}/variants/9/review", data={"favourite": "true"}).status_code
        == 422
    )


def test_selection_is_collected_tagged_and_taken_out(client: FlaskClient, jobs: list[Job]) -> None:
    ids = [job.id for job in jobs[:2]]
    new = {"job": ids, "do": "collect", "add_to": "", "new_collection": "  <i>Autumn</i> 秋 "}
    assert client.post("/jobs/bulk", data=new).status_code == 303
    (collection,) = client.get("/api/v1/collections").get_json()["collections"]
    assert (collection["name"], collection["size"]) == ("<i>Autumn</i> 秋", 2)
    shelf = client.get(f"/jobs?collection={collection['id']}")
    assert shown(shelf) == ids[::-1]
    assert "&lt;i&gt;Autumn&lt;/i&gt; 秋</h1>" in shelf.text
    out = {"job": ids[0], "do": "take_out", "collection": collection["id"]}
    client.post("/jobs/bulk", data=out)
    client.post("/jobs/bulk", data={"job": ids, "do": "collect", "add_to": collection["id"]})
    client.post("/jobs/bulk", data={"job": ids[0], "do": "tag", "tags": "b, c"})
    client.post("/jobs/bulk", data={"job": ids[0], "do": "untag", "tags": "B, b"})
    assert client.get(f"/api/v1/jobs/{ids[0]}").get_json()["library"]["tags"] == ["c"]
    assert client.get(f"/api/v1/collections/{collection['id']}").get_json()["size"] == 2
    for wrong in (
        {"job": ids, "do": "collect", "new_collection": " "},
        {"job": ids, "do": "tag", "tags": " , "},
        {"job": ids, "do": "nothing"},
        {"do": "delete"},
    ):
        assert client.post("/jobs/bulk", data=wrong, headers=PAGE).status_code == 422, wrong
    gone = client.post(
        "/jobs/bulk", data={"job": ids, "do": "collect", "add_to": "none"}, headers=PAGE
    )
    assert gone.status_code == 404


def test_collections_are_created_renamed_and_deleted(client: FlaskClient, jobs: list[Job]) -> None:
    client.post("/collections", data={"name": "One"})
    (one,) = client.get("/api/v1/collections").get_json()["collections"]
    client.post("/jobs/bulk", data={"job": jobs[0].id, "do": "collect", "add_to": one["id"]})
    client.post(f"/collections/{one['id']}/rename", data={"name": "Two"})
    assert "Two" in client.get("/jobs").text
    assert client.post("/collections", data={"name": "x" * 101}, headers=PAGE).status_code == 422
    for _ in range(2):  # somebody else was faster
        assert client.post(f"/collections/{one['id']}/delete").status_code == 303
    assert len(shown(client.get("/jobs"))) == 3
    assert client.post(f"/collections/{one['id']}/rename", data={"name": "x"}).status_code == 404


def test_deletion_is_undone_on_the_next_pages(client: FlaskClient, jobs: list[Job]) -> None:
    ids = [job.id for job in jobs[:2]]
    for _ in range(2):  # a double click
        answer = client.post("/jobs/bulk", data={"job": [*ids, NOBODY, "x"], "do": "delete"})
        assert answer.status_code == 303
    for path in ("/jobs", "/jobs?q=owl"):
        assert "Deleted (2)" in re.sub(r"\s+", " ", client.get(path).text)
    assert shown(client.get("/jobs")) == [jobs[2].id]
    client.post("/jobs/undo", data={})
    page = client.get("/jobs")
    assert len(shown(page)) == 3
    assert "deleted-before" not in page.text
    assert client.post("/jobs/undo", data={}).status_code == 303


def test_message_of_a_deletion_is_dismissed_and_belongs_to_one_browser(
    app: Flask, client: FlaskClient, jobs: list[Job]
) -> None:
    client.post("/jobs/bulk", data={"job": jobs[0].id, "do": "delete"})
    other = app.test_client()
    assert "deleted-before" not in other.get("/jobs").text
    gone = other.post(
        "/jobs/bulk", data={"job": jobs[0].id, "do": "tag", "tags": "a"}, headers=PAGE
    )
    assert gone.status_code == 410
    client.post("/jobs/undo", data={"do": "dismiss"})
    page = client.get("/jobs")
    assert "deleted-before" not in page.text
    assert len(shown(page)) == 2
