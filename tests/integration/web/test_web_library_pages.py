"""The library, compare and lineage pages through the test client."""

import html
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shared.db.models import Job
from shared.jobs.insertion import Derivation
from tests.queue_driver import OPTIONS, QueueDriver

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NOBODY = "00000000-0000-7000-8000-000000000000"
MARKUP = '<script>alert("x")</script>'


@pytest.fixture
def jobs(client: FlaskClient, driver: QueueDriver) -> list[Job]:
    """Three finished designs of two variants."""
    made = []
    for brief in ("foxes, teal mug", "owls on navy, poster", "银杏叶，金黄色"):
        asked = {"brief": brief, "variants": 2, "seed": len(made)}
        made.append(driver.job(client.post("/api/v1/jobs", json=asked).get_json()["id"]))
        driver.run_all()
    return made


def shown(page: Any) -> list[str]:
    """Return the ids of the cards on a page, in its order."""
    return re.findall(r'data-job="([0-9a-f-]{36})"', page.text)


def card(page: Any, job_id: str) -> str:
    return str(page.text.partition(f'data-job="{job_id}"')[2].partition("</li>")[0])


def test_library_shows_everything_newest_first_and_its_number(
    client: FlaskClient, jobs: list[Job]
) -> None:
    page = client.get("/jobs")
    assert shown(page) == [job.id for job in reversed(jobs)]
    assert "3 designs" in page.text
    assert "3 个设计" in client.get("/jobs?lang=zh").text


def test_filters_and_order_are_in_the_url(client: FlaskClient, jobs: list[Job]) -> None:
    first, second, third = (job.id for job in jobs)
    api = "/api/v1/jobs"
    client.patch(f"{api}/{second}", json={"name": "Aa night", "tags": ["Autumn", "b&w"]})
    client.put(f"{api}/{first}/variants/1/review", json={"favourite": True})
    client.put(f"{api}/{third}/variants/0/review", json={"verdict": "reject"})
    for query, expected in (
        ("q=fox", [first]),
        ("q=狐狸", [first]),
        ("tag=autumn", [second]),
        ("tag=Autumn&tag=b%26w", [second]),
        ("favourite=true", [first]),
        ("verdict=reject", [third]),
        ("verdict=keep", []),
        ("state=failed", []),
        ("sort=oldest", [first, second, third]),
        ("sort=name&state=succeeded", [second, first, third]),
        ("q=&colour=&sort=best", [third, second, first]),
    ):
        page = client.get(f"/jobs?{query}")
        assert (page.status_code, shown(page)) == (200, expected), query
    tagged = client.get("/jobs?tag=Autumn&q=owls")
    assert 'name="tag" value="Autumn"' in tagged.text  # a new search keeps it
    removal = re.search(r'href="([^"]+)" dir="auto" aria-current="true">Autumn', tagged.text)
    assert removal is not None
    assert html.unescape(removal[1]) == "/jobs?q=owls"
    assert "tag=b%26w" in client.get("/jobs?tag=Autumn&tag=b%26w").text.partition("中文")[0]


