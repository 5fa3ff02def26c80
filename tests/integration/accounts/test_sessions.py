"""Tests of sessions on a real database."""

from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text, update

from shared.accounts import sessions
from shared.accounts.rights import may
from shared.accounts.sessions import (
    Visit,
    create_session,
    live_sessions,
    principal_of_session,
    revoke_session,
    use_workspace,
)
from shared.accounts.workspaces import create_workspace, remove_member, set_role
from shared.db.account_models import Account, AccountSession
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import (
    AWAY,
    Factory,
    add_member,
    attempt,
    enter,
    in_transaction,
    pass_time,
    principal,
)


def test_the_use_of_a_session_is_recorded_once_a_minute(
    session_factory: Factory, engine: Engine, admin: str
) -> None:
    token = enter(session_factory).token
    before = last_seen(session_factory)
    principal(session_factory, token)
    assert last_seen(session_factory) == before
    pass_time(session_factory, AccountSession, 61, "last_seen_at")
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert principal(session_factory, token) is not None
    assert len(statements) == 1
    assert last_seen(session_factory) > before


def test_requests_at_the_same_moment_do_not_wait_for_one_another(
    session_factory: Factory, admin: str
) -> None:
    token = enter(session_factory).token
    pass_time(session_factory, AccountSession, 61, "last_seen_at")
    with session_factory() as first, session_factory() as second:
        assert principal_of_session(first, token) is not None
        second.execute(text("SET LOCAL lock_timeout = '1s'"))
        assert principal_of_session(second, token) is not None


@pytest.mark.parametrize(
    ("seconds", "columns"),
    [
        (sessions.IDLE_S + 1, ("last_seen_at",)),
        (sessions.LIFETIME_S + 1, ("created_at", "expires_at")),
    ],
)
def test_sessions_expire(
    session_factory: Factory, admin: str, seconds: float, columns: tuple[str, ...]
) -> None:
    token = enter(session_factory).token
    pass_time(session_factory, AccountSession, seconds - 60, *columns)
    with session_factory() as session:
        assert len(live_sessions(session, admin)) == 1
        assert principal_of_session(session, token) is not None  # not committed
    pass_time(session_factory, AccountSession, 60, *columns)
    assert principal(session_factory, token) is None
    with session_factory() as session:
        assert live_sessions(session, admin) == []


def test_sign_out_ends_one_session(session_factory: Factory, admin: str) -> None:
    first, second = enter(session_factory), enter(session_factory, visit=AWAY)
    anna = add_member(session_factory)
    assert attempt(session_factory, revoke_session, first.session_id, anna) == "session_not_found"
    assert attempt(session_factory, revoke_session, "x", admin) == "session_not_found"
    for _ in range(2):
        in_transaction(session_factory, revoke_session, first.session_id, admin)
    assert principal(session_factory, first.token) is None
    assert principal(session_factory, second.token) is not None
    with session_factory() as session:
        assert [each.id for each in live_sessions(session, admin)] == [second.session_id]


def test_changes_of_role_hold_at_once(session_factory: Factory, admin: str) -> None:
    anna = add_member(session_factory)
    token = enter(session_factory, "anna").token
    in_transaction(session_factory, set_role, anna, MAIN_WORKSPACE, "viewer")
    someone = principal(session_factory, token)
    assert someone is not None
    assert not may(someone, "create", MAIN_WORKSPACE)
    in_transaction(session_factory, remove_member, anna, MAIN_WORKSPACE)
    someone = principal(session_factory, token)
    assert someone is not None
    assert (someone.workspace_id, someone.role) == (None, None)
    assert not may(someone, "see", MAIN_WORKSPACE)


def test_a_session_works_in_the_workspace_that_was_chosen(
    session_factory: Factory, admin: str
) -> None:
    anna = add_member(session_factory)
    signed_in = enter(session_factory, "anna")
    studio = in_transaction(session_factory, create_workspace, "Studio").id
    choose = (session_factory, use_workspace, signed_in.session_id)
    assert attempt(*choose, anna, studio) == "member_not_found"
    in_transaction(session_factory, set_role, anna, studio, "viewer")
    in_transaction(session_factory, set_role, admin, studio, "viewer")
    assert attempt(*choose, admin, studio) == "session_not_found"
    in_transaction(*choose, anna, studio)
    someone = principal(session_factory, signed_in.token)
    assert someone is not None
    assert (someone.workspace_id, someone.role) == (studio, "viewer")
    assert not may(someone, "see", MAIN_WORKSPACE)
    in_transaction(session_factory, remove_member, anna, studio)
    someone = principal(session_factory, signed_in.token)
    assert someone is not None
    assert someone.workspace_id == MAIN_WORKSPACE


def test_what_a_browser_sends_is_shortened(session_factory: Factory, admin: str) -> None:
    visit = Visit(address="x" * 500, user_agent="Browser\r\n\x00" + "y" * 10_000)
    with session_factory.begin() as session:
        _, row = create_session(session, admin, visit)
        session.refresh(row)
        assert row.user_agent == "Browser" + "y" * 193
        assert len(row.address) == 64


def last_seen(factory: Factory) -> Any:
    with factory() as session:
        return session.scalar(select(AccountSession.last_seen_at))


def test_sessions_of_a_disabled_account_give_no_rights_even_if_they_were_left(
    session_factory: Factory, admin: str
) -> None:
    token = enter(session_factory).token
    with session_factory.begin() as session:
        session.execute(update(Account).values(disabled_at=func.now()))
    assert principal(session_factory, token) is None
