"""Directions, suggestions, and colours that are changed by hand, through the API and the page."""

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.briefs.notices import brief_notices
from shared.briefs.parser import parse_brief
from shared.db.models import Job
from shared.settings import Settings
from web.pages.form import EXAMPLES

JOBS, BATCHES = "/api/v1/jobs", "/api/v1/batches"
RED = "#C8102E"


def fields_of(answer: Any) -> list[str]:
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request"), answer.text
    return [each["field"] for each in answer.get_json()["fields"]]


@pytest.mark.parametrize("brief", [text for _, text in EXAMPLES])
def test_examples_are_understood_whole(brief: str) -> None:
    understood = parse_brief(brief)
    assert understood.unknown == understood.undrawn == ()
    assert understood.motifs_left_out == 0
    assert brief_notices(understood) == ()


def test_examples_show_named_things_and_exact_colours() -> None:
    found = [parse_brief(text) for _, text in EXAMPLES]
    things = {motif.subjects[0] for each in found for motif in each.motifs}
    assert {"own:fox", "lemon", "own:crane-flying"} <= things
    assert any(colour.startswith("#") for each in found for colour in each.colours)


def test_directions_are_four_completed_briefs(client: FlaskClient) -> None:
    answer = client.post("/api/v1/directions", json={"brief": "春节手机壳", "language": "en"})
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["open"] == ["look", "colours"]
    assert body["directions"][0]["title"] == "Lanterns and knots"
    assert len({each["brief"] for each in body["directions"]}) == 4
    for each in body["directions"]:
        assert each["brief"].startswith("春节手机壳。")
        assert {"product", "colour"} <= {chip["part"] for chip in each["chips"]}


def test_directions_of_a_full_brief_are_none(client: FlaskClient) -> None:
    answer = client.post("/api/v1/directions", json={"brief": "navy and cream stripes, mug"})
    assert answer.get_json() == {"open": [], "directions": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"brief": " "}, "brief"),
        ({"brief": "x" * 2001}, "brief"),
        ({}, "brief"),
        ({"brief": "mug", "language": "fr"}, "language"),
        ({"brief": "mug", "count": 4}, "count"),
    ],
)
def test_directions_name_the_wrong_field(
    client: FlaskClient, body: dict[str, Any], field: str
) -> None:
    assert fields_of(client.post("/api/v1/directions", json=body)) == [field]


def test_directions_need_json(client: FlaskClient) -> None:
    answer = client.post("/api/v1/directions", data={"brief": "mug"})
    assert (answer.status_code, answer.get_json()["code"]) == (415, "unsupported_media_type")


def test_unknown_words_come_with_what_to_write_instead(client: FlaskClient) -> None:
    answer = client.post("/api/v1/understand", json={"brief": "mug with quibbles, 魑魅"}).get_json()
    words = {each["word"]: each["suggestions"] for each in answer["instead"]}
    assert list(words) == ["quibbles", "魑魅"]
    assert all(each["text"] for each in words["quibbles"])
    assert words["魑魅"] == []
    assert answer["open"] == ["look", "colours"]
    many = ", ".join(f"blorb{letter}fnarg" for letter in "abcdefghijkl")
    assert len(client.post("/api/v1/understand", json={"brief": many}).get_json()["instead"]) == 6


@pytest.mark.parametrize(
    "brief", ["🦊" * 1000, "כוס עם שועלים", "<script>alert(1)</script> & \"'", "a\u202eb" * 50]
)
def test_odd_briefs_are_answered(client: FlaskClient, brief: str) -> None:
    for path in ("understand", "directions"):
        assert client.post(f"/api/v1/{path}", json={"brief": brief}).status_code == 200


def test_colour_changes_are_part_of_what_is_understood(client: FlaskClient) -> None:
    changes = [{"from": "teal", "to": RED.lower()}, {"from": None, "to": "#FFE9A8"}]
    answer = client.post(JOBS, json={"brief": "teal stripes", "colour_changes": changes})
    job = answer.get_json()
    assert answer.status_code == 202, job
    assert job["understood"]["colours"] == [RED, "#FFE9A8"]
    assert job["understood"]["excluded_colours"] == ["teal"]
    assert job["options"]["colour_changes"] == changes
    page = client.get(f"/?from={job['id']}").get_data(as_text=True)
    assert "&#34;from&#34;: &#34;teal&#34;" in page
    again = client.post(f"{JOBS}/{job['id']}/retry")
    assert again.status_code in (202, 409)