def test_cover_shows_favourites_first_and_rejected_ones_last_and_dimmed(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = driver.submit(options=OPTIONS | {"variants": 4})
    driver.run_all(variants=4)
    urls = client.get("/api/v1/jobs?limit=1").get_json()["jobs"][0]["thumbnails"]
    for variant, review in ((0, {"verdict": "reject"}), (2, {"favourite": True})):
        client.put(f"/api/v1/jobs/{job.id}/variants/{variant}/review", json=review)
    found = card(client.get("/jobs"), job.id)
    order = [urls.index(url) for url in re.findall(r'<img src="([^"]+)"', found)]
    assert order == [2, 1, 3, 0]
    assert found.count('class="rejected"') == 1
    assert 'data-lead="2"' in found
    assert 'data-favourites="2"' in found


def test_batch_is_one_card_until_something_is_searched_for(
    client: FlaskClient, driver: QueueDriver
) -> None:
    single = client.post("/api/v1/jobs", json={"brief": "teal mug"}).get_json()["id"]
    sweep = {"briefs": ["navy mug"], "seeds": [1, 2, 3], "variants": 1}
    batch = client.post("/api/v1/batches", json=sweep).get_json()
    page = client.get("/jobs")
    assert len(shown(page)) == 2
    assert shown(page)[1] == single
    assert "3 designs at once" in page.text
    assert "3 in progress" in page.text
    assert len(shown(client.get(f"/jobs?batch={batch['id']}"))) == 3
    assert len(shown(client.get("/jobs?q=navy"))) == 3
    client.post(
        "/api/v1/jobs/bulk",
        json={"jobs": [each["id"] for each in batch["jobs"][:2]], "delete": True},
    )
    assert "3 designs at once" not in client.get("/jobs").text


def test_list_goes_on_where_a_page_ends(client: FlaskClient, driver: QueueDriver) -> None:
    made = driver.submit_many(50)
    seen: list[str] = []
    for order in ("newest", "name"):
        url, seen = f"/jobs?sort={order}", []
        while url:
            page = client.get(url)
            seen += shown(page)
            following = re.search(r'rel="next" href="([^"]+)"', page.text)
            url = html.unescape(following[1]) if following else ""
        assert sorted(seen) == sorted(job.id for job in made)


def test_cards_are_returned_as_they_are_now(client: FlaskClient, jobs: list[Job]) -> None:
    first, second = jobs[0].id, jobs[1].id
    client.delete(f"/api/v1/jobs/{second}")
    page = client.get(f"/jobs/cards?job={second}&job={first}&job=x&job={NOBODY}")
    assert shown(page) == [first]
    assert "<html" not in page.text


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


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"q": "a" * 2000}, 422, "At most 200 characters."),
        ({"colour": "no colour at all"}, 422, "Not a colour"),
        ({"sort": "<b>"}, 422, "Must be one of"),
        ({"collection": NOBODY}, 404, "There is no collection"),
        ({"like": f"{NOBODY}.0"}, 404, "There is no job"),
        ({"like": "x"}, 404, "There is no job"),
        ({"picture": "x"}, 422, "No picture has this sha256"),
        ({"before": "x"}, 404, "There is no job"),
        ({"offset": "-1"}, 422, "Must be a whole number"),
        ({"q": "\u202eسمك 🦊 <b>"}, 200, "Nothing matches."),
        ({"tag": "🦊" * 100, "product": "mug"}, 200, "Nothing matches."),
        ({"unknown": "x"}, 200, "3 designs"),
    ],
)
def test_bad_searches_are_answered_with_the_page(
    client: FlaskClient, jobs: list[Job], query: dict[str, str], status: int, message: str
) -> None:
    page = client.get("/jobs", query_string=query, headers=PAGE)
    assert page.status_code == status
    assert message in page.text
    assert 'id="search"' in page.text
    assert "<b>" not in page.text
    assert client.get("/jobs/parts", query_string=query, headers=PAGE).status_code == status


def test_words_alone_are_said_to_be_so(client: FlaskClient, jobs: list[Job]) -> None:
    page = client.get("/jobs?q=foxes").text
    assert "Found by words alone" in page
    assert "Found by words alone" not in client.get("/jobs").text


def test_picture_is_searched_for_without_a_script(client: FlaskClient, jobs: list[Job]) -> None:
    buffer = io.BytesIO()
    Image.effect_noise((1200, 1200), 90).convert("RGB").save(buffer, "PNG")
    large = buffer.getvalue()  # more than other forms may have
    assert len(large) > 1_000_000
    uploads = [{"picture": (io.BytesIO(large), "a.png")} for _ in range(2)]
    assert client.post("/api/v1/pictures", data=uploads[0]).status_code == 201
    answer = client.post("/jobs/picture", data=uploads[1])
    assert answer.status_code == 303
    assert re.fullmatch(r"/jobs\?picture=[0-9a-f]{64}", answer.headers["Location"])
    page = client.get(answer.headers["Location"], headers=PAGE)
    assert page.status_code == 503  # no worker runs here
    assert "No worker could look at the picture" in page.text
    wrong = {"picture": (io.BytesIO(b"text"), "a.png")}
    assert client.post("/jobs/picture", data=wrong, headers=PAGE).status_code == 415


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
