"""Fixtures: the web application on real servers, with responses checked against OpenAPI."""

import io
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session, sessionmaker

from shared.accounts.people import NewAccount, create_first_administrator
from shared.db.models import Job
from shared.errors import ERRORS
from shared.registry.releases import ReleaseManifest, VersionManifest, promote, register_release
from shared.settings import Settings
from shared.storage.artifacts import ArtifactStore
from tests.account_steps import PASSWORD
from tests.conftest import ADMIN_TOKEN
from tests.queue_driver import QueueDriver
from web.app import create_app
from web.http.route_rights import refusal_codes
from web.openapi.operations import COMMON_CODES, operation_of

ROLES = ("captioner", "vision", "text_encoder", "fusion", "generator")


@pytest.fixture
def make_app() -> Iterator[Callable[[Settings], Flask]]:
    """Return a function that makes applications whose responses are checked against OpenAPI."""
    made: list[Flask] = []
    surprises: list[str] = []

    def make(settings: Settings) -> Flask:
        made.append(_watched(create_app(settings), surprises))
        return made[-1]

    yield make
    for application in made:
        application.extensions["codesigner"].close()
    assert surprises == []


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    """Application with the test's settings."""
    return make_app(settings)


@pytest.fixture
def site(make_app: Callable[[Settings], Flask], settings: Settings, fast_hashes: None) -> Flask:
    """Application in the mode accounts."""
    return make_app(settings.model_copy(update={"mode": "accounts", "admin_token": None}))


@pytest.fixture
def root(session_factory: sessionmaker[Session], fast_hashes: None) -> str:
    """Create the first administrator and return its id."""
    with session_factory.begin() as session:
        new = NewAccount(name="Root", password=PASSWORD, email="root@studio.example")
        return create_first_administrator(session, new).id


def _watched(application: Flask, surprises: list[str]) -> Flask:

    def compare(response: Response) -> Response:
        rule = request.url_rule
        operation = operation_of(application.view_functions[rule.endpoint]) if rule else None
        if operation is not None and response.status_code != 405:
            codes = {*operation.codes, *COMMON_CODES, *refusal_codes(rule.endpoint)}
            allowed = {*operation.answers, *(ERRORS[code].status for code in codes)}
            if response.status_code not in allowed:
                surprises.append(f"{request.method} {request.path}: {response.status_code}")
            elif response.status_code >= 400:
                if response.mimetype != "application/problem+json":
                    surprises.append(f"{request.path}: {response.mimetype}")
                elif response.get_json()["code"] not in codes:
                    surprises.append(f"{request.path}: {response.get_json()['code']}")
            elif (model := operation.answers[response.status_code].model) and response.is_json:
                model.model_validate(response.get_json(), extra="forbid")
        return response

    application.after_request(compare)
    return application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Test client on the loopback address, without a token."""
    return app.test_client()


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """Test client that sends the administrator's token."""
    return admin_of(app)


def admin_of(application: Flask) -> FlaskClient:
    """Return a test client that sends the administrator's token with every request."""
    made = application.test_client()
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {ADMIN_TOKEN}"
    return made


@pytest.fixture
def driver(session_factory: sessionmaker[Session], artifact_store: ArtifactStore) -> QueueDriver:
    """Stage driver that acts as the worker."""
    return QueueDriver(session_factory, artifact_store)


@pytest.fixture
def released(session_factory: sessionmaker[Session]) -> None:
    """Register two releases and promote the first."""
    with session_factory.begin() as session:
        register_release(session, ReleaseManifest(name="first", versions=versions("first")))
        promote(session, "first", "installation")
        register_release(
            session, ReleaseManifest(name="second", base="first", versions=versions("second")[-1:])
        )


def versions(name: str) -> tuple[VersionManifest, ...]:
    """Return one model version for each role."""
    return tuple(
        VersionManifest(
            role=role,
            name=f"{role}-{name}",
            source={"file": f"{role}.safetensors"},
            sha256="ab" * 32,
            licence="Apache-2.0",
            metrics={"loss": 0.25},
        )
        for role in ROLES
    )


def picture(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> bytes:
    """Return an encoded image of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, 120 if mode in {"L", "I;16", "P", "1"} else None).save(out, kind)
    return out.getvalue()


@pytest.fixture
def jobs(client: FlaskClient, driver: QueueDriver) -> list[Job]:
    """Three finished designs of two variants."""
    made = []
    for brief in ("foxes, teal mug", "owls on navy, poster", "银杏叶，金黄色"):
        asked = {"brief": brief, "variants": 2, "seed": len(made)}
        made.append(driver.job(client.post("/api/v1/jobs", json=asked).get_json()["id"]))
        driver.run_all()
    return made
