"""Tests of invitations on a real database."""

import threading

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
from shared.accounts.people import (
    NewAccount,
    create_account,
    disable_account,
)
from shared.accounts.rights import MAIN_WORKSPACE
from shared.accounts.workspaces import (
    list_members,
    remove_member,
    set_role,
)
from shared.db.account_models import (
    Account,
    Invitation,
    Membership,
)
from tests.account_steps import (
    PASSWORD,
    Factory,
    add_member,
    enter,
    in_transaction,
    invited,
    pass_time,
    principal,
    refused,
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
    refused("link_invalid", in_transaction, session_factory, accept_invitation, token, again)
    with session_factory() as session:
        assert open_invitations(session, MAIN_WORKSPACE) == []
        assert session.scalar(select(Invitation.accepted_by)) == account.id


def test_a_refused_acceptance_leaves_the_invitation_open(
    session_factory: Factory, admin: str
) -> None:
    token, _ = in_transaction(session_factory, invite, invited())
    accept = (session_factory, accept_invitation, token)
    refused("account_exists", in_transaction, *accept, NewAccount(name="root", password=PASSWORD))
    refused("invalid_request", in_transaction, *accept, NewAccount(name="anna", password="short"))
    in_transaction(*accept, NewAccount(name="anna", password=PASSWORD))


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
    refused("link_invalid", in_transaction, session_factory, accept_invitation, token, new)
    token, _ = in_transaction(session_factory, invite, invited())
    pass_time(session_factory, Invitation, invitations.LIFETIME_S + 1, "created_at", "expires_at")
    refused("link_invalid", in_transaction, session_factory, accept_invitation, token, new)
    refused("link_invalid", in_transaction, session_factory, open_invitation, token)
    with session_factory() as session:
        assert open_invitations(session, MAIN_WORKSPACE) == []


def test_invitations_of_former_administrators_end(session_factory: Factory, admin: str) -> None:
    for end in (
        lambda session, who: set_role(session, who, MAIN_WORKSPACE, "designer"),
        lambda session, who: remove_member(session, who, MAIN_WORKSPACE),
        disable_account,
    ):
        name = f"second-{threading.get_ident()}-{id(end)}"
        second = add_member(session_factory, name, "administrator")
        token, _ = in_transaction(session_factory, invite, invited(invited_by=second))
        in_transaction(session_factory, end, second)
        refused("link_invalid", in_transaction, session_factory, open_invitation, token)


def test_somebody_with_an_account_joins_and_keeps_a_higher_role(
    session_factory: Factory, admin: str
) -> None:
    with session_factory.begin() as session:
        anna = create_account(session, NewAccount(name="anna", password=PASSWORD)).id
    roles = []
    for role in ("viewer", "administrator", "designer"):
        token, _ = in_transaction(session_factory, invite, invited(role))
        in_transaction(session_factory, accept_as_member, token, anna)
        refused("link_invalid", in_transaction, session_factory, accept_as_member, token, anna)
        with session_factory() as session:
            roles.append(session.get_one(Membership, (anna, MAIN_WORKSPACE)).role)
    assert roles == ["viewer", "administrator", "administrator"]


def test_invitations_are_checked(session_factory: Factory, admin: str) -> None:
    refused("invalid_request", in_transaction, session_factory, invite, invited("owner"))
    refused("invalid_request", in_transaction, session_factory, invite, invited(email="nothing"))
    elsewhere = Invited(workspace_id="other", role="viewer")
    refused("workspace_not_found", in_transaction, session_factory, invite, elsewhere)
