"""Library API: search, names and tags, judgements, collections, deletion and undo, lineage."""

from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.db.library_models import (
    LibraryColour,
    LibraryEntry,
    LibraryVariant,
    QueryVector,
)
from shared.db.models import Job
from shared.library.colours import oklab
from shared.library.index import encoder_of
from shared.library.query_vectors import add_query_vector, text_key
from shared.registry.releases import champion_versions
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.deletion_steps import age_files, collect, end_undo
from tests.integration.web.conftest import picture
from tests.queue_driver import QueueDriver
from web.http.concurrency import Visitor

JOBS = "/api/v1/jobs"
COLLECTIONS = "/api/v1/collections"
UNKNOWN = "0190d9a1-0000-7000-8000-000000000000"


def submit(client: FlaskClient, brief: str, **given: Any) -> str:
    answer = client.post(JOBS, json={"brief": brief, "variants": 2} | given)
    assert answer.status_code == 202, answer.text
    return str(answer.get_json()["id"])


def found(client: FlaskClient, **query: Any) -> list[str]:
    answer = client.get(JOBS, query_string=query)
    assert answer.status_code == 200, answer.text
    return [job["brief"] for job in answer.get_json()["jobs"]]


def fault(answer: Any) -> tuple[int, str, list[str]]:
    body = answer.get_json()
    return answer.status_code, body["code"], [each["field"] for each in body["fields"]]


def test_words_find_jobs_in_both_languages(client: FlaskClient) -> None:
    submit(client, "手机壳：狐狸和松树，墨绿底")
    submit(client, "mug with lemons on navy")
    answer = client.get(JOBS, query_string={"q": "fox"}).get_json()
    assert [job["brief"] for job in answer["jobs"]] == ["手机壳：狐狸和松树，墨绿底"]
    assert (answer["total"], answer["by_meaning"], answer["next"]) == (1, False, None)
    assert found(client, q="柠檬") == ["mug with lemons on navy"]
    assert found(client, q="bear") == []
    assert found(client, product="mug") == ["mug with lemons on navy"]
    assert len(found(client)) == 2


def test_words_that_have_an_embedding_find_by_meaning_after_the_words(
    client: FlaskClient, released: None, session_factory: sessionmaker[Session]
) -> None:
    vectors = {"beach towel": [1.0, 0.0], "sea mug": [0.8, 0.6], "steel case": [0.0, 1.0]}
    ids = {brief: submit(client, brief) for brief in vectors}
    with session_factory.begin() as session:
        encoder = encoder_of(champion_versions(session))
        assert encoder is not None
        add_query_vector(session, text_key("sea"), encoder, [1.0, 0.0])
        for brief, vector in vectors.items():
            entry = session.get_one(LibraryEntry, ids[brief])
            entry.text_vector, entry.encoder = vector, encoder
    answer = client.get(JOBS, query_string={"q": "sea"}).get_json()
    assert answer["by_meaning"] is True
    assert [job["brief"] for job in answer["jobs"]] == ["sea mug", "beach towel"]
    with session_factory.begin() as session:
        session.execute(update(LibraryEntry).values(encoder="other"))
    assert found(client, q="sea") == ["sea mug"]
    with session_factory.begin() as session:
        session.execute(update(QueryVector).values(encoder="other"))
    assert client.get(JOBS, query_string={"q": "sea"}).get_json()["by_meaning"] is False


