"""Audit log in the database: append-only, expiry, and the acts of the command line."""

import json
import os
import pwd
import socket

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from codesigner.cli import main
from codesigner.schema_setup import migrate
from shared.audit import events
from shared.audit.events import Act, Actor, AuditQuery, expire_events, list_events, record
from shared.db.audit_models import AuditEvent
from shared.db.engine import engine_for
from shared.settings import PREFIX, Settings

ACTOR = Actor(name="admin", kind="admin_token", address="127.0.0.1", request_id="r-1")
DAY_S = 86_400.0


@pytest.fixture
def cli(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Return a runner of commands on the test's database."""
    for name in ("home", "database_url", "broker_url"):
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", str(getattr(settings, name)))
    return CliRunner()


def _record_aged(session: Session, days: float) -> None:
    record(session, ACTOR, Act(action="queue.pause", object_id=f"{days} days"))
    session.execute(text("SET LOCAL session_replication_role = replica"))  # skips the trigger
    session.execute(
        text("UPDATE audit_event SET at = at - make_interval(hours => :h) WHERE object_id = :id"),
        {"h": round(days * 24), "id": f"{days} days"},
    )
    session.execute(text("SET LOCAL session_replication_role = origin"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor = 'nobody'",
        "UPDATE audit_event SET actor = 'nobody' WHERE false",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "SET LOCAL codesigner.audit_expiry = 'on'; UPDATE audit_event SET actor = 'nobody'",
    ],
)
def test_events_cannot_be_changed(
    statement: str, engine: Engine, session_factory: sessionmaker[Session]
) -> None:
    with session_factory.begin() as session:
        record(session, ACTOR, Act(action="queue.pause", object_id="all"))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    with session_factory() as session:
        (event,) = list_events(session, AuditQuery(), 10)
    assert event.actor == "admin"


def test_old_events_expire_and_young_ones_never(session_factory: sessionmaker[Session]) -> None:
    with session_factory.begin() as session:
        for days in (0, 0.5, 2, 400):
            _record_aged(session, days)
    with session_factory.begin() as session:
        assert expire_events(session, 365 * DAY_S) == 1
        assert expire_events(session, 1.0) == 1  # nothing younger than a day, whatever is asked
    with session_factory() as session:
        expire_events(session, 365 * DAY_S)
        with pytest.raises(DBAPIError, match="append-only"):  # the permission ended with the call
            session.execute(text("DELETE FROM audit_event"))
    with session_factory() as session:
        assert [event.object_id for event in list_events(session, AuditQuery(), 10)] == [
            "0.5 days",
            "0 days",
        ]


def test_rolled_back_act_leaves_no_event(session_factory: sessionmaker[Session]) -> None:
    session = session_factory()
    record(session, ACTOR, Act(action="queue.pause", object_id="all"))
    session.rollback()
    with session_factory() as session:
        assert list_events(session, AuditQuery(), 10) == []


def test_commands_record_the_user_of_the_host(
    cli: CliRunner, session_factory: sessionmaker[Session]
) -> None:
    tokens = []
    for arguments in (
        ["queue", "pause", "caption", "--reason", "upgrade"],
        ["queue", "resume"],
        ["clients", "add", "studio", "--max-jobs", "5"],
        ["clients", "add", "studio"],
        ["clients", "remove", "studio"],
        [
            "webhooks",
            "add",
            "https://hooks.example.org/with-a-secret",
            "--secret",
            "whsec_" + "YWJj" * 8,
        ],
    ):
        result = cli.invoke(main, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        tokens.append(result.output.strip())
    with session_factory() as session:
        events = list(reversed(list_events(session, AuditQuery(), 20)))
    assert [event.action for event in events] == [
        *("queue.pause", "queue.resume", "client.add", "client.add", "client.remove"),
        "webhook.add",
    ]
    user = pwd.getpwuid(os.getuid()).pw_name
    known = {(event.actor, event.actor_kind, event.address) for event in events}
    assert known == {(f"cli:{user}", "command_line", socket.gethostname())}
    assert events[3].before == {"max_jobs": 5, "top_priority": 0}
    assert events[3].after == {"max_jobs": None, "top_priority": 0}
    told = json.dumps([[event.before, event.after] for event in events])
    assert not [secret for secret in (tokens[2], "whsec_", "with-a-secret") if secret in told]


def test_command_prints_and_exports_the_log(
    cli: CliRunner, session_factory: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_PAGE_SIZE", 7)
    with session_factory.begin() as session:
        for number in range(60):
            act = Act(action="queue.pause", object_id="all", after={"reason": f"n{number}"})
            record(session, ACTOR, act)
    printed = cli.invoke(main, ["audit"]).output.splitlines()
    assert len(printed) == 50
    assert 'admin from 127.0.0.1 queue.pause stage all after {"reason": "n59"}' in printed[0]
    exported = cli.invoke(main, ["audit", "--ndjson", "--action", "queue"]).output.splitlines()
    assert [json.loads(line)["after"]["reason"] for line in exported] == [
        f"n{number}" for number in reversed(range(60))
    ]
    assert cli.invoke(main, ["audit", "--actor", "cli:nobody"]).output == ""
    unknown = cli.invoke(main, ["audit", "--action", "model.destroy"])
    assert (unknown.exit_code, "model.promote" in unknown.output) == (2, True)
    assert cli.invoke(main, ["audit", "--since", "2999-01-01"]).output == ""


def test_migration_is_recorded_once(settings: Settings, empty_database_url: str) -> None:
    fresh = settings.model_copy(update={"database_url": empty_database_url})
    migrate(fresh)
    migrate(fresh)
    bound = engine_for(empty_database_url)
    with Session(bound) as session:
        (event,) = session.scalars(select(AuditEvent)).all()
    bound.dispose()
    assert (event.action, event.before) == ("schema.migrate", {"revision": None})
    assert event.after == {"revision": event.object_id}
