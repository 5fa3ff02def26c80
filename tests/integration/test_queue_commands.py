"""Tests of `codesigner queue` and `codesigner clients` on a real database."""

from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from codesigner.cli import main
from shared.clients import token_sha256
from shared.db.models import Client
from shared.errors import CodesignerError
from shared.queue import leases as queue
from shared.queue.pauses import paused_stages


@pytest.fixture
def run(settings: Any, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs a command on the test's database and returns its output."""
    monkeypatch.setenv("CODESIGNER_DATABASE_URL", database_url)
    monkeypatch.setenv("CODESIGNER_HOME", str(settings.home))

    def command(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code, result.output
        return result.output

    return command


def test_pause_waits_for_the_drain_and_resume_ends_it(run: Any, work: Any) -> None:
    work.submit(owner="client:studio")
    assert "Paused: all." in run("queue", "pause", "--reason", "upgrade", "--wait")
    assert work.claim() == []
    told = run("queue", "show")
    assert "upgrade" in told
    assert "client:studio" in told
    assert "drained" in told
    run("queue", "resume")
    with work.session() as session:
        assert paused_stages(session) == set()
    run("queue", "pause", "generate")
    with work.session() as session:
        assert paused_stages(session) == {"generate"}
    assert "Must be one of" in run("queue", "pause", "paint", code=1)


def test_dead_jobs_are_listed_and_retried(run: Any, work: Any) -> None:
    assert "No job has failed." in run("queue", "dead")
    dead = []
    for _ in range(2):
        dead.append(work.submit().id)
        with work.session() as session:
            error = CodesignerError("stage_failed", "caption: no")
            queue.fail(session, work.one(), error, retryable=False)
    listed = run("queue", "dead", "--traceback")
    assert all(f"{each} caption stage_failed: caption: no" in listed for each in dead)
    assert dead[0] in run("queue", "retry", dead[0])
    retried = run("queue", "retry", "--all")
    assert dead[1] in retried
    assert dead[0] not in retried
    assert run("queue", "retry", "--all") == ""
    run("queue", "retry", code=2)
    assert "job_not_found" in run("queue", "retry", "nothing", code=1)


def client_of(session: Session, token: str) -> Client | None:
    return session.scalar(select(Client).where(Client.token_sha256 == token_sha256(token)))


def test_clients_are_issued_tokens(run: Any, work: Any) -> None:
    token = run("clients", "add", "studio", "--max-jobs", "5", "--priority", "high").strip()
    with work.session() as session:
        found = client_of(session, token)
        assert found is not None
        assert (found.name, found.max_jobs, found.top_priority) == ("studio", 5, 1)
    assert run("clients", "list").strip() == "studio: at most 5 jobs, priority up to high"
    again = run("clients", "add", "studio").strip()
    with work.session() as session:
        assert client_of(session, token) is None
        assert client_of(session, again) is not None
    run("clients", "remove", "studio")
    assert "there is no client" in run("clients", "remove", "studio", code=1)
    assert "1 to 64 letters" in run("clients", "add", "two words", code=1)
