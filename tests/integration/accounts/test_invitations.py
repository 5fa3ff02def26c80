"""Tests of invitations on a real database."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from shared.accounts import invitations
from shared.accounts.invitations import (
    Invited,
    accept_as_member,
    accept_invitation,
    invite,
    open_invitation,
    open_invitations,
    withdraw_invitation,
)
from shared.accounts.people import NewAccount, create_account, disable_account
from shared.accounts.workspaces import list_members, remove_member, set_role
from shared.db.account_models import Account, Invitation, Membership
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import (
    PASSWORD,
    Factory,
    add_member,
    attempt,
    enter,
    in_transaction,
    invited,
    pass_time,
    principal,
    together,
)


def test_an_invitation_makes_a_member_once(session_factory: Factory, admin: str) -> None:
    by_admin = invited("viewer", email="Anna@Studio.example", invited_by=admin)
    token, _ = in_transaction(session_factory, invite, by_admin)
    with session_factory() as session:
        assert open_invitation(session, token).role == "viewer"
        assert len(open_invitations(session, MAIN_WORKSPACE)) == 1
    new = NewAccount(name="anna", password=PASSWORD, email="else@studio.example", locale="zh")
    account = in_transaction(session_factory, accept_invitation, token, new)
    assert (account.email, account.locale) == ("anna@studio.example", "zh")
    someone = principal(session_factory, enter(session_factory, "anna").token)
    assert someone is not None
    assert someone.role == "viewer"
    again = NewAccount(name="lena", password=PASSWORD)
    assert attempt(session_factory, accept_invitation, token, again) == "link_invalid"
    with session_factory() as session:
        assert open_invitations(session, MAIN_WORKSPACE) == []
        assert session.scalar(select(Invitation.accepted_by)) == account.id


def test_a_refused_acceptance_leaves_the_invitation_open(
    session_factory: Factory, admin: str
) -> None:
    token, _ = in_transaction(session_factory, invite, invited())
    accept = (session_factory, accept_invitation, token)
    assert attempt(*accept, NewAccount(name="root", password=PASSWORD)) == "account_exists"
    assert attempt(*accept, NewAccount(name="anna", password="short")) == "invalid_request"
    new = NewAccount(name="anna", password=PASSWORD)
    assert in_transaction(*accept, new).name == "anna"


@pytest.mark.parametrize("names", [("anna", "lena"), ("anna", "Anna")])
def test_two_acceptances_make_one_member(
    session_factory: Factory, admin: str, names: tuple[str, str]
) -> None:
    token, _ = in_transaction(session_factory, invite, invited())
    found = together(
        *(
            lambda name=name: (
                in_transaction(
                    session_factory,
                    accept_invitation,
                    token,
                    NewAccount(name=name, password=PASSWORD),
                ).name
            )
            for name in names
        )
    )
    assert len(set(map(str, found)) & set(names)) == 1
    assert len(set(map(str, found)) & {"link_invalid", "account_exists"}) == 1
    with session_factory() as session:
        assert len(list_members(session, MAIN_WORKSPACE)) == 2
        assert session.scalar(select(func.count()).select_from(Account)) == 2


def test_invitations_expire_and_are_withdrawn(session_factory: Factory, admin: str) -> None:
    new = NewAccount(name="anna", password=PASSWORD)
    token, row = in_transaction(session_factory, invite, invited())
    assert not in_transaction(session_factory, withdraw_invitation, row.id, "other")
    assert in_transaction(session_factory, withdraw_invitation, row.id, MAIN_WORKSPACE)
    assert attempt(session_factory, accept_invitation, token, new) == "link_invalid"
    token, _ = in_transaction(session_factory, invite, invited())
    pass_time(session_factory, Invitation, invitations.LIFETIME_S + 1, "created_at", "expires_at")
    assert attempt(session_factory, accept_invitation, token, new) == "link_invalid"
    assert attempt(session_factory, open_invitation, token) == "link_invalid"
    with session_factory() as session:
        assert open_invitations(session, MAIN_WORKSPACE) == []


@pytest.mark.parametrize(
    ("end", "arguments"),
    [
        (set_role, (MAIN_WORKSPACE, "designer")),
        (remove_member, (MAIN_WORKSPACE,)),
        (disable_account, ()),
    ],
)
def test_invitations_of_former_administrators_end(
    session_factory: Factory, admin: str, end: Callable[..., object], arguments: tuple[str, ...]
) -> None:
    second = add_member(session_factory, "second", "administrator")
    token, row = in_transaction(session_factory, invite, invited(invited_by=second))
    assert in_transaction(session_factory, open_invitation, token).id == row.id
    in_transaction(session_factory, end, second, *arguments)
    assert attempt(session_factory, open_invitation, token) == "link_invalid"


def test_somebody_with_an_account_joins_and_keeps_a_higher_role(
    session_factory: Factory, admin: str
) -> None:
    with session_factory.begin() as session:
        anna = create_account(session, NewAccount(name="anna", password=PASSWORD)).id
    roles = []
    for role in ("viewer", "administrator", "designer"):
        token, _ = in_transaction(session_factory, invite, invited(role))
        in_transaction(session_factory, accept_as_member, token, anna)
        assert attempt(session_factory, accept_as_member, token, anna) == "link_invalid"
        with session_factory() as session:
            roles.append(session.get_one(Membership, (anna, MAIN_WORKSPACE)).role)
    assert roles == ["viewer", "administrator", "administrator"]


def test_invitations_are_checked(session_factory: Factory, admin: str) -> None:
    assert attempt(session_factory, invite, invited("owner")) == "invalid_request"
    assert attempt(session_factory, invite, invited(email="nothing")) == "invalid_request"
    elsewhere = Invited(workspace_id="other", role="viewer")
    assert attempt(session_factory, invite, elsewhere) == "workspace_not_found"