def test_jobs_without_changes_have_no_option_of_them(client: FlaskClient) -> None:
    options = client.post(JOBS, json={"brief": "teal stripes"}).get_json()["options"]
    assert "colour_changes" not in options


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ([{"from": "navy", "to": RED}], "colour_changes.0.from"),
        ([{"from": "teal", "to": "red"}], "colour_changes.0.to"),
        ([{"from": None, "to": None}], "colour_changes.0"),
        ([{"from": None, "to": RED}] * 25, "colour_changes"),
        ([{"from": "teal", "to": RED, "x": 1}], "colour_changes.0.x"),
        ({"teal": RED}, "colour_changes"),
    ],
)
def test_wrong_colour_changes_are_named(client: FlaskClient, changes: Any, field: str) -> None:
    answer = client.post(JOBS, json={"brief": "teal stripes", "colour_changes": changes})
    assert fields_of(answer) == [field]


def test_page_sends_colour_changes_as_json(client: FlaskClient) -> None:
    changes = json.dumps([{"from": "teal", "to": None}])
    fields = {"brief": "teal stripes", "colour_changes": changes}
    accept = {"Accept": "application/json"}
    answer = client.post("/designs", data=fields, headers=accept)
    assert answer.get_json()["understood"]["colours"] == []
    batch = client.post("/designs", data={**fields, "seeds": "1-2"}, headers=accept)
    assert batch.status_code == 202
    first = client.get(batch.get_json()["jobs"][0]["links"]["self"]).get_json()
    assert first["understood"]["excluded_colours"] == ["teal"]
    wrong = client.post("/designs", data={**fields, "colour_changes": "["}, headers=accept)
    assert fields_of(wrong) == ["colour_changes"]


def test_ttl_shortens_how_long_a_job_is_kept(client: FlaskClient, session_factory: Any) -> None:
    body = {"briefs": ["teal mug", "navy mug"], "variants": 1, "size": 128, "ttl_s": 86_400}
    assert client.post(BATCHES, json=body).status_code == 202
    with session_factory() as session:
        assert set(session.scalars(select(Job.ttl_s))) == {86_400}
    assert fields_of(client.post(JOBS, json={"brief": "mug", "ttl_s": 5})) == ["ttl_s"]


def test_ttl_does_not_exceed_that_of_the_installation(
    make_app: Any, settings: Settings, session_factory: Any
) -> None:
    app = make_app(settings.model_copy(update={"job_ttl_s": 3600.0}))
    assert app.test_client().post(JOBS, json={"brief": "mug", "ttl_s": 86_400}).status_code == 202
    with session_factory() as session:
        assert session.scalar(select(Job.ttl_s)) == 3600


def test_form_of_a_design_that_is_gone_says_so_and_is_empty(client: FlaskClient) -> None:
    answer = client.get("/?from=00000000-0000-4000-8000-000000000000")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "does not exist any more" in page
    assert 'id="brief"' in page


def test_several_reference_files_are_refused(client: FlaskClient) -> None:
    files = [(io.BytesIO(b"x"), f"{number}.png") for number in range(10)]
    for path in (JOBS, "/designs"):
        data = {"brief": "mug", "reference": [(io.BytesIO(b"x"), name) for _, name in files]}
        answer = client.post(path, data=data, headers={"Accept": "application/json"})
        assert fields_of(answer) == ["reference"]


def test_form_shows_markup_as_text(client: FlaskClient) -> None:
    markup = "<img src=x onerror=alert(1)>"
    names = ["brief", "variants", "seed", "size", "product", "reference_strength", "seeds"]
    names += ["palette_saved", "palette_earlier", "colour_changes", "derived_from", "motifs"]
    page = client.post(
        "/designs", data=dict.fromkeys(names, markup), headers={"Accept": "text/html"}
    )
    assert page.status_code == 422
    assert markup not in page.get_data(as_text=True)
    assert "&lt;img src=x" in page.get_data(as_text=True)
