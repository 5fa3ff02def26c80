"""Uploads of refused requests are deleted within minutes, and pictures searched with in an hour."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.sessions import Visit, create_session
from shared.accounts.workspaces import set_role
from shared.db.account_models import Account
from shared.db.deletion_models import Disposal, SearchPicture
from shared.db.library_models import QueryVector
from shared.deletions.collection import collect_deletions
from shared.library.query_vectors import add_query_vector, picture_key
from shared.library.search_pictures import add_search_picture, is_own_picture
from shared.main_workspace import MAIN_WORKSPACE
from shared.queue.transitions import seconds_from_now
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.deletion_steps import age_files, collect, files_of_store, notes
from tests.images import as_png, tile
from tests.queue_driver import QueueDriver

JOBS, PICTURES = "/api/v1/jobs", "/api/v1/pictures"


def _form(**given: Any) -> dict[str, Any]:
    photo = io.BytesIO(as_png(tile(3, 64)))
    return {"brief": "teal mug", "reference": (photo, "photo.png"), **given}


@pytest.fixture
def full(make_app: Callable[[Settings], Flask], settings: Settings) -> FlaskClient:
    """Return a client of an application whose queue has room for one job."""
    return make_app(settings.model_copy(update={"max_queue": 1})).test_client()


def test_upload_of_a_refused_submission_is_deleted_within_minutes(
    full: FlaskClient,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    driver.submit()
    refused = full.post(JOBS, data=_form())
    assert refused.get_json()["code"] == "queue_full"
    (upload,) = files_of_store(artifact_store)
    assert notes(session_factory) == {upload}
    age_files(artifact_store, 400)
    collect_deletions(session_factory, artifact_store)
    assert files_of_store(artifact_store) == {upload}  # a submission may still follow
    collect(session_factory, artifact_store)
    assert files_of_store(artifact_store) == set()
    assert notes(session_factory) == set()


def test_upload_that_another_submission_of_the_same_bytes_needs_stays(
    full: FlaskClient,
    app: Flask,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    driver.submit()
    assert full.post(JOBS, data=_form()).status_code == 503
    accepted = app.test_client().post(JOBS, data=_form())
    assert accepted.status_code == 202
    assert full.post(JOBS, data=_form()).status_code == 503
    age_files(artifact_store)
    collect(session_factory, artifact_store)
    assert files_of_store(artifact_store) == {accepted.get_json()["reference"]["sha256"]}
    assert notes(session_factory) == set()


def test_second_upload_of_refused_bytes_sets_their_time_ahead(
    full: FlaskClient,
    driver: QueueDriver,
    session_factory: sessionmaker[Session],
    artifact_store: ArtifactStore,
) -> None:
    driver.submit()
    full.post(JOBS, data=_form())
    with session_factory.begin() as session:
        session.execute(update(Disposal).values(due_at=func.clock_timestamp()))
    full.post(JOBS, data=_form())
    age_files(artifact_store)
    collect_deletions(session_factory, artifact_store)
    assert len(files_of_store(artifact_store)) == 1


def _picture(client: FlaskClient) -> str:
    photo = io.BytesIO(as_png(tile(4, 64)))
    answer = client.post(PICTURES, data={"picture": (photo, "a.png")})
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["sha256"])


def test_picture_searched_with_is_gone_with_its_embedding_within_the_hour(
    client: FlaskClient, session_factory: sessionmaker[Session], artifact_store: ArtifactStore
) -> None:
    sha256 = _picture(client)
    with session_factory.begin() as session:
        add_query_vector(session, picture_key(sha256), "e", [1.0, 0.0])
        left = func.extract("epoch", SearchPicture.expires_at - func.clock_timestamp())
        assert 3000 < float(session.scalars(select(left)).one()) < 3600
    age_files(artifact_store)
    collect(session_factory, artifact_store)
    assert files_of_store(artifact_store) == {sha256}
    with session_factory.begin() as session:
        session.execute(update(SearchPicture).values(expires_at=seconds_from_now(-1)))
    wrong = client.get(JOBS, query_string={"picture": sha256})
    assert (wrong.status_code, wrong.get_json()["fields"][0]["field"]) == (422, "picture")
    collect(session_factory, artifact_store)
    assert files_of_store(artifact_store) == set()
    with session_factory() as session:
        assert session.scalars(select(QueryVector.key)).all() == []


def test_picture_that_is_a_reference_too_stays_for_the_design(
    client: FlaskClient, session_factory: sessionmaker[Session], artifact_store: ArtifactStore
) -> None:
    sha256 = client.post(JOBS, data=_form()).get_json()["reference"]["sha256"]
    photo = io.BytesIO(as_png(tile(3, 64)))
    client.post(PICTURES, data={"picture": (photo, "a.png")})
    with session_factory.begin() as session:
        session.execute(update(SearchPicture).values(expires_at=seconds_from_now(-1)))
    age_files(artifact_store)
    collect(session_factory, artifact_store)
    assert files_of_store(artifact_store) == {sha256}


def test_picture_is_only_for_who_sent_it(
    make_app: Callable[[Settings], Flask],
    settings: Settings,
    session_factory: sessionmaker[Session],
) -> None:
    application = make_app(settings.model_copy(update={"mode": "accounts"}))
    mine, theirs = (_member(application, session_factory, name) for name in ("mei", "kai"))
    sha256 = _picture(mine)
    with session_factory() as session:
        assert is_own_picture(session, sha256, "mei")
        assert not is_own_picture(session, sha256, "kai")
    answer = theirs.get(JOBS, query_string={"picture": sha256})
    assert answer.get_json()["fields"][0]["field"] == "picture"
    assert theirs.get(f"/api/v1/artifacts/{sha256}").status_code == 404
    # No worker runs: the picture is found, and its embedding is not computed in time.
    assert mine.get(JOBS, query_string={"picture": sha256}).get_json()["code"] == "unavailable"


def _member(application: Flask, factory: sessionmaker[Session], name: str) -> FlaskClient:
    client = application.test_client()
    with factory.begin() as session:
        session.add(Account(id=name, name=name, name_key=name, password_hash=""))
        session.flush()
        set_role(session, name, MAIN_WORKSPACE, "designer")
        token, _row = create_session(session, name, Visit())
    with client.session_transaction() as cookie:
        cookie["account"] = token
    return client


def test_pictures_to_search_with_do_not_pile_up(
    session_factory: sessionmaker[Session], artifact_store: ArtifactStore
) -> None:
    names = [artifact_store.put(b"picture %d" % number) for number in range(23)]
    for owner, given in (("kai", names[:1]), ("mei", names), ("mei", names[3:4])):
        for sha256 in given:
            with session_factory.begin() as session:
                add_search_picture(session, sha256, owner)
    with session_factory() as session:
        kept = [name for name in names if is_own_picture(session, name, "mei")]
        assert kept == names[3:]
        assert is_own_picture(session, names[0], "kai")
