"""What a job was made from: retries, other seeds, changed briefs; none is made twice."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from shared.db.models import Job
from tests.queue_driver import QueueDriver

JOBS = "/api/v1/jobs"
PAGE = {"Accept": "text/html"}
ABSENT = "01234567-89ab-7def-8123-456789abcdef"


def submitted(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    answer = client.post(JOBS, json={"brief": "teal mug", "seed": 5, **fields})
    assert answer.status_code == 202
    document: dict[str, Any] = answer.get_json()
    return document


def document_of(client: FlaskClient, job_id: str) -> dict[str, Any]:
    document: dict[str, Any] = client.get(f"{JOBS}/{job_id}").get_json()
    return document


def jobs_of(session_factory: sessionmaker[Session]) -> int:
    with session_factory() as session:
        return session.scalar(select(func.count(Job.id))) or 0


def key_of(page: str, form: str) -> str:
    field = re.search(rf'name="idempotency_key" value="(\w+)" form="{form}"', page)
    assert field is not None
    return field[1]


def link(job_id: str, how: str) -> dict[str, str]:
    return {"job": job_id, "how": how, "url": f"{JOBS}/{job_id}"}


def test_derivations_are_named_both_ways(client: FlaskClient, driver: QueueDriver) -> None:
    old = submitted(client)["id"]
    driver.run_all()
    fresh = client.get(f"{JOBS}/{old}")
    assert (fresh.get_json()["derived_from"], fresh.get_json()["derived"]) == (None, [])
    again = client.post(f"/jobs/{old}/again", headers=PAGE).location.rpartition("/")[2]
    retried = client.post(f"{JOBS}/{old}/retry").get_json()["id"]
    changed = submitted(client, brief="navy mug", derived_from=old)
    assert changed["derived_from"] == link(old, "changed_brief")
    assert document_of(client, again)["derived_from"] == link(old, "another_seed")
    assert document_of(client, retried)["derived_from"] == link(old, "retry")
    seen = client.get(f"{JOBS}/{old}", headers={"If-None-Match": fresh.headers["ETag"]})
    assert seen.status_code == 200
    document = seen.get_json()
    assert document["derived"] == [
        link(changed["id"], "changed_brief"), link(retried, "retry"), link(again, "another_seed")
    ]  # fmt: skip
    assert document["retried_as"] == [retried]
    assert document_of(client, again)["retried_from"] is None
    page = client.get(f"/jobs/{old}", headers=PAGE).text
    for other, told in ((again, "another seed"), (changed["id"], "changed brief")):
        assert f'href="/jobs/{other}"' in page
        assert told in client.get(f"/jobs/{other}", headers=PAGE).text
        assert f'href="/jobs/{old}"' in client.get(f"/jobs/{other}", headers=PAGE).text


@pytest.mark.parametrize(("derived_from", "told"), [(ABSENT, "no such job"), ("x", "")])
def test_unknown_source_is_refused_by_name(
    client: FlaskClient, derived_from: str, told: str
) -> None:
    for path, brief in ((JOBS, {"brief": "x"}), ("/api/v1/batches", {"briefs": ["x"]})):
        answer = client.post(path, json=brief | {"derived_from": derived_from})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")
        (fault,) = answer.get_json()["fields"]
        assert fault["field"] == "derived_from"
        assert told in fault["message"]


def test_form_keeps_what_it_was_filled_in_from(client: FlaskClient, driver: QueueDriver) -> None:
    old = submitted(client)["id"]
    driver.run_all()
    form = client.get(f"/?from={old}").text
    assert f'name="derived_from" value="{old}"' in form
    sent = {"brief": "navy mug", "derived_from": old}
    new = client.post("/designs", data=sent, headers=PAGE).location.rpartition("/")[2]
    assert document_of(client, new)["derived_from"]["how"] == "changed_brief"
    several = client.post("/designs", data=sent | {"seeds": "1-3"}, headers=PAGE)
    assert several.status_code == 303
    assert len(document_of(client, old)["derived"]) == 4
    gone = client.post("/designs", data=sent | {"derived_from": ABSENT}, headers=PAGE)
    assert gone.status_code == 303
    assert document_of(client, gone.location.rpartition("/")[2])["derived_from"] is None


@pytest.mark.parametrize("action", ["again", "retry"])
def test_second_click_of_a_page_makes_no_second_job(
    client: FlaskClient,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    action: str,
) -> None:
    old = submitted(client)["id"]
    driver.run_all()
    first, other = (key_of(client.get(f"/jobs/{old}", headers=PAGE).text, action) for _ in range(2))
    places = [
        client.post(f"/jobs/{old}/{action}", data={"idempotency_key": key}, headers=PAGE).location
        for key in (first, first, other)
    ]
    assert places[0] == places[1] != places[2]
    assert jobs_of(session_factory) == 3
    with session_factory() as session:
        counts = session.execute(select(Job.derivations, Job.retries).where(Job.id == old)).one()
    assert tuple(counts) == (2, 2 if action == "retry" else 0)


def test_second_click_makes_no_second_print(
    client: FlaskClient, driver: QueueDriver, session_factory: sessionmaker[Session]
) -> None:
    old = submitted(client, variants=2)["id"]
    waiting = client.get(f"/jobs/{old}", headers=PAGE).text
    driver.run_all()
    keys = [key_of(waiting, f"print-{variant}") for variant in range(2)]
    for variant, key in ((0, keys[0]), (0, keys[0]), (1, keys[1])):
        sent = {"variant": str(variant), "idempotency_key": key}
        answer = client.post(f"/jobs/{old}/prints", data=sent, headers=PAGE)
        assert (answer.status_code, answer.location) == (303, f"/jobs/{old}")
    assert jobs_of(session_factory) == 3


def test_retry_takes_an_idempotency_key(client: FlaskClient, driver: QueueDriver) -> None:
    old, other = submitted(client)["id"], submitted(client)["id"]
    driver.run_all()
    driver.run_all()
    headers = {"Idempotency-Key": "k1"}
    first, second = (
        client.post(f"{JOBS}/{old}/retry", headers=headers).get_json()["id"] for _ in range(2)
    )
    assert first == second
    conflict = client.post(f"{JOBS}/{other}/retry", headers=headers)
    assert conflict.get_json()["code"] == "idempotency_conflict"
    malformed = client.post(f"{JOBS}/{old}/retry", headers={"Idempotency-Key": "a b"})
    assert malformed.get_json()["fields"][0]["field"] == "Idempotency-Key"
