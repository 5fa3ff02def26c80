"""What strangers see, fetch and download by a share link, and that nothing else leaks."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.db.account_models import ShareLink
from shared.db.models import Artifact, Job
from shared.queue.transitions import seconds_from_now
from tests.account_steps import pass_time
from tests.queue_driver import QueueDriver
from tests.sharing_steps import (
    API,
    BRIEF,
    file_of,
    linked,
    made_design,
    refusal,
    shared,
    to_job,
    zipped,
)
from web.presentation import shared_designs

PICTURES = {"preview", "thumbnail", "sketch"}
DOWNLOADS = PICTURES | {"tile", "design"}
NOWHERE = "0" * 64


@pytest.fixture
def job(client: FlaskClient, driver: QueueDriver, released: None) -> dict[str, Any]:
    return made_design(client, driver)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return app.test_client()


def kinds(document: dict[str, Any]) -> set[str]:
    variants = [variant for design in document["designs"] for variant in design["variants"]]
    return {file["kind"] for variant in variants for file in variant["files"]}


def test_a_stranger_sees_the_design_and_nothing_else_of_the_job(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any], driver: QueueDriver
) -> None:
    client.patch(f"{API}/jobs/{job['id']}", json={"name": "Foxes at sea", "tags": ["secret-tag"]})
    client.post(f"{API}/jobs/{job['id']}/retry")
    link = to_job(client, job, note="for Ms. X")
    answer = stranger.get(shared(link))
    assert answer.status_code == 200
    document = answer.get_json()
    assert (document["kind"], document["name"], document["total"]) == ("design", "Foxes at sea", 1)
    (design,) = document["designs"]
    assert (design["brief"], design["product"]) == (BRIEF, "mug")
    assert [each["variant"] for each in design["variants"]] == [0, 1]
    assert kinds(document) == PICTURES
    assert document["links"].keys() == {"self", "page"}
    hidden = {
        job["id"],
        job["reference"]["sha256"],
        "secret-tag",
        "for Ms. X",
        "visitor:",
        "address:",
    }
    hidden |= {
        job["prints"][0]["id"],
        *client.get(f"{API}/jobs/{job['id']}").get_json()["retried_as"],
    }
    page = stranger.get(f"/s/{link['token']}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    for text in (answer.text, page.text):
        assert [each for each in hidden if each in text] == []
    assert "Foxes at sea" in page.text
    assert BRIEF in page.text
    assert page.text.count("<figure") == 2


@pytest.mark.parametrize(
    "path", ["{api}", "{api}/files/{sha256}", "/s/{token}", "{api}/files/none"]
)
def test_no_cache_search_engine_or_referrer_has_what_is_shared(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any], path: str
) -> None:
    link = to_job(client, job)
    sketch = file_of(job, "sketch")
    address = path.format(api=shared(link), token=link["token"], sha256=sketch["sha256"])
    with stranger.get(address) as answer:
        assert answer.headers.getlist("Referrer-Policy") == ["no-referrer"]
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        caching = "no-store" if "none" in path else "private, no-cache"
        assert answer.headers["Cache-Control"] == caching
        assert len(answer.headers.getlist("Content-Security-Policy")) == 1
        assert "Set-Cookie" not in answer.headers


def test_without_download_pictures_alone_are_given(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any], driver: QueueDriver
) -> None:
    link = to_job(client, job)
    for file in job["artifacts"]:
        with stranger.get(f"{shared(link)}/files/{file['sha256']}") as answer:
            if file["kind"] in PICTURES:
                assert answer.status_code == 200
                assert answer.data == driver.store.get(file["sha256"])
            else:
                assert answer.status_code == 404
    assert refusal(stranger, f"{shared(link)}/zip") == (403, "forbidden")


def test_with_download_the_files_of_the_variants_are_given(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any]
) -> None:
    link = to_job(client, job, download=True)
    document = stranger.get(shared(link)).get_json()
    assert kinds(document) == DOWNLOADS
    variants = document["designs"][0]["variants"]
    for file in (file for variant in variants for file in variant["files"]):
        with stranger.get(file["url"]) as answer:
            assert answer.status_code == 200
            assert len(answer.data) == file["size_bytes"]


def test_no_other_artifact_is_given(
    client: FlaskClient,
    stranger: FlaskClient,
    job: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    other = client.post(f"{API}/jobs", json={"brief": "owls", "seed": 99}).get_json()["id"]
    driver.run_all(variants=3)
    link = to_job(client, job, download=True)
    with session_factory() as session:
        owned = set(
            session.scalars(
                select(Artifact.sha256).where(
                    Artifact.job_id == job["id"], Artifact.kind.in_(DOWNLOADS)
                )
            )
        )
        printed = session.scalars(
            select(Artifact.sha256).where(Artifact.job_id == job["prints"][0]["id"])
        ).all()
        foreign = session.scalars(select(Artifact.sha256).where(Artifact.job_id == other)).all()
    outputs = [driver.stage(job["id"], name).output_sha256 for name in ("caption", "fusion")]
    tried = {*printed, *foreign, *outputs, job["reference"]["sha256"], NOWHERE, "none"} - owned
    assert len(tried) > 5
    for sha256 in tried:
        path = f"{shared(link)}/files/{sha256}"
        assert refusal(stranger, path) == (404, "artifact_not_found")


def test_kinds_that_are_added_later_are_not_given(
    client: FlaskClient,
    stranger: FlaskClient,
    job: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    sha256s = {kind: driver.store.put(kind.encode()) for kind in ("layer-1", "base", "new-kind")}
    with session_factory.begin() as session:
        for kind, sha256 in sha256s.items():
            session.add(
                Artifact(
                    job_id=job["id"], stage="generate", kind=kind, variant=0, sha256=sha256,
                    media_type="image/png", size_bytes=len(kind),
                )
            )  # fmt: skip
    link = to_job(client, job, download=True)
    for sha256 in sha256s.values():
        assert refusal(stranger, f"{shared(link)}/files/{sha256}")[0] == 404
    archive = zipped(stranger, link)
    assert not [name for name in archive.namelist() if "layer" in name]


def test_rejected_variants_are_left_out_everywhere(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any]
) -> None:
    link = to_job(client, job, download=True)
    rejected = [each for each in job["artifacts"] if each["variant"] == 0]
    client.put(f"{API}/jobs/{job['id']}/variants/0/review", json={"verdict": "reject"})
    (design,) = stranger.get(shared(link)).get_json()["designs"]
    assert [each["variant"] for each in design["variants"]] == [1]
    kept = {file["sha256"] for file in design["variants"][0]["files"]}
    for sha256 in {each["sha256"] for each in rejected} - kept:
        assert refusal(stranger, f"{shared(link)}/files/{sha256}")[0] == 404
    names = zipped(stranger, link).namelist()
    assert not [name for name in names if "variant-1" in name]


def test_the_zip_has_the_files_and_palettes_of_the_variants_alone(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any], driver: QueueDriver
) -> None:
    client.patch(f"{API}/jobs/{job['id']}", json={"name": "Foxes at sea"})
    link = to_job(client, job, download=True)
    document = stranger.get(shared(link)).get_json()
    assert document["links"]["zip"] == f"{shared(link)}/zip"
    answer = stranger.head(f"{shared(link)}/zip")
    assert 'filename="foxes-at-sea.zip"' in answer.headers["Content-Disposition"]
    archive = zipped(stranger, link)
    (folder,) = {name.partition("/")[0] for name in archive.namelist()}
    endings = ("design.json", "tile.png", "sketch.jpg", "palette.ase", "palette.gpl", "palette.css")
    assert sorted(archive.namelist()) == sorted(
        f"{folder}/variant-{number}/variant-{number}-{ending}"
        for number in (1, 2)
        for ending in endings
    )
    reference = driver.store.get(job["reference"]["sha256"])
    assert reference not in [archive.read(name) for name in archive.namelist()]


def test_files_support_ranges_and_conditional_requests(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any]
) -> None:
    link = to_job(client, job)
    sketch = file_of(job, "sketch")
    path = f"{shared(link)}/files/{sketch['sha256']}"
    part = stranger.get(path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"\xff\xd8\xff\xe0")
    known = {"If-None-Match": f'"{sketch["sha256"]}"'}
    assert stranger.get(path, headers=known).status_code == 304
    client.delete(link["links"]["self"])
    assert refusal(stranger, path) == (404, "share_link_not_found")
    assert stranger.get(path, headers=known).status_code == 404


# ---- links that open nothing


@pytest.fixture
def ended(
    client: FlaskClient, job: dict[str, Any], session_factory: sessionmaker[Session]
) -> dict[str, Callable[[], None]]:
    """Return what ends a link, by name."""

    def expire(model: Any, **values: Any) -> None:
        with session_factory.begin() as session:
            session.execute(update(model).values(values))

    return {
        "revoked": lambda: (
            [
                client.delete(each["links"]["self"])
                for each in client.get(f"{API}/share-links").get_json()["share_links"]
            ]
            and None
        ),
        "expired": lambda: pass_time(
            session_factory, ShareLink, 15 * 86_400, "created_at", "expires_at"
        ),
        "deleted": lambda: client.delete(f"{API}/jobs/{job['id']}") and None,
        "job expired": lambda: expire(Job, expires_at=seconds_from_now(-1)),
    }


@pytest.mark.parametrize("how", ["revoked", "expired", "deleted", "job expired"])
def test_links_that_ended_are_as_unknown_ones(
    client: FlaskClient,
    stranger: FlaskClient,
    job: dict[str, Any],
    ended: dict[str, Callable[[], None]],
    how: str,
) -> None:
    link = to_job(client, job, download=True)
    sketch = file_of(job, "sketch")
    tails = ("", f"/files/{sketch['sha256']}", "/zip")
    for tail in tails:
        with stranger.get(shared(link) + tail) as answer:
            assert answer.status_code == 200
    ended[how]()
    unknown = f"{API}/shared/{'x' * 43}"
    for tail in tails:
        found, expected = stranger.get(shared(link) + tail), stranger.get(unknown + tail)
        assert (found.status_code, expected.status_code) == (404, 404)
        bodies = [each.get_json() | {"instance": ""} for each in (found, expected)]
        assert bodies[0] == bodies[1]
        assert bodies[0]["code"] == "share_link_not_found"
    page, other = stranger.get(f"/s/{link['token']}"), stranger.get(f"/s/{'x' * 43}")
    assert (page.status_code, other.status_code) == (404, 404)
    assert page.text.replace(link["token"], "") == other.text.replace("x" * 43, "")
    assert job["id"] not in page.text


def test_a_link_works_again_after_a_deletion_was_undone(
    client: FlaskClient, stranger: FlaskClient, job: dict[str, Any]
) -> None:
    link = to_job(client, job)
    client.delete(f"{API}/jobs/{job['id']}")
    assert stranger.get(shared(link)).status_code == 404
    client.post(f"{API}/jobs/{job['id']}/restore")
    assert stranger.get(shared(link)).status_code == 200


@pytest.mark.parametrize("token", ["", "..", "%00", "%2e%2e%2f", "x" * 5000, "ÿ", "%ff"])
def test_odd_tokens_are_not_found(stranger: FlaskClient, token: str) -> None:
    for path in (f"{API}/shared/{token}", f"/s/{token}"):
        assert stranger.get(path).status_code in {400, 404}


def test_a_design_that_is_still_drawn_is_shown_as_far_as_it_is(
    client: FlaskClient, stranger: FlaskClient, driver: QueueDriver, released: None
) -> None:
    job = client.post(f"{API}/jobs", json={"brief": BRIEF, "variants": 2}).get_json()
    link = to_job(client, job)
    (design,) = stranger.get(shared(link)).get_json()["designs"]
    assert (design["active"], design["variants"]) == (True, [])
    assert "still being drawn" in stranger.get(f"/s/{link['token']}").text
    for stage in ("caption", "fusion", "generate", "draw"):
        driver.finish(driver.one(stage))
    driver.publish(driver.one("present"), 0)
    (design,) = stranger.get(shared(link)).get_json()["designs"]
    assert [each["variant"] for each in design["variants"]] == [0]
    page = stranger.get(f"/s/{link['token']}").text
    assert "More variants are being drawn" in page


# ---- collections


@pytest.fixture
def collection(client: FlaskClient, jobs: list[Job], released: None) -> str:
    """A collection of two of three designs."""
    made = client.post(f"{API}/collections", json={"name": "Autumn & winter"}).get_json()["id"]
    for job in jobs[:2]:
        client.put(f"{API}/collections/{made}/jobs/{job.id}")
    return str(made)


def briefs(client: FlaskClient, path: str) -> list[str]:
    return [each["brief"] for each in client.get(path).get_json()["designs"]]


def test_a_collection_is_shared_with_what_is_in_it_now(
    client: FlaskClient, stranger: FlaskClient, jobs: list[Job], collection: str
) -> None:
    link = linked(client, f"collections/{collection}", download=True)
    document = stranger.get(shared(link)).get_json()
    assert (document["kind"], document["name"], document["total"]) == (
        "collection", "Autumn & winter", 2,
    )  # fmt: skip
    assert briefs(stranger, shared(link)) == [jobs[1].brief, jobs[0].brief]
    page = stranger.get(f"/s/{link['token']}").text
    assert "Autumn &amp; winter" in page
    assert jobs[2].brief not in page
    archive = zipped(stranger, link)
    assert len({name.partition("/")[0] for name in archive.namelist()}) == 2
    hidden = stranger.get(f"{shared(link)}/files/{_sketch(client, jobs[2].id)}")
    assert hidden.status_code in {200, 404}
    client.delete(f"{API}/collections/{collection}/jobs/{jobs[0].id}")
    client.put(f"{API}/collections/{collection}/jobs/{jobs[2].id}")
    assert briefs(stranger, shared(link)) == [jobs[2].brief, jobs[1].brief]
    client.delete(f"{API}/jobs/{jobs[2].id}")
    assert briefs(stranger, shared(link)) == [jobs[1].brief]
    client.delete(f"{API}/collections/{collection}")
    assert refusal(stranger, shared(link)) == (404, "share_link_not_found")


def _sketch(client: FlaskClient, job_id: str) -> str:
    files = client.get(f"{API}/jobs/{job_id}").get_json()["artifacts"]
    return str(next(each["sha256"] for each in files if each["kind"] == "sketch"))


def test_a_collection_is_shown_page_by_page(
    client: FlaskClient,
    stranger: FlaskClient,
    jobs: list[Job],
    collection: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_designs, "PAGE_SIZE", 1)
    link = linked(client, f"collections/{collection}")
    first = stranger.get(shared(link)).get_json()
    assert first["next"] == f"{shared(link)}?offset=1"
    assert briefs(stranger, first["next"]) == [jobs[0].brief]
    assert stranger.get(first["next"]).get_json()["next"] is None
    page = stranger.get(f"/s/{link['token']}").text
    assert f'href="/s/{link["token"]}?offset=1"' in page
    for offset in ("-1", "x", "99999", "1" * 30):
        answer = stranger.get(f"{shared(link)}?offset={offset}")
        assert [each["field"] for each in answer.get_json()["fields"]] == ["offset"]


def test_a_zip_of_too_many_designs_is_refused(
    client: FlaskClient, stranger: FlaskClient, collection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = linked(client, f"collections/{collection}", download=True)
    monkeypatch.setattr("web.services.shared_designs.MAX_ZIPPED", 1)
    monkeypatch.setattr(shared_designs, "MAX_ZIPPED", 1)
    assert "zip" not in stranger.get(shared(link)).get_json()["links"]
    assert refusal(stranger, f"{shared(link)}/zip") == (422, "zip_too_large")


def test_an_empty_collection_is_shown_as_one(
    client: FlaskClient, stranger: FlaskClient, released: None
) -> None:
    made = client.post(f"{API}/collections", json={"name": "Soon"}).get_json()["id"]
    link = linked(client, f"collections/{made}", download=True)
    document = stranger.get(shared(link)).get_json()
    assert (document["designs"], document["total"], document["next"]) == ([], 0, None)
    assert "no design in this collection yet" in stranger.get(f"/s/{link['token']}").text
    assert refusal(stranger, f"{shared(link)}/zip") == (409, "no_files")