def test_searches_wait_for_a_worker_in_the_slots_of_their_visitor(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    """Otherwise slow searches of one visitor would hold the threads of all."""
    submit(client, "mug with lemons")
    socket = settings.broker_url.removeprefix("redis+socket://")
    with redis.Redis(unix_socket_path=socket) as broker:
        broker.flushall()
        slots, visitor = app.extensions["codesigner"].waits, Visitor(network="127.0.0.1")
        while slots.take(visitor):
            pass
        answer = client.get(JOBS, query_string={"q": "lemons"}).get_json()
        assert (answer["total"], answer["by_meaning"]) == (1, False)
        assert broker.llen("codesigner:fusion") == 0
        slots.give_back(visitor)
        client.get(JOBS, query_string={"q": "lemons"})
        assert broker.llen("codesigner:fusion") == 1


def test_colours_find_variants_and_larger_areas_go_first(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    areas = {"little": 0.05, "much": 0.7}
    for brief, share in areas.items():
        job_id = submit(client, brief)
        with session_factory.begin() as session:
            lightness, a, b = oklab("#0b7a75")
            session.add(LibraryVariant(job_id=job_id, variant=1))
            session.flush()
            session.add(
                LibraryColour(
                    job_id=job_id,
                    variant=1,
                    hex="#0b7a75",
                    lightness=lightness,
                    a=a,
                    b=b,
                    share=share,
                )
            )
    answer = client.get(JOBS, query_string={"colour": "#0c7b76"}).get_json()
    assert [job["brief"] for job in answer["jobs"]] == ["much", "little"]
    assert [job["variant"] for job in answer["jobs"]] == [1, 1]
    assert found(client, colour="teal") == ["much", "little"]
    assert found(client, colour="#ff00ff") == []
    assert found(client, colour="teal", sort="oldest") == ["little", "much"]


def test_pages_of_each_order_have_every_job_once(client: FlaskClient) -> None:
    briefs = [f"mug {name}" for name in ("delta", "alpha", "echo", "bravo", "charlie")]
    for brief in briefs:
        submit(client, brief)
    expected = {"newest": briefs[::-1], "oldest": briefs, "name": sorted(briefs), "best": None}
    for sort, order in expected.items():
        seen: list[str] = []
        url: str | None = f"{JOBS}?q=mug&limit=2&sort={sort}"
        while url is not None:
            page = client.get(url).get_json()
            assert page["total"] == len(briefs)
            seen += [job["brief"] for job in page["jobs"]]
            url = page["next"]
        assert seen == (order or briefs[::-1]), sort


def test_names_and_tags_are_set_and_found(client: FlaskClient) -> None:
    job_id = submit(client, "mug with lemons")
    etag = client.get(f"{JOBS}/{job_id}").headers["ETag"]
    body = {"name": "  Spring\u00a02027  ", "tags": ["Acme", "acme", "新品"]}
    answer = client.patch(f"{JOBS}/{job_id}", json=body)
    library = answer.get_json()["library"]
    assert library == {"name": "Spring 2027", "tags": ["Acme", "新品"], "reviews": []}
    assert answer.headers["ETag"] != etag
    assert client.get(f"{JOBS}/{job_id}").headers["ETag"] == answer.headers["ETag"]
    for query in ({"q": "spring 2027"}, {"q": "新品"}, {"tag": "ACME"}, {"tag": ["acme", "新品"]}):
        assert found(client, **query) == ["mug with lemons"], query
    assert found(client, tag=["acme", "other"]) == []
    client.patch(f"{JOBS}/{job_id}", json={"tags": []})
    assert found(client, tag="acme") == []
    assert found(client, q="spring") == ["mug with lemons"]


def test_variants_are_judged_one_by_one(client: FlaskClient) -> None:
    job_id = submit(client, "mug with lemons")
    submit(client, "another mug")
    place = f"{JOBS}/{job_id}/variants"
    client.put(f"{place}/0/review", json={"favourite": True})
    client.put(f"{place}/0/review", json={"verdict": "keep"})
    answer = client.put(f"{place}/1/review", json={"verdict": "reject"})
    assert answer.get_json()["library"]["reviews"] == [
        {"variant": 0, "favourite": True, "verdict": "keep"},
        {"variant": 1, "favourite": False, "verdict": "reject"},
    ]
    assert found(client, favourite="true") == ["mug with lemons"]
    assert found(client, verdict="keep") == ["mug with lemons"]
    client.put(f"{place}/0/review", json={"favourite": False, "verdict": None})
    assert found(client, favourite="true") == found(client, verdict="keep") == []
    (listed,) = client.get(JOBS, query_string={"q": "lemons"}).get_json()["jobs"]
    assert listed["reviews"] == [{"variant": 1, "favourite": False, "verdict": "reject"}]


def test_collections_hold_jobs(client: FlaskClient) -> None:
    job_id, other = submit(client, "mug with lemons"), submit(client, "tote with foxes")
    made = client.post(COLLECTIONS, json={"name": "<b>客户</b>"})
    assert made.status_code == 201
    collection = made.get_json()
    path = f"{COLLECTIONS}/{collection['id']}"
    for _ in range(2):
        assert client.put(f"{path}/jobs/{job_id}").get_json()["size"] == 1
    bulk = {"jobs": [job_id, other], "add_to": collection["id"], "add_tags": ["acme"]}
    assert client.post(f"{JOBS}/bulk", json=bulk).get_json()["jobs"] == [job_id, other]
    assert len(found(client, collection=collection["id"], tag="acme")) == 2
    assert client.delete(f"{path}/jobs/{other}").get_json()["size"] == 1
    assert client.patch(path, json={"name": "Acme"}).get_json()["name"] == "Acme"
    assert [each["name"] for each in client.get(COLLECTIONS).get_json()["collections"]] == ["Acme"]
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert len(found(client)) == 2


def test_deleted_job_is_hidden_at_once_and_can_be_restored(
    client: FlaskClient, driver: QueueDriver
) -> None:
    job_id = submit(client, "mug with lemons")
    driver.run_all()
    document = client.get(f"{JOBS}/{job_id}").get_json()
    (tile, *_) = [each["url"] for each in document["artifacts"] if each["kind"] == "tile"]
    answer = client.delete(f"{JOBS}/{job_id}")
    assert answer.get_json()["undo_s"] == 600
    for gone in (f"{JOBS}/{job_id}", f"{JOBS}/{job_id}/provenance"):
        assert fault(client.get(gone))[:2] == (410, "job_deleted")
    assert client.get(tile).status_code == 404
    assert found(client) == []
    assert client.delete(f"{JOBS}/{job_id}").status_code == 410
    restored = client.post(answer.get_json()["links"]["restore"])
    assert restored.get_json()["state"] == "succeeded"
    assert client.get(tile).status_code == 200
    assert found(client) == ["mug with lemons"]
    assert client.post(f"{JOBS}/{job_id}/restore").status_code == 200


def test_deleted_training_run_is_restored_by_the_administrator_alone(
    client: FlaskClient, admin: FlaskClient, driver: QueueDriver
) -> None:
    run = driver.submit(pipeline="training", options={"name": "autumn"})
    assert admin.delete(f"{JOBS}/{run.id}").status_code == 200
    assert client.post(f"{JOBS}/{run.id}/restore").status_code == 404
    bulk = client.post(f"{JOBS}/bulk", json={"jobs": [run.id], "restore": True})
    assert bulk.get_json()["jobs"] == []
    assert admin.get(f"{JOBS}/{run.id}").status_code == 410
    assert admin.post(f"{JOBS}/{run.id}/restore").status_code == 200


def test_active_job_is_cancelled_by_its_deletion(
    client: FlaskClient, session_factory: sessionmaker[Session]
) -> None:
    job_id = submit(client, "mug with lemons")
    client.delete(f"{JOBS}/{job_id}")
    with session_factory() as session:
        assert session.get_one(Job, job_id).state == "cancelled"


def test_rows_and_files_are_collected_when_a_deletion_can_no_longer_be_undone(
    client: FlaskClient,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    job_id = submit(client, "mug with lemons")
    driver.run_all()
    with session_factory() as session:
        assert artifact_store.size(_tile_of(session, job_id)) is not None
        sha256 = _tile_of(session, job_id)
    client.delete(f"{JOBS}/{job_id}")
    age_files(artifact_store)
    collect(session_factory, artifact_store)
    assert artifact_store.size(sha256) is not None
    end_undo(session_factory)
    assert client.post(f"{JOBS}/{job_id}/restore").status_code == 410
    collect(session_factory, artifact_store)
    assert artifact_store.size(sha256) is None
    assert client.get(f"{JOBS}/{job_id}").status_code == 404


def _tile_of(session: Session, job_id: str) -> str:
    from shared.db.models import Artifact

    query = select(Artifact.sha256).where(Artifact.job_id == job_id, Artifact.kind == "tile")
    return str(session.scalars(query.limit(1)).one())


def test_bulk_deletion_is_undone_as_one_and_names_what_is_not_there(client: FlaskClient) -> None:
    ids = [submit(client, f"mug {number}") for number in range(3)]
    answer = client.post(f"{JOBS}/bulk", json={"jobs": [*ids, UNKNOWN], "delete": True})
    assert fault(answer)[:2] == (404, "job_not_found")
    assert UNKNOWN in answer.get_json()["detail"]
    assert len(found(client)) == 3
    assert client.post(f"{JOBS}/bulk", json={"jobs": ids, "delete": True}).status_code == 200
    assert found(client) == []
    undone = client.post(f"{JOBS}/bulk", json={"jobs": ids, "restore": True}).get_json()
    assert sorted(undone["jobs"]) == sorted(ids)
    assert len(found(client)) == 3


def test_tags_that_are_added_stay_within_their_limit(client: FlaskClient) -> None:
    full, other = submit(client, "mug 1"), submit(client, "mug 2", listed=False)
    client.patch(f"{JOBS}/{full}", json={"tags": [f"tag {number}" for number in range(20)]})
    refused = client.post(f"{JOBS}/bulk", json={"jobs": [full, other], "add_tags": ["new"]})
    assert fault(refused) == (422, "invalid_request", ["add_tags"])
    assert found(client, tag="new") == []
    same = {"jobs": [full, other], "add_tags": ["TAG 3"], "remove_tags": ["tag 4"]}
    assert client.post(f"{JOBS}/bulk", json=same).status_code == 200
    assert len(client.get(f"{JOBS}/{full}").get_json()["library"]["tags"]) == 19
    assert client.get(f"{JOBS}/{other}").get_json()["library"]["tags"] == ["TAG 3"]


def test_batches_collapse_to_their_last_job(client: FlaskClient) -> None:
    submit(client, "single mug")
    asked = {"briefs": ["teal mug"], "seeds": [1, 2, 3], "variants": 1}
    batch = client.post("/api/v1/batches", json=asked).get_json()
    assert len(found(client)) == 4
    collapsed = client.get(JOBS, query_string={"collapse": "batches"}).get_json()
    assert [(job["batch"], job["brief"]) for job in collapsed["jobs"]] == [
        (batch["id"], "teal mug"),
        (None, "single mug"),
    ]
    assert collapsed["total"] == 2
    client.delete(f"{JOBS}/{collapsed['jobs'][0]['id']}")
    assert len(client.get(JOBS, query_string={"collapse": "batches"}).get_json()["jobs"]) == 2
    assert len(found(client, batch=batch["id"])) == 2


def test_jobs_that_are_not_listed_are_found_by_their_ids_alone(client: FlaskClient) -> None:
    first_look = submit(client, "mug with lemons", listed=False, ttl_s=86_400)
    looks = {"briefs": ["teal mug"], "seeds": [1, 2], "listed": False}
    batch = client.post("/api/v1/batches", json=looks).get_json()
    assert found(client) == found(client, q="lemon") == []
    assert client.get(f"{JOBS}/{first_look}").status_code == 200
    assert len(client.get(batch["links"]["self"]).get_json()["jobs"]) == 2
    client.patch(f"{JOBS}/{first_look}", json={"name": "Lemons"})
    assert found(client) == ["mug with lemons"]


def test_lineage_has_what_a_job_was_made_from_and_what_was_made_of_it(
    client: FlaskClient, driver: QueueDriver
) -> None:
    first = submit(client, "mug with lemons")
    driver.run_all()
    second = client.post(f"{JOBS}/{first}/retry").get_json()["id"]
    driver.run_all()
    third = client.post(f"{JOBS}/{second}/retry").get_json()["id"]
    fourth = client.post(f"{JOBS}/{first}/retry").get_json()["id"]
    for job_id in (first, third):
        jobs = client.get(f"{JOBS}/{job_id}/lineage").get_json()["jobs"]
        assert [(job["id"], job["derived_from"]) for job in jobs] == [
            (first, None),
            (second, first),
            (third, second),
            (fourth, first),
        ]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"q": "x" * 201}, ["q"]),
        ({"colour": "no such colour"}, ["colour"]),
        ({"verdict": "maybe", "sort": "size", "product": "car"}, ["verdict", "product", "sort"]),
        ({"offset": "-1", "sort": "name"}, ["offset"]),
        ({"picture": "ab" * 32}, ["picture"]),
    ],
)
def test_a_bad_search_names_its_parameters(
    client: FlaskClient, query: dict[str, str], fields: list[str]
) -> None:
    answer = client.get(JOBS, query_string=query)
    assert fault(answer) == (422, "invalid_request", fields)


