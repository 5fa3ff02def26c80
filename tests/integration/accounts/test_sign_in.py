"""Tests of sign-in and its backoff on a real database."""

import logging

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event, func, select

from shared.accounts import passwords, sign_in, throttle
from shared.accounts.api_keys import create_key, principal_of_key
from shared.accounts.invitations import invite
from shared.accounts.people import disable_account, enable_account
from shared.accounts.resets import create_reset, reset_password
from shared.accounts.rights import may
from shared.accounts.sessions import Visit, live_sessions
from shared.db.account_models import Account, SignInThrottle
from shared.errors import CodesignerError
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import (
    AWAY,
    HOME,
    OTHER,
    PASSWORD,
    Factory,
    add_member,
    enter,
    fail,
    in_transaction,
    invited,
    new_key,
    outcome,
    pass_time,
    principal,
    together,
)


def test_sign_in_by_name_or_address_gives_a_session(session_factory: Factory, admin: str) -> None:
    for name in ("root", "ROOT@studio.example"):
        signed_in = enter(session_factory, name)
        someone = principal(session_factory, signed_in.token)
        assert someone is not None
        assert (someone.account_id, someone.role, someone.kind) == (
            admin,
            "administrator",
            "session",
        )
        assert may(someone, "administer", MAIN_WORKSPACE)
    assert principal(session_factory, "another") is None


