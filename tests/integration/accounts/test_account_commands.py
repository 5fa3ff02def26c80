"""Tests of `codesigner accounts` on a real database."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from codesigner.cli import main
from shared.accounts.api_keys import principal_of_key
from shared.accounts.invitations import accept_invitation
from shared.accounts.people import NewAccount
from shared.accounts.resets import reset_password
from shared.db.audit_models import AuditEvent
from tests.account_steps import OTHER, PASSWORD, Factory, enter, in_transaction, principal


@pytest.fixture
def run(settings: Any, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that runs `codesigner accounts` and returns what it prints."""
    monkeypatch.setenv("CODESIGNER_DATABASE_URL", database_url)
    monkeypatch.setenv("CODESIGNER_HOME", str(settings.home))

    def command(*arguments: str, code: int = 0, typed: str = "") -> str:
        result = CliRunner().invoke(main, ["accounts", *arguments], input=typed)
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 else result.output

    return command


def test_accounts_are_managed_on_the_command_line(
    session_factory: Factory, run: Callable[..., str]
) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    added = run("add", "root", "--role", "administrator", "--email", "r@s.example", typed=typed)
    assert "Added: root, administrator." in added
    assert PASSWORD not in added
    run("add", "anna", "--password-stdin", typed=f"{PASSWORD}\n")
    assert "account_exists" in run("add", "ANNA", "--password-stdin", code=1, typed=f"{PASSWORD}\n")
    assert "invalid_request" in run("add", "lena", "--password-stdin", code=1, typed="short\n")
    assert run("list").splitlines() == [
        "anna: designer in main",
        "root <r@s.example>: administrator in main",
    ]
    token = enter(session_factory, "anna").token
    run("disable", "anna")
    assert principal(session_factory, token) is None
    assert re.search(
        r"^anna: designer in main, disabled \d{4}-\d\d-\d\d$", run("list"), re.MULTILINE
    )
    run("enable", "anna")
    assert "last_administrator" in run("disable", "root", code=1)
    assert "account_not_found" in run("disable", "nobody", code=1)
    with session_factory() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.action for event in events] == [
        *("account.create", "account.create", "account.disable", "account.enable"),
    ]
    assert all(event.actor.startswith("cli:") for event in events)


def test_links_are_made_on_the_command_line(
    session_factory: Factory, run: Callable[..., str]
) -> None:
    invitation = run("invite", "--role", "administrator").strip()
    assert invitation.startswith("http://127.0.0.1:8000/invitation?token=")
    token = invitation.partition("token=")[2]
    new = NewAccount(name="anna", password=PASSWORD)
    in_transaction(session_factory, accept_invitation, token, new)
    link = run("reset-password", "ANNA").strip()
    assert link.startswith("http://127.0.0.1:8000/reset-password?token=")
    in_transaction(session_factory, reset_password, link.partition("token=")[2], OTHER)
    enter(session_factory, "anna", OTHER)
    run("reset-password", "anna", "--set", typed=f"{PASSWORD}\n{PASSWORD}\n")
    enter(session_factory, "anna")
    assert "workspace_not_found" in run("invite", "--workspace", "other", code=1)


def test_keys_are_managed_on_the_command_line(
    session_factory: Factory, run: Callable[..., str]
) -> None:
    run("add", "anna", "--password-stdin", typed=f"{PASSWORD}\n")
    run("keys", "add", "anna", "nightly", code=2)
    key = run("keys", "add", "anna", "nightly", "--scope", "submit", "--scope", "read").strip()
    assert in_transaction(session_factory, principal_of_key, key) is not None
    listed = run("keys", "list", "anna")
    assert "nightly: read, submit in main, until" in listed
    assert "last used" in listed
    assert key not in listed
    run("keys", "revoke", "anna", listed.split()[0])
    assert in_transaction(session_factory, principal_of_key, key) is None
    assert run("keys", "list", "anna") == ""
    assert "api_key_not_found" in run("keys", "revoke", "anna", "x", code=1)


def test_own_limits_of_an_account_are_set_and_shown(
    session_factory: Factory, run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("add", "anna", "--password-stdin", typed=f"{PASSWORD}\n")
    monkeypatch.setenv("CODESIGNER_MAX_DAILY_JOBS_PER_OWNER", "7")
    assert "jobs-per-day: 0 of 7" in run("quota", "anna")
    shown = run("quota", "anna", "--jobs-per-day", "50", "--max-bytes", "5000000000")
    assert "jobs-per-day: 0 of 50" in shown
    assert "stored-bytes: 0 of 5000000000" in shown
    assert "unfinished-jobs: 0 of 2000" in shown
    assert "jobs-per-day: 0 unlimited" in run("quota", "anna", "--jobs-per-day", "0")
    assert "jobs-per-day: 0 of 7" in run("quota", "anna", "--jobs-per-day", "default")
    with session_factory() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "account.quota"))
        before, after = next((event.before, event.after) for event in events)
    assert before == {"jobs_per_day": None, "max_jobs": None, "max_bytes": None}
    assert after == {"jobs_per_day": 50, "max_jobs": None, "max_bytes": 5_000_000_000}
    assert "neither" in run("quota", "anna", "--max-jobs", "-1", code=2)
    assert "max_jobs" in run("quota", "anna", "--max-jobs", str(2**40), code=1)
    assert "account_not_found" in run("quota", "nobody", code=1)


def test_account_is_deleted_and_restored_and_the_ledger_says_so(
    session_factory: Factory, run: Callable[..., str]
) -> None:
    typed = f"{PASSWORD}\n"
    run("add", "root", "--role", "administrator", "--password-stdin", typed=typed)
    run("add", "anna", "--password-stdin", typed=typed)
    token = enter(session_factory, "anna").token
    run("delete", "anna", code=1, typed="n\n")
    assert principal(session_factory, token) is not None
    assert "restored for 10 minutes" in run("delete", "anna", "--yes")
    assert principal(session_factory, token) is None
    assert "last_administrator" in run("delete", "root", "--yes", code=1)
    assert "account_not_found" in run("delete", "anna", "--yes", code=1)
    assert "Restored: anna." in run("restore", "anna")
    assert principal(session_factory, token) is not None
    assert "account_not_found" in run("restore", "anna", code=1)
    listed = CliRunner().invoke(main, ["deletions", "--ndjson"])
    (row,) = [json.loads(line) for line in listed.stdout.splitlines()]
    assert (row["kind"], row["state"]) == ("account", "restored")
    assert row["asked_by"].startswith("cli:")
    assert "account" in CliRunner().invoke(main, ["deletions"]).stdout


def test_retention_of_a_workspace_is_set_on_the_command_line(run: Callable[..., str]) -> None:
    assert run("retention") == "As long as the installation.\n"
    assert run("retention", "--days", "90") == "90 days.\n"
    assert run("retention") == "90 days.\n"
    assert run("retention", "--unset") == "As long as the installation.\n"
    assert "workspace_not_found" in run("retention", "--workspace", "none", code=1)
