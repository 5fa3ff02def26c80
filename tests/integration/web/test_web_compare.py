"""The compare and lineage pages through the test client."""

import html
import re

from flask.testing import FlaskClient

from shared.db.models import Job
from shared.jobs.insertion import Derivation
from tests.library_html import NOBODY, PAGE
from tests.queue_driver import OPTIONS, QueueDriver


def test_compare_page_tells_the_differences(client: FlaskClient, jobs: list[Job]) -> None:
    first, second = jobs[0].id, jobs[1].id
    page = client.get(f"/compare?design={first}.0&design={second}.1")
    assert page.status_code == 200
    text = re.sub(r"\s+", " ", page.text)
    assert "<mark>foxes</mark>, <mark>teal mug</mark>" in text
    assert "<mark>owls on navy</mark>, <mark>poster</mark>" in text
    assert '<td dir="auto">0</td><td dir="auto">1</td>' in text  # the seeds
    assert "The same in all: Colours" not in text
    assert "· Colours" in text
    assert "Reference strength" not in text  # neither has a reference
    assert page.text.count("data-review=") == 2
    same = client.get(f"/compare?design={first}.0&design={first}.1").text
    assert "Nothing but chance" in same
    for view in ("product", "tile", "repeat", "<b>"):
        assert (
            client.get(
                "/compare", query_string={"design": [first, second], "view": view}
            ).status_code
            == 200
        )


def test_compare_page_names_what_is_not_there(client: FlaskClient, jobs: list[Job]) -> None:
    ids = [job.id for job in jobs]
    client.delete(f"/api/v1/jobs/{ids[2]}")
    page = client.get("/compare", query_string={"design": [ids[0], ids[1], ids[2], "<i>x</i>"]})
    assert page.status_code == 200
    assert ids[2] in page.text.partition('role="alert"')[2].partition("</div>")[0]
    assert "“&lt;i&gt;x&lt;/i&gt;”" in page.text
    for query, message in (
        ({"design": [ids[0], f"{ids[1]}.7"]}, "has no such variant"),
        ({"design": [ids[0]]}, "Select two to four designs"),
        ({}, "Select two to four designs"),
        ({"design": ["x" * 5000, NOBODY]}, "There is no design"),
    ):
        wrong = client.get("/compare", query_string=query)
        assert wrong.status_code == 404
        assert message in wrong.text
    more = [f"{ids[0]}.0", f"{ids[0]}.1", f"{ids[1]}.0", f"{ids[1]}.1", ids[0]]
    assert "Only the first four" in client.get("/compare", query_string={"design": more}).text


def test_form_of_the_library_compares_its_selection(client: FlaskClient, jobs: list[Job]) -> None:
    query = {"job": [jobs[0].id, jobs[1].id], "do": "compare", "back": "/jobs", "tags": ""}
    answer = client.get("/compare", query_string=query)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/compare?design={jobs[0].id}&design={jobs[1].id}"


def test_lineage_page_shows_the_tree_and_what_changed(
    client: FlaskClient, driver: QueueDriver, jobs: list[Job]
) -> None:
    root = jobs[0]
    again = driver.submit(
        brief="foxes and owls, teal poster",
        options=OPTIONS | {"seed": 99, "product": "poster"},
        derivation=Derivation(job_id=root.id, how="changed_brief"),
    )
    leaf = driver.submit(brief="foxes", derivation=Derivation(job_id=again.id, how="another_seed"))
    for job_id in (root.id, again.id, leaf.id):
        page = client.get(f"/jobs/{job_id}/lineage")
        assert page.status_code == 200
        text = re.sub(r"\s+", " ", html.unescape(page.text))
        assert "3 designs, the first at the top" in text
        assert "Added to the brief: “and owls”, “poster”" in text
        assert "Left out of the brief: “mug”" in text
        assert "Seed: 0 → 99" in text
        assert "Product: mug → poster" in text
        text = text.partition('class="tree"')[2]
        assert text.index(f"/jobs/{root.id}") < text.index(f"/jobs/{again.id}")
        assert text.count("this one") == 1
    client.delete(f"/api/v1/jobs/{again.id}")
    orphan = client.get(f"/jobs/{leaf.id}/lineage").text
    assert "is not there any more" in orphan
    assert client.get(f"/jobs/{again.id}/lineage", headers=PAGE).status_code == 410
    assert client.get(f"/jobs/{NOBODY}/lineage", headers=PAGE).status_code == 404
    alone = client.get(f"/jobs/{jobs[2].id}/lineage").text
    assert "Nothing was made from this design yet" in alone