@pytest.mark.parametrize(
    "words", ["😀😀", "<script>alert(1)</script>", "שלום עולם", "%_\\'\";--", "🦊 狐狸 \u202efox"]
)
def test_any_words_can_be_searched_for(client: FlaskClient, words: str) -> None:
    submit(client, "mug with lemons")
    assert found(client, q=words) == []


def test_a_bad_change_is_refused_and_changes_nothing(client: FlaskClient) -> None:
    job_id = submit(client, "mug with lemons")
    place = f"{JOBS}/{job_id}"
    cases = {
        "name": client.patch(place, json={"name": "x" * 101}),
        "tags.0": client.patch(place, json={"tags": ["y" * 41]}),
        "tags": client.patch(place, json={"tags": [str(n) for n in range(21)]}),
        "variant": client.put(f"{place}/variants/2/review", json={"favourite": True}),
        "verdict": client.put(f"{place}/variants/0/review", json={"verdict": "like"}),
        "favourite": client.put(f"{place}/variants/0/review", json={"favourite": None}),
        "colour": client.patch(place, json={"colour": "red"}),
    }
    for field, answer in cases.items():
        assert fault(answer)[:2] == (422, "invalid_request")
        assert fault(answer)[2][0].split(".")[0] == field.split(".")[0]
    assert client.get(place).get_json()["library"] == {"name": "", "tags": [], "reviews": []}
    for method in (client.patch, client.delete):
        assert method(f"{JOBS}/{UNKNOWN}", json={}).status_code == 404
    assert fault(client.put(f"{COLLECTIONS}/nope/jobs/{job_id}"))[1] == "collection_not_found"
    assert fault(client.get(JOBS, query_string={"collection": "nope"}))[1] == "collection_not_found"
    assert fault(client.get(JOBS, query_string={"like": UNKNOWN}))[1] == "job_not_found"
    assert fault(client.get(JOBS, query_string={"like": f"{job_id}.0"}))[2] == ["like"]


def test_pictures_are_stored_for_a_search(client: FlaskClient) -> None:
    answer = client.post("/api/v1/pictures", data={"picture": (_file(picture()), "a.png")})
    assert answer.status_code == 201
    search = client.get(answer.get_json()["links"]["jobs"])
    assert fault(search)[:2] == (503, "unavailable")  # no worker runs in this test
    refused = client.post("/api/v1/pictures", data={"picture": (_file(b"text"), "a.png")})
    assert fault(refused)[1] in {"unsupported_media_type", "image_unreadable"}
    assert fault(client.post("/api/v1/pictures", data={}))[2] == ["picture"]


def _file(content: bytes) -> Any:
    import io

    return io.BytesIO(content)
