"""The pages of the library through the test client."""

import html
import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image

from shared.db.models import Job
from tests.library_html import NOBODY, PAGE, card, shown
from tests.queue_driver import OPTIONS, QueueDriver


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
