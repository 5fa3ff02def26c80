"""PostgreSQL crashes and restarts between requests, which makes pooled connections stale."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

import migrations
from codesigner.embedded_servers import EmbeddedPostgres
from codesigner.home import Home
from shared.settings import Settings
from tests.conftest import running
from web.http import route_rights

JOBS = "/api/v1/jobs"
IDLE = 6
"""Connections that lie idle at the crash; more requests than that follow it."""


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """Separate PostgreSQL server that is not started yet."""
    folder = Path(tempfile.mkdtemp(prefix="cds-", dir="/tmp"))
    folder.chmod(0o711)
    home = Home(path=folder / "h")
    home.prepare()
    made = EmbeddedPostgres(home=home)
    made.prepare()
    yield made
    shutil.rmtree(folder, ignore_errors=True)


def crash(server: EmbeddedPostgres) -> None:
    """Stop the server by immediate shutdown; it recovers from its WAL at the next start."""
    os.kill(int((server.folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)


def have_idle(engine: Engine, number: int) -> None:
    """Open this number of connections and return them to the pool."""
    with ExitStack() as held:
        for _ in range(number):
            held.enter_context(engine.connect()).execute(text("SELECT 1"))


def poll_times(client: FlaskClient, url: str) -> list[int]:
    known = {"If-None-Match": '"v1"'}
    return [client.get(url, headers=known).status_code for _ in range(2 * IDLE)]


def test_stale_pooled_connections_are_replaced_after_a_database_crash(
    make_app: Callable[[Settings], Flask], settings: Settings, server: EmbeddedPostgres
) -> None:
    app = make_app(settings.model_copy(update={"database_url": server.url}))
    client, own = app.test_client(), app.extensions["codesigner"]
    with running(server.service()):
        server.create_database()
        migrations.upgrade(server.url)
        url = client.post(JOBS, json={"brief": "teal mug"}).get_json()["links"]["self"]
        have_idle(own.engine, IDLE)
        crash(server)
    away = client.get(url)
    assert (away.status_code, away.get_json()["code"]) == (503, "unavailable")
    for ask in (
        lambda: poll_times(client, url),
        lambda: [client.get(f"{url}/events", headers={"Accept": "application/json"}).status_code],
        lambda: [client.get("/jobs").status_code],
        lambda: [client.post(JOBS, json={"brief": "navy mug"}).status_code],
    ):
        with running(server.service()):
            have_idle(own.engine, IDLE)
            crash(server)
        with running(server.service()):
            assert set(ask()) <= {200, 202, 304}


def test_connection_lost_during_a_request_returns_503(
    make_app: Callable[[Settings], Flask],
    settings: Settings,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = make_app(settings)
    client, own = app.test_client(), app.extensions["codesigner"]

    def ended() -> str:
        with own.sessions() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with engine.begin() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
            session.execute(text("SELECT 1"))
        return "unreachable"

    def closed() -> str:
        with own.sessions() as session:
            session.connection().connection.driver_connection.close()
            session.execute(text("SELECT 1"))
        return "unreachable"

    app.add_url_rule("/ended", view_func=ended)
    app.add_url_rule("/closed", view_func=closed)
    public = {"ended": "public", "closed": "public"}
    monkeypatch.setattr(route_rights, "ROUTE_RIGHTS", {**route_rights.ROUTE_RIGHTS, **public})
    for path in ("/ended", "/closed"):
        answer = client.get(path)
        assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable"), path
        assert client.get("/jobs").status_code == 200
