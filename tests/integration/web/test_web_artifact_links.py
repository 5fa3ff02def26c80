"""Signed links to one file: made by designers, used by anybody until they expire."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.api_keys import NewKey, create_key
from shared.accounts.workspaces import create_workspace
from shared.db.models import Job
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import seconds_from_now
from shared.settings import Settings
from tests.integration.web.test_web_rights import member
from tests.queue_driver import QueueDriver
from tests.sharing_steps import API, BRIEF, file_of, made_design, refusal
from web.http import artifact_links

NOWHERE = "0" * 64


@pytest.fixture
def accounts(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(settings.model_copy(update={"mode": "accounts"}))


@pytest.fixture
def designer(accounts: Flask, session_factory: sessionmaker[Session]) -> FlaskClient:
    return member(accounts, session_factory, MAIN_WORKSPACE, "designer")


@pytest.fixture
def stranger(accounts: Flask) -> FlaskClient:
    return accounts.test_client()


@pytest.fixture
def job(designer: FlaskClient, driver: QueueDriver, released: None) -> dict[str, Any]:
    return made_design(designer, driver)


def signed(client: FlaskClient, sha256: str, **given: Any) -> str:
    """Return the path of a signed link."""
    answer = client.post(f"{API}/artifacts/{sha256}/link", json=given)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    url = urlsplit(answer.get_json()["url"])
    return f"{url.path}?{url.query}"


def changed(path: str, **values: str) -> str:
    url = urlsplit(path)
    return f"{url.path}?{urlencode(dict(parse_qsl(url.query)) | values)}"


@pytest.mark.parametrize("kind", ["tile", "design", "sketch", "reference", "print"])
def test_a_link_serves_one_file_to_a_stranger(
    designer: FlaskClient,
    stranger: FlaskClient,
    job: dict[str, Any],
    driver: QueueDriver,
    kind: str,
) -> None:
    file = {"reference": job["reference"]}.get(kind)
    if kind == "print":
        printed = designer.get(f"{API}/jobs/{job['prints'][0]['id']}").get_json()
        file = file_of(printed, "print")
    sha256 = (file or file_of(job, kind))["sha256"]
    path = signed(designer, sha256)
    assert refusal(stranger, f"{API}/artifacts/{sha256}") == (401, "unauthorized")
    with stranger.get(path) as answer:
        assert answer.status_code == 200
        assert answer.data == driver.store.get(sha256)
        private, _comma, age = answer.headers["Cache-Control"].partition(", max-age=")
        assert private == "private"
        assert 3500 < int(age) <= 3600
        assert answer.headers["ETag"] == f'"{sha256}"'
    part = stranger.get(path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, len(part.data)) == (206, 4)
    with stranger.get(path, headers={"Authorization": "Bearer cds_wrong"}) as answer:
        assert answer.status_code == 200


def test_a_link_expires(
    designer: FlaskClient,
    stranger: FlaskClient,
    job: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = signed(designer, file_of(job, "tile")["sha256"], lifetime_s=600)
    now = artifact_links.time.time()
    monkeypatch.setattr(artifact_links.time, "time", lambda: now + 590)
    with stranger.get(path) as answer:
        assert answer.status_code == 200
        assert int(answer.headers["Cache-Control"].partition("max-age=")[2]) <= 10
    monkeypatch.setattr(artifact_links.time, "time", lambda: now + 601)
    assert refusal(stranger, path) == (410, "signed_link_expired")
    later = changed(path, expires=str(int(now) + 10_000))
    assert refusal(stranger, later) == (404, "artifact_not_found")


def test_a_signature_fits_one_file_and_one_time(
    designer: FlaskClient, stranger: FlaskClient, job: dict[str, Any]
) -> None:
    tile, sketch = (file_of(job, kind)["sha256"] for kind in ("tile", "sketch"))
    path = signed(designer, tile)
    expires = dict(parse_qsl(urlsplit(path).query))["expires"]
    for wrong in (
        path.replace(tile, sketch),
        path.replace(tile, NOWHERE),
        changed(path, expires=str(int(expires) + 1)),
        changed(path, signature=""),
        changed(path, signature="ÿ"),
        changed(path, signature="x" * 43),
        changed(path, expires="soon"),
        changed(path, expires="9" * 400),
        changed(path, expires="²"),
        f"{API}/artifacts/{tile}?signature={'x' * 43}",
    ):
        assert refusal(stranger, wrong) == (404, "artifact_not_found"), wrong
    assert refusal(stranger, f"{API}/artifacts/{tile}?expires={expires}")[0] == 401


def test_a_link_of_another_key_does_not_fit(
    designer: FlaskClient,
    job: dict[str, Any],
    make_app: Callable[[Settings], Flask],
    settings: Settings,
) -> None:
    path = signed(designer, file_of(job, "tile")["sha256"])
    other = make_app(settings.model_copy(update={"mode": "accounts", "home": settings.home / "x"}))
    assert refusal(other.test_client(), path) == (404, "artifact_not_found")


def test_a_link_dies_with_the_last_job_of_its_workspace(
    accounts: Flask,
    designer: FlaskClient,
    stranger: FlaskClient,
    job: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    with session_factory.begin() as session:
        place = create_workspace(session, "Rival").id
    rival = member(accounts, session_factory, place, "designer")
    theirs = rival.post(f"{API}/jobs", json={"brief": BRIEF, "variants": 2}).get_json()["id"]
    driver.run_all()
    sha256 = file_of(job, "tile")["sha256"]  # the driver draws the same for both
    path, other_path = signed(designer, sha256), signed(rival, sha256)
    assert path != other_path
    again = designer.post(f"{API}/jobs/{job['id']}/retry").get_json()["id"]
    driver.run_all(has_reference=True)
    designer.delete(f"{API}/jobs/{job['id']}")
    with stranger.get(path) as answer:
        assert answer.status_code == 200  # the other job of the workspace has it
    with session_factory.begin() as session:
        session.execute(update(Job).where(Job.id == again).values(expires_at=seconds_from_now(-1)))
    assert refusal(stranger, path) == (404, "artifact_not_found")
    with stranger.get(other_path) as answer:
        assert answer.status_code == 200
    rival.delete(f"{API}/jobs/{theirs}")
    assert refusal(stranger, other_path) == (404, "artifact_not_found")


def test_only_files_of_the_workspace_s_designs_are_signed(
    accounts: Flask,
    designer: FlaskClient,
    job: dict[str, Any],
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
) -> None:
    with session_factory.begin() as session:
        place = create_workspace(session, "Rival").id
    rival = member(accounts, session_factory, place, "designer")
    viewer = member(accounts, session_factory, MAIN_WORKSPACE, "viewer")
    sha256 = file_of(job, "tile")["sha256"]
    output = driver.stage(job["id"], "caption").output_sha256

    def code(client: FlaskClient, asked: str | None) -> str:
        return str(client.post(f"{API}/artifacts/{asked}/link", json={}).get_json()["code"])

    assert code(rival, sha256) == "artifact_not_found"
    assert code(viewer, sha256) == "forbidden"
    assert code(accounts.test_client(), sha256) == "unauthorized"
    for asked in (output, NOWHERE, "none"):
        assert code(designer, asked) == "artifact_not_found"


@pytest.mark.parametrize("lifetime_s", [0, -1, 7 * 86_400 + 1, 1.5, "3600", None])
def test_lifetimes_are_checked(
    designer: FlaskClient, job: dict[str, Any], lifetime_s: object
) -> None:
    path = f"{API}/artifacts/{file_of(job, 'tile')['sha256']}/link"
    answer = designer.post(path, json={"lifetime_s": lifetime_s})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["fields"]] == ["lifetime_s"]


def test_a_key_without_the_scope_read_fetches_no_file(
    accounts: Flask,
    designer: FlaskClient,
    job: dict[str, Any],
    session_factory: sessionmaker[Session],
) -> None:
    path = f"{API}/artifacts/{file_of(job, 'tile')['sha256']}"
    for scope, status in (("submit", 403), ("read", 200)):
        with session_factory.begin() as session:
            new = NewKey(
                account_id=designer.environ_base["account"],
                workspace_id=MAIN_WORKSPACE,
                name=scope,
                scopes=[scope],
            )
            key, _row = create_key(session, new)
        headers = {"Authorization": f"Bearer {key}"}
        with accounts.test_client().get(path, headers=headers) as answer:
            assert answer.status_code == status


def test_nothing_is_redirected_to_a_bucket(
    make_app: Callable[[Settings], Flask], settings: Settings, bucket: str, driver: QueueDriver
) -> None:
    given = {"artifacts_url": bucket, "signed_links_s": 600}
    client = make_app(settings.model_copy(update=given)).test_client()
    store = client.application.extensions["codesigner"].store
    job = made_design(client, QueueDriver(driver.sessions, store))
    sha256 = file_of(job, "sketch")["sha256"]
    assert client.get(f"{API}/artifacts/{sha256}").status_code == 302
    with client.get(signed(client, sha256)) as answer:
        assert answer.status_code == 200
    link = client.post(f"{API}/jobs/{job['id']}/share-links").get_json()
    with client.get(f"{API}/shared/{link['token']}/files/{sha256}") as answer:
        assert answer.status_code == 200