def test_secrets_are_stored_as_hashes_only(
    session_factory: Factory, admin: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = enter(session_factory).token
    assert outcome(enter, session_factory, "secret-as-name", "wrong-password") == "sign_in_failed"
    key, _ = in_transaction(session_factory, create_key, new_key(admin))
    link = in_transaction(session_factory, create_reset, admin, None)
    invitation, _ = in_transaction(session_factory, invite, invited())
    with session_factory() as session:
        stored = [
            str(row)
            for table in Account.metadata.sorted_tables
            for row in session.execute(select(table))
        ]
    assert any("$argon2id$" in row for row in stored)
    for secret in (PASSWORD, "wrong-password", "secret-as-name", token, key, link, invitation):
        assert not any(secret in row for row in stored)
        assert secret not in caplog.text
    assert "sign-in failed: an unknown name from 192.0.2.1" in caplog.text


def test_wrong_names_and_passwords_look_the_same(session_factory: Factory, admin: str) -> None:
    messages = set()
    for name, password in (("root", OTHER), ("nobody", PASSWORD)):
        with pytest.raises(CodesignerError) as caught:
            enter(session_factory, name, password)
        messages.add((caught.value.code, caught.value.message, caught.value.retry_after_s))
    assert len(messages) == 1


def test_unknown_names_take_the_same_steps(
    session_factory: Factory, engine: Engine, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured in hashes and statements, because times of a busy machine vary."""
    verified: list[str] = []
    hasher = PasswordHasher(1, 64, 1)

    class Counting(PasswordHasher):
        def verify(self, *arguments: str | bytes) -> bool:
            verified.append("verify")
            return hasher.verify(*arguments)

    monkeypatch.setattr(passwords, "_HASHER", Counting(1, 64, 1))
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    costs = []
    for name in ("root", "nobody"):
        verified.clear()
        statements.clear()
        assert outcome(enter, session_factory, name, OTHER) == "sign_in_failed"
        writes = [each for each in statements if not each.lstrip().startswith("SELECT")]
        costs.append((len(verified), len(writes)))
    assert costs[0] == costs[1]
    assert costs[0][0] == 1


def test_hashes_follow_the_parameters(session_factory: Factory, admin: str) -> None:
    before = stored_hash(session_factory, admin)
    enter(session_factory)
    assert stored_hash(session_factory, admin) == before
    passwords._HASHER = PasswordHasher(2, 128, 1)  # the fixture restores it
    enter(session_factory)
    after = stored_hash(session_factory, admin)
    assert "m=128,t=2" in after
    enter(session_factory)
    assert stored_hash(session_factory, admin) == after


def stored_hash(factory: Factory, account_id: str) -> str:
    with factory() as session:
        return session.get_one(Account, account_id).password_hash


def test_disabled_accounts_cannot_sign_in_or_act(session_factory: Factory, admin: str) -> None:
    anna = add_member(session_factory)
    token = enter(session_factory, "anna").token
    key, _ = in_transaction(session_factory, create_key, new_key(anna))
    in_transaction(session_factory, disable_account, anna)
    assert principal(session_factory, token) is None
    assert in_transaction(session_factory, principal_of_key, key) is None
    assert outcome(enter, session_factory, "anna") == "account_disabled"
    assert outcome(enter, session_factory, "anna", OTHER) == "sign_in_failed"
    in_transaction(session_factory, enable_account, anna)
    assert principal(session_factory, token) is None
    assert in_transaction(session_factory, principal_of_key, key) is not None
    assert principal(session_factory, enter(session_factory, "anna").token) is not None


def test_a_password_changed_during_a_sign_in_ends_it(
    session_factory: Factory, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed_meanwhile(stored: str | None, password: str) -> bool:
        link = in_transaction(session_factory, create_reset, admin, None)
        in_transaction(session_factory, reset_password, link, OTHER)
        return passwords.verify_password(stored, password)

    monkeypatch.setattr(sign_in, "verify_password", changed_meanwhile)
    assert outcome(enter, session_factory) == "sign_in_failed"
    with session_factory() as session:
        assert live_sessions(session, admin) == []


@pytest.mark.parametrize("name", ["root", "nobody"])
def test_names_are_backed_off(session_factory: Factory, admin: str, name: str) -> None:
    fail(session_factory, 5, name)
    with pytest.raises(CodesignerError) as caught:
        enter(session_factory, name)
    assert caught.value.code == "rate_limited"
    assert caught.value.retry_after_s is not None
    assert 0 < caught.value.retry_after_s <= 1
    assert outcome(enter, session_factory, name, PASSWORD, AWAY) == "rate_limited"
    pass_time(session_factory, SignInThrottle, 2, "blocked_until", "tried_at")
    fail(session_factory, 1, name)
    with pytest.raises(CodesignerError) as caught:
        enter(session_factory, name)
    assert 1 < (caught.value.retry_after_s or 0) <= 2


def test_name_and_address_of_an_account_are_counted_together(
    session_factory: Factory, admin: str
) -> None:
    fail(session_factory, 3, "root")
    fail(session_factory, 2, "root@studio.example")
    assert outcome(enter, session_factory, "ROOT") == "rate_limited"


def test_refused_attempts_are_not_counted(session_factory: Factory, admin: str) -> None:
    fail(session_factory, 5)
    for _ in range(5):
        assert outcome(enter, session_factory) == "rate_limited"
    pass_time(session_factory, SignInThrottle, 2, "blocked_until", "tried_at")
    enter(session_factory)


def test_success_resets_the_name(session_factory: Factory, admin: str) -> None:
    fail(session_factory, 4)
    enter(session_factory)
    fail(session_factory, 4)
    enter(session_factory)


def test_a_day_without_attempts_resets_the_name(session_factory: Factory, admin: str) -> None:
    fail(session_factory, 5)
    pass_time(session_factory, SignInThrottle, throttle.FORGET_S + 1, "blocked_until", "tried_at")
    fail(session_factory, 4)
    enter(session_factory)


def test_networks_are_backed_off(session_factory: Factory, admin: str) -> None:
    for number in range(throttle.NETWORK.free):
        address = f"2001:db8::{number:x}"
        fail(session_factory, 1, f"nobody-{number}", Visit(address=address))
    visit = Visit(address="2001:db8::ffff")
    assert outcome(enter, session_factory, "root", PASSWORD, visit) == "rate_limited"
    enter(session_factory, visit=AWAY)


def test_own_successes_do_not_reset_the_network(session_factory: Factory, admin: str) -> None:
    for number in range(throttle.NETWORK.free):
        fail(session_factory, 1, f"nobody-{number}")
        if number < throttle.NETWORK.free - 1:
            enter(session_factory)
    assert outcome(enter, session_factory) == "rate_limited"


def test_strangers_cannot_keep_a_person_out(session_factory: Factory, admin: str) -> None:
    enter(session_factory)
    fail(session_factory, 5, visit=AWAY)
    assert outcome(enter, session_factory, "root", PASSWORD, AWAY) == "rate_limited"
    enter(session_factory)
    fail(session_factory, 5)
    assert outcome(enter, session_factory) == "rate_limited"


@pytest.mark.parametrize("name", ["root\n192.0.2.1", "root 192.0.2.1", "oidc 192.0.2.1"])
def test_strangers_cannot_type_what_others_are_counted_under(
    session_factory: Factory, admin: str, name: str
) -> None:
    enter(session_factory)  # the network is known from now on
    fail(session_factory, 5, name, AWAY)
    enter(session_factory)
    with session_factory() as session:
        throttle.reserve_attempt(session, throttle.Attempt.at_provider(HOME.network))


def test_parallel_attempts_do_not_pass_the_limit(session_factory: Factory, admin: str) -> None:
    fail(session_factory, 4)
    found = together(*[lambda: enter(session_factory, password=OTHER)] * 6)
    assert sorted(map(str, found)) == ["rate_limited"] * 5 + ["sign_in_failed"]


def test_parallel_sign_ins_at_the_limit_are_counted_once_each(
    session_factory: Factory, admin: str
) -> None:
    fail(session_factory, 5)
    pass_time(session_factory, SignInThrottle, 2, "blocked_until", "tried_at")
    found = together(*[lambda: enter(session_factory, password=OTHER)] * 2)
    assert sorted(map(str, found)) == ["rate_limited", "sign_in_failed"]
    with session_factory() as session:
        assert set(session.scalars(select(SignInThrottle.failures))) == {6}


def test_attempts_have_one_row_a_name_and_a_network(session_factory: Factory, admin: str) -> None:
    fail(session_factory, 5)
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(SignInThrottle)) == 2
