"""Tests of accounts, members and roles on a real database."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from shared.accounts.people import (
    NewAccount,
    create_account,
    create_first_administrator,
    disable_account,
    enable_account,
    find_account,
)
from shared.accounts.workspaces import (
    create_workspace,
    list_members,
    memberships,
    remove_member,
    set_role,
)
from shared.db.account_models import Account
from shared.errors import CodesignerError
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import (
    PASSWORD,
    Factory,
    add_member,
    attempt,
    in_transaction,
    together,
)


def test_first_administrator_is_created_once(session_factory: Factory, admin: str) -> None:
    again = NewAccount(name="second", password=PASSWORD)
    assert attempt(session_factory, create_first_administrator, again) == "already_set_up"
    with session_factory() as session:
        assert [(each.id, role) for each, role in list_members(session, MAIN_WORKSPACE)] == [
            (admin, "administrator")
        ]


def test_two_first_administrators_at_once_leave_one(session_factory: Factory) -> None:
    found = together(
        *(
            lambda name=name: (
                in_transaction(
                    session_factory,
                    create_first_administrator,
                    NewAccount(name=name, password=PASSWORD),
                ).name
            )
            for name in ("one", "two")
        )
    )
    assert min(map(str, found)) == "already_set_up"
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 1


@pytest.mark.parametrize(
    "new",
    [
        NewAccount(name="ROOT", password=PASSWORD),
        NewAccount(name="ｒｏｏｔ", password=PASSWORD),
        NewAccount(name="anna", password=PASSWORD, email="Root@Studio.example"),
    ],
)
def test_names_and_addresses_are_unique_in_any_case(
    session_factory: Factory, admin: str, new: NewAccount
) -> None:
    assert attempt(session_factory, create_account, new) == "account_exists"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": "a b"}),
        ("email", {"email": "nothing"}),
        ("locale", {"locale": "xx"}),
        ("display_name", {"display_name": "a\nb"}),
        ("password", {"password": "password"}),
        ("password", {"password": "anna2026!"}),
    ],
)
def test_invalid_fields_are_named(
    session_factory: Factory, field: str, changes: dict[str, str]
) -> None:
    new = NewAccount(**{"name": "anna", "password": PASSWORD, **changes})
    with pytest.raises(CodesignerError) as caught:
        in_transaction(session_factory, create_account, new)
    assert [each.field for each in caught.value.fields] == [field]


def test_accounts_are_found_by_name_and_address(session_factory: Factory, admin: str) -> None:
    with session_factory() as session:
        for name in ("root", " ROOT ", "root@studio.example", "Root@Studio.Example"):
            found = find_account(session, name)
            assert found is not None
            assert found.id == admin
        assert find_account(session, "nobody") is None


def test_last_administrator_stays(session_factory: Factory, admin: str) -> None:
    add_member(session_factory)
    for call, arguments in (
        (set_role, (admin, MAIN_WORKSPACE, "designer")),
        (remove_member, (admin, MAIN_WORKSPACE)),
        (disable_account, (admin,)),
    ):
        assert attempt(session_factory, call, *arguments) == "last_administrator"
    second = add_member(session_factory, "second", "administrator")
    in_transaction(session_factory, disable_account, second)
    to_viewer = (set_role, admin, MAIN_WORKSPACE, "viewer")
    assert attempt(session_factory, *to_viewer) == "last_administrator"
    in_transaction(session_factory, enable_account, second)
    in_transaction(session_factory, *to_viewer)
    with session_factory() as session:
        assert [role for _, role in memberships(session, admin)] == ["viewer"]


@pytest.mark.parametrize("call", [remove_member, disable_account])
def test_two_administrators_cannot_remove_each_other(
    session_factory: Factory, admin: str, call: Callable[..., object]
) -> None:
    second = add_member(session_factory, "second", "administrator")
    further = () if call is disable_account else (MAIN_WORKSPACE,)
    found = together(
        lambda: in_transaction(session_factory, call, admin, *further),
        lambda: in_transaction(session_factory, call, second, *further),
    )
    assert sorted(map(str, found)) == ["None", "last_administrator"]


def test_members_and_roles(session_factory: Factory, admin: str) -> None:
    anna = add_member(session_factory)
    studio = in_transaction(session_factory, create_workspace, "Studio").id
    in_transaction(session_factory, set_role, anna, studio, "viewer")
    with session_factory() as session:
        found = [(workspace.id, role) for workspace, role in memberships(session, anna)]
    assert found == [(MAIN_WORKSPACE, "designer"), (studio, "viewer")]
    in_transaction(session_factory, remove_member, anna, studio)
    assert attempt(session_factory, remove_member, anna, studio) == "member_not_found"
    assert attempt(session_factory, set_role, anna, "x", "viewer") == "workspace_not_found"
    assert attempt(session_factory, set_role, anna, studio, "owner") == "invalid_request"
