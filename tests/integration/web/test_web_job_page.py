"""The page of a job through the test client: small pictures, forms without scripts, safe texts."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from shared.db.models import Artifact
from tests.queue_driver import OPTIONS, QueueDriver

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
EARLIER = ("preview", "thumbnail", "sketch", "tile")


def files_of(driver: QueueDriver, job_id: str) -> dict[tuple[str, int], str]:
    files = driver.document(job_id)["artifacts"]
    return {(file["kind"], file["variant"]): file["url"] for file in files}


@pytest.mark.parametrize("missing", range(4))
def test_card_shows_the_smallest_picture_that_the_job_has(
    client: FlaskClient, driver: QueueDriver, missing: int
) -> None:
    job = driver.submit()
    driver.run(job)
    urls = files_of(driver, job.id)
    with driver.session() as session:  # earlier versions did not make all kinds
        gone = Artifact.kind.in_(EARLIER[:missing])
        session.execute(delete(Artifact).where(Artifact.job_id == job.id, gone))
    page = client.get(f"/jobs/{job.id}").text
    for variant in range(2):
        assert f'<img src="{urls[EARLIER[missing], variant]}"' in page
    if missing < 3:
        assert f'<img src="{urls["tile", 0]}"' not in page


def test_preview_is_served_to_everybody(client: FlaskClient, driver: QueueDriver) -> None:
    job = driver.submit()
    driver.run(job)
    answer = client.get(files_of(driver, job.id)["preview", 1])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_active_page_refreshes_itself_without_scripts_and_a_finished_one_does_not(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = driver.submit(brief="teal mug")
    driver.finish(driver.one("caption"))
    page = client.get(f"/jobs/{job.id}").text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert "<title>(20 %) teal mug · Codesigner</title>" in page
    driver.run(job)
    page = client.get(f"/jobs/{job.id}").text
    assert "http-equiv" not in page
    assert "<title>teal mug · Codesigner</title>" in page


def judge(client: FlaskClient, job_id: str, variant: int = 1, **form: str) -> Any:
    back = {"back": f"/jobs/{job_id}#variant-{variant + 1}"}
    path = f"/jobs/{job_id}/variants/{variant}/review"
    return client.post(path, data=form | back, headers=PAGE)


def test_variants_are_judged_by_forms(client: FlaskClient, driver: QueueDriver) -> None:
    job = driver.submit()
    driver.run(job)
    answer = judge(client, job.id, favourite="true")
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job.id}#variant-2")
    judge(client, job.id, verdict="reject")
    review = {"variant": 1, "favourite": True, "verdict": "reject"}
    assert driver.document(job.id)["library"]["reviews"] == [review]
    assert client.get(f"/jobs/{job.id}").text.count("design-card card rejected") == 1
    judge(client, job.id, verdict="")
    judge(client, job.id, favourite="false")
    assert driver.document(job.id)["library"]["reviews"] == []
    for form in ({"verdict": "burn"}, {"favourite": ""}, {"favourite": "perhaps"}):
        assert judge(client, job.id, **form).status_code == 422
    assert judge(client, job.id, variant=2, verdict="keep").status_code == 422


def test_name_and_tags_are_set_by_a_form_and_change_the_fragment(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = driver.submit(brief="teal mug")
    driver.run(job)
    etag = client.get(f"/jobs/{job.id}/parts").headers["ETag"]
    assert client.get(f"/jobs/{job.id}/parts", headers={"If-None-Match": etag}).status_code == 304
    form = {"name": " Harbour ", "tags": "sea, 海，, kids"}
    assert client.post(f"/jobs/{job.id}/entry", data=form, headers=PAGE).status_code == 303
    library = driver.document(job.id)["library"]
    assert (library["name"], library["tags"]) == ("Harbour", ["sea", "海", "kids"])
    parts = client.get(f"/jobs/{job.id}/parts", headers={"If-None-Match": etag})
    assert parts.status_code == 200
    assert '<h1 class="job-name" dir="auto">Harbour</h1>' in parts.text
    client.post(f"/jobs/{job.id}/entry", data={"name": "Har\u202ebour\u2067"})
    assert "<title>Harbour · Codesigner" in client.get(f"/jobs/{job.id}").text
    assert "<title>Harbour · Codesigner" in client.get(f"/jobs/{job.id}/entry").text
    assert 'data-title="Harbour · Codesigner"' in client.get(f"/jobs/{job.id}/parts").text
    wrong = client.post(f"/jobs/{job.id}/entry", data={"name": "x" * 101}, headers=PAGE)
    assert wrong.status_code == 422


def test_texts_of_visitors_are_text_in_their_own_direction(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job = driver.submit(brief="<img src=x> כוס\n<b>mug</b>")
    driver.run(job)
    client.post(f"/jobs/{job.id}/entry", data={"name": "<i>n</i>", "tags": "<u>t</u>"})
    page = client.get(f"/jobs/{job.id}").text
    for given in ("<img src=x>", "<b>mug", "<i>n", "<u>t"):
        assert given not in page
    assert '<p class="brief-shown" dir="auto">&lt;img src=x&gt; כוס' in page
    assert "<bdi>&lt;u&gt;t&lt;/u&gt;</bdi>" in page


def test_parts_of_a_page_depend_on_the_pipeline(client: FlaskClient, driver: QueueDriver) -> None:
    job = driver.submit(options=OPTIONS | {"variants": 1})
    for stage in ("caption", "fusion", "generate", "draw", "present"):
        driver.finish(driver.one(stage), variants=1)
    page = client.get(f"/jobs/{job.id}").text
    assert 'id="compare"' not in page  # there is nothing to compare it with
    assert 'data-part="family"' not in page
    assert f'href="/api/v1/jobs/{job.id}/zip"' in page
    client.post(f"/jobs/{job.id}/again", headers=PAGE)
    page = client.get(f"/jobs/{job.id}").text
    assert f'href="/jobs/{job.id}/lineage"' in page
    print_url = client.post(f"/api/v1/jobs/{job.id}/prints", json={"variant": 0}).location
    page = client.get(print_url.replace("/api/v1", "")).text
    assert 'id="naming"' not in page
    assert "square" in page
