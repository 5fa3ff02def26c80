"""Tests of changing and resetting passwords, and of retention, on a real database."""

import pytest
from sqlalchemy import func, select

from shared.accounts import resets
from shared.accounts.deletion import collect_account, delete_account, restore_account
from shared.accounts.invitations import invite
from shared.accounts.people import disable_account
from shared.accounts.resets import create_reset, reset_password
from shared.accounts.retention import delete_ended
from shared.accounts.sessions import live_sessions
from shared.accounts.sign_in import change_password
from shared.accounts.workspaces import create_workspace, remove_member, set_role
from shared.db.account_models import AccountSession, Invitation, PasswordReset, SignInThrottle
from shared.deletions.ledger import Asker
from shared.errors import CodesignerError
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import (
    AWAY,
    HOME,
    OTHER,
    PASSWORD,
    Factory,
    add_member,
    attempt,
    enter,
    fail,
    in_transaction,
    invited,
    outcome,
    pass_time,
    principal,
    together,
)


def test_a_changed_password_ends_all_sessions(session_factory: Factory, admin: str) -> None:
    old = [enter(session_factory).token, enter(session_factory, visit=AWAY).token]
    with session_factory() as session:
        new = change_password(session, admin, PASSWORD, OTHER, HOME)
    assert [principal(session_factory, each) for each in old] == [None, None]
    assert principal(session_factory, new.token) is not None
    assert outcome(enter, session_factory) == "sign_in_failed"
    enter(session_factory, password=OTHER)


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        (OTHER, "another-linen", "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "Root2026!", "new_password"),
        (PASSWORD, "root@studio.example", "new_password"),
    ],
)
def test_passwords_are_changed_by_those_who_know_them(
    session_factory: Factory, admin: str, current: str, new: str, field: str
) -> None:
    token = enter(session_factory).token
    with session_factory() as session, pytest.raises(CodesignerError) as caught:
        change_password(session, admin, current, new, HOME)
    assert [each.field for each in caught.value.fields] == [field]
    assert principal(session_factory, token) is not None
    enter(session_factory)


def test_guesses_at_the_current_password_are_backed_off(
    session_factory: Factory, admin: str
) -> None:
    def guess(current: str) -> None:
        with session_factory() as session:
            change_password(session, admin, current, OTHER, HOME)

    for _ in range(5):
        assert outcome(guess, "a-wrong-guess") == "invalid_request"
    assert outcome(guess, PASSWORD) == "rate_limited"


def test_a_reset_link_sets_a_password_once(session_factory: Factory, admin: str) -> None:
    anna = add_member(session_factory)
    token = enter(session_factory, "anna").token
    fail(session_factory, 5, "anna", AWAY)
    replaced = in_transaction(session_factory, create_reset, anna, admin)
    link = in_transaction(session_factory, create_reset, anna, admin)
    assert attempt(session_factory, reset_password, replaced, OTHER) == "link_invalid"
    assert attempt(session_factory, reset_password, link, "anna1234") == "invalid_request"
    assert in_transaction(session_factory, reset_password, link, OTHER).id == anna
    assert principal(session_factory, token) is None
    enter(session_factory, "anna", OTHER, AWAY)  # at once
    assert attempt(session_factory, reset_password, link, PASSWORD) == "link_invalid"
    assert attempt(session_factory, create_reset, "x", admin) == "account_not_found"


def test_reset_links_expire(session_factory: Factory, admin: str) -> None:
    link = in_transaction(session_factory, create_reset, admin, None)
    pass_time(session_factory, PasswordReset, resets.LIFETIME_S + 1, "created_at", "expires_at")
    assert attempt(session_factory, reset_password, link, OTHER) == "link_invalid"


@pytest.mark.parametrize("ending", ["joined", "left", "demoted", "removed", "disabled", "deleted"])
def test_reset_links_end_with_the_rights_of_who_made_them(
    session_factory: Factory, admin: str, ending: str
) -> None:
    """Otherwise a link that was kept leads into workspaces of which its maker is no member."""
    with session_factory.begin() as session:
        place, further = (create_workspace(session, name).id for name in ("Mill", "Pier"))
    anna, chief = add_member(session_factory), add_member(session_factory, "chief")
    for account, role in ((admin, "administrator"), (chief, "administrator"), (anna, "designer")):
        in_transaction(session_factory, set_role, account, place, role)
    for account in (anna, chief):
        in_transaction(session_factory, remove_member, account, MAIN_WORKSPACE)
    made = [in_transaction(session_factory, create_reset, anna, maker) for maker in (chief, admin)]
    assert attempt(session_factory, reset_password, made[0], OTHER) == "link_invalid"  # replaced
    assert in_transaction(session_factory, reset_password, made[1], OTHER).id == anna
    link = in_transaction(session_factory, create_reset, anna, chief)
    if ending == "joined":
        in_transaction(session_factory, set_role, anna, further, "designer")
    elif ending == "left":
        in_transaction(session_factory, remove_member, anna, place)
    elif ending == "demoted":
        in_transaction(session_factory, set_role, chief, place, "designer")
    elif ending == "removed":
        in_transaction(session_factory, remove_member, chief, place)
    elif ending == "disabled":
        in_transaction(session_factory, disable_account, chief)
    else:
        in_transaction(session_factory, delete_account, chief, Asker(name="cli"))
    assert attempt(session_factory, reset_password, link, PASSWORD) == "link_invalid"
    if ending == "deleted":
        in_transaction(session_factory, collect_account, chief)
        assert attempt(session_factory, reset_password, link, PASSWORD) == "link_invalid"
    enter(session_factory, "anna", OTHER)


def test_reset_links_do_not_open_deleted_accounts(session_factory: Factory, admin: str) -> None:
    anna = add_member(session_factory)
    link = in_transaction(session_factory, create_reset, anna, admin)
    in_transaction(session_factory, delete_account, anna, Asker(name=f"account:{anna}"))
    assert attempt(session_factory, reset_password, link, OTHER) == "link_invalid"
    assert in_transaction(session_factory, restore_account, anna)
    enter(session_factory, "anna")


def test_two_uses_of_a_reset_link_set_one_password(session_factory: Factory, admin: str) -> None:
    link = in_transaction(session_factory, create_reset, admin, None)
    found = together(
        *(
            lambda new=new: in_transaction(session_factory, reset_password, link, new).id
            for new in (OTHER, "teal-on-white")
        )
    )
    assert sorted(map(str, found)) == sorted([admin, "link_invalid"])


def test_two_reset_links_at_once_leave_one(session_factory: Factory, admin: str) -> None:
    links = together(*[lambda: in_transaction(session_factory, create_reset, admin, None)] * 4)
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(PasswordReset)) == 1
    assert len(set(links)) == 4


def test_what_ended_long_ago_is_deleted(session_factory: Factory, admin: str) -> None:
    for _ in range(2):
        enter(session_factory)
    in_transaction(session_factory, invite, invited())
    in_transaction(session_factory, create_reset, admin, None)
    fail(session_factory, 1, "nobody", AWAY)
    assert in_transaction(session_factory, delete_ended) == 0
    pass_time(session_factory, AccountSession, 121 * 86_400, "created_at", "expires_at")
    pass_time(session_factory, Invitation, 98 * 86_400, "created_at", "expires_at")
    pass_time(session_factory, PasswordReset, 92 * 86_400, "created_at", "expires_at")
    pass_time(session_factory, SignInThrottle, 86_401, "tried_at")
    enter(session_factory)
    assert in_transaction(session_factory, delete_ended) == 6
    with session_factory() as session:
        assert len(live_sessions(session, admin)) == 1
