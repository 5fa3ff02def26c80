"""Batches: submitted in one transaction, polled and cancelled as one."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Batch, Job, Outbox
from shared.jobs.retention import expire_jobs
from shared.queue.leases import check_invariants
from shared.settings import Settings
from tests.integration.web.conftest import picture
from tests.queue_driver import QueueDriver

BATCHES = "/api/v1/batches"
UNKNOWN = "0190d9a1-0000-7000-8000-000000000000"
REFERENCE = {"base64": "aGVsbG8="}


def ask(client: FlaskClient, **given: Any) -> dict[str, Any]:
    answer = client.post(BATCHES, json={"briefs": ["teal mug"]} | given)
    assert answer.status_code == 202, answer.text
    return answer.get_json()


def count(session_factory: sessionmaker[Session], table: Any) -> int:
    with session_factory() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def cells(batch: dict[str, Any]) -> list[tuple[str, int, float]]:
    return [(each["brief"], each["seed"], each["reference_strength"]) for each in batch["jobs"]]


def test_product_batch_combines_every_brief_with_every_seed(
    client: FlaskClient, session_factory: sessionmaker[Session], driver: QueueDriver
) -> None:
    answer = client.post(BATCHES, json={"briefs": ["teal mug", "红色海报"], "seeds": [1, 2, 3]})
    assert answer.status_code == 202
    batch = answer.get_json()
    assert answer.headers["Location"] == batch["links"]["self"]
    assert int(answer.headers["Retry-After"]) > 0
    assert cells(batch) == [(b, s, 0.6) for b in ("teal mug", "红色海报") for s in (1, 2, 3)]
    assert [each["index"] for each in batch["jobs"]] == list(range(6))
    assert [each["product"] for each in batch["jobs"]] == ["mug"] * 3 + ["poster"] * 3
    assert (batch["state"], batch["size"], batch["counts"]["queued"]) == ("queued", 6, 6)
    assert count(session_factory, Outbox) == 6
    one = client.get(batch["jobs"][4]["links"]["self"]).get_json()
    assert one["batch"] == {"id": batch["id"], "index": 4, "url": batch["links"]["self"]}
    with session_factory() as session:
        assert not any(check_invariants(session).values())


def test_pairs_zip_the_lists_and_repeat_a_single_item(client: FlaskClient) -> None:
    form = {
        "briefs": ["teal mug"],
        "seeds": ["7", "8"],
        "strengths": ["0.25", "1"],
        "combine": "pairs",
        "reference": (io.BytesIO(picture()), "photo.png"),
    }
    answer = client.post(BATCHES, data=form)
    assert answer.status_code == 202, answer.text
    assert cells(answer.get_json()) == [("teal mug", 7, 0.25), ("teal mug", 8, 1.0)]


def test_jobs_of_a_batch_share_a_drawn_seed_and_model_versions(
    client: FlaskClient, released: None
) -> None:
    batch = ask(client, briefs=["teal mug", "navy mug"])
    assert batch["jobs"][0]["seed"] == batch["jobs"][1]["seed"] == batch["asked"]["seeds"][0]
    documents = [client.get(each["links"]["self"]).get_json() for each in batch["jobs"]]
    assert documents[0]["model_versions"] == documents[1]["model_versions"] != {}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, {"briefs"}),
        ({"briefs": []}, {"briefs"}),
        ({"briefs": "teal mug"}, {"briefs"}),
        ({"briefs": ["x", " ", "y"]}, {"briefs.1"}),
        ({"briefs": ["x"] * 101}, {"briefs"}),
        ({"briefs": ["x"], "seeds": [1, -1], "strengths": [2]}, {"seeds.1", "strengths.0"}),
        ({"briefs": ["x"], "seeds": []}, {"seeds"}),
        ({"briefs": ["x"] * 11, "seeds": list(range(10))}, {"briefs", "seeds"}),
        ({"briefs": ["x"], "seeds": [1, 2, 3], "combine": "zip"}, {"combine"}),
        ({"briefs": ["x", "y"], "seeds": [1, 2, 3], "combine": "pairs"}, {"briefs"}),
        ({"briefs": ["x"], "strengths": [0, 1]}, {"strengths"}),
        ({"briefs": ["x"], "seed": 1}, {"seed"}),
        ({"briefs": [""], "reference": {"base64": "no picture"}}, {"briefs.0"}),
        ({"briefs": ["x"], "reference": REFERENCE}, {"reference"}),
    ],
)
def test_invalid_batch_names_its_fields_and_creates_no_job(
    client: FlaskClient,
    session_factory: sessionmaker[Session],
    given: dict[str, Any],
    fields: set[str],
) -> None:
    problem = client.post(BATCHES, json=given)
    assert 400 <= problem.status_code < 500
    assert {each["field"] for each in problem.get_json()["fields"]} == fields
    assert count(session_factory, Batch) == count(session_factory, Job) == 0


def test_batch_that_exceeds_the_queue_limit_is_refused_as_a_whole(
    make_app: Any, settings: Settings, session_factory: sessionmaker[Session]
) -> None:
    client = make_app(settings.model_copy(update={"max_queue": 5})).test_client()
    ask(client, seeds=[1, 2, 3])
    full = client.post(BATCHES, json={"briefs": ["x"], "seeds": [1, 2, 3]})
    assert (full.status_code, full.get_json()["code"]) == (503, "queue_full")
    assert int(full.headers["Retry-After"]) > 0
    assert (count(session_factory, Batch), count(session_factory, Job)) == (1, 3)


def test_repeated_idempotency_key_returns_the_same_batch(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    asked, headers = {"briefs": ["teal mug", "navy mug"]}, {"Idempotency-Key": "k1"}
    first, second = (client.post(BATCHES, json=asked, headers=headers) for _ in range(2))
    assert first.get_json() == second.get_json()
    other = client.post(BATCHES, json=asked | {"size": 128}, headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_conflict")
    assert count(session_factory, Job) == 2
    single = client.post("/api/v1/jobs", json={"brief": "teal mug"}, headers=headers)
    assert single.status_code == 202  # jobs and batches have separate keys


def test_batch_etag_changes_with_the_state_of_its_jobs(
    client: FlaskClient, driver: QueueDriver
) -> None:
    batch = ask(client, seeds=[1, 2])
    url = batch["links"]["self"]
    seen = client.get(url)
    known = {"If-None-Match": seen.headers["ETag"]}
    assert client.get(url, headers=known).status_code == 304
    driver.one("caption")
    changed = client.get(url, headers=known)
    assert (changed.status_code, changed.get_json()["state"]) == (200, "running")
    assert changed.get_json()["counts"]["running"] == 1
    waited = client.get(url, headers={"Prefer": "wait=1"})
    assert waited.headers["Preference-Applied"] == "wait=1"


def test_batch_lists_thumbnails_and_error_codes_of_its_jobs(
    client: FlaskClient, driver: QueueDriver
) -> None:
    batch = ask(client, seeds=[1, 2])
    driver.run_all(variants=1)
    driver.fail(driver.one("caption"))
    done = client.get(batch["links"]["self"])
    assert "Retry-After" not in done.headers
    document = done.get_json()
    assert document["state"] == "ended"
    assert document["counts"] | {"succeeded": 1, "failed": 1} == document["counts"]
    assert len(document["jobs"][0]["thumbnails"]) == 1
    assert [each["error"] for each in document["jobs"]] == [None, "out_of_memory"]


def test_cancelling_a_batch_cancels_its_active_jobs(
    client: FlaskClient, driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    batch = ask(client, seeds=list(range(100)))
    driver.run_all(variants=1)
    running = driver.one("caption")
    for _ in range(2):
        ended = client.post(batch["links"]["cancel"]).get_json()
        assert ended["state"] == "ended"
        assert ended["counts"]["succeeded"] == 1
        assert ended["counts"]["cancelled"] == 99
    with pytest.raises(Exception, match="no longer this worker's"):
        driver.finish(running)
    with session_factory() as session:
        assert not any(check_invariants(session).values())


def test_unknown_batch_returns_404_and_expired_batch_410(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    for batch_id in ("abc", UNKNOWN, "%00"):
        for method, rest in (("GET", ""), ("POST", "/cancel")):
            answer = client.open(f"{BATCHES}/{batch_id}{rest}", method=method)
            assert (answer.status_code, answer.get_json()["code"]) == (404, "batch_not_found")
    batch = ask(client)
    client.post(batch["links"]["cancel"])
    long_ago = datetime.now(UTC) - timedelta(days=40)
    with session_factory.begin() as session:
        session.execute(update(Job).values(expires_at=long_ago))
        session.execute(update(Batch).values(created_at=long_ago))
    gone = client.get(batch["links"]["self"])
    assert (gone.status_code, gone.get_json()["code"]) == (410, "batch_expired")
    with session_factory.begin() as session:
        expire_jobs(session)
    assert count(session_factory, Batch) == 0


def test_batch_list_is_paginated(client: FlaskClient) -> None:
    asked = [ask(client, seeds=[number])["id"] for number in range(3)]
    seen: list[str] = []
    url: str | None = f"{BATCHES}?limit=2"
    while url is not None:
        page = client.get(url).get_json()
        seen += [each["id"] for each in page["batches"]]
        url = page["next"]
    assert seen == asked[::-1]


PAGE = {"Accept": "text/html"}


def test_form_submits_a_batch_from_lines_and_number_ranges(
    client: FlaskClient, driver: QueueDriver
) -> None:
    form = {"brief": "teal mug\n\nnavy mug", "lines": "1", "seeds": "1-2, 9", "variants": "1"}
    answer = client.post("/designs", data=form | {"reference_strength": "0.6"}, headers=PAGE)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"])
    assert "6 designs at once" in page.text
    assert page.text.count("past-job") == 6
    assert "批量设计，共 6 个" in client.get(f"{answer.headers['Location']}?lang=zh").text
    parts = client.get(f"{answer.headers['Location']}/parts")
    known = {"If-None-Match": parts.headers["ETag"]}
    assert client.get(f"{answer.headers['Location']}/parts", headers=known).status_code == 304
    driver.run_all(variants=1)
    assert client.get(f"{answer.headers['Location']}/parts", headers=known).status_code == 200
    client.post(f"{answer.headers['Location']}/cancel")
    cancelled = client.get(f"{answer.headers['Location']}?lang=en")
    assert "5 cancelled" in cancelled.text
    assert "1 done" in cancelled.text


def test_form_shows_validation_errors_beside_the_list(client: FlaskClient) -> None:
    form = {"brief": "teal mug", "seeds": "1, x", "strengths": "0.2, 7"}
    page = client.post("/designs", data=form, headers=PAGE)
    assert page.status_code == 422
    assert 'data-wrong="seeds" >Must be a whole number.' in page.text
    assert 'value="1, x"' in page.text
    assert "<details" in page.text
    json = client.post("/designs", data=form, headers={"Accept": "application/json"}).get_json()
    assert {each["field"] for each in json["fields"]} == {"seeds.1", "strengths.1"}
    several = client.post("/designs", data={"brief": "x", "seeds": "4"})
    assert several.get_json()["links"]["page"].startswith("/batches/")
