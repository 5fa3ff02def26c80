"""Tests of the table of rights."""

from itertools import product
from typing import get_args

import pytest

from shared.accounts.rights import (
    LOCAL,
    RIGHTS,
    ROLES,
    SCOPE_NAMES,
    SCOPES,
    Kind,
    Principal,
    Right,
    may,
)
from shared.main_workspace import MAIN_WORKSPACE

ALL_RIGHTS = get_args(Right)
EXPECTED = {
    "viewer": {"see"},
    "designer": {"see", "create", "change", "delete", "share"},
    "administrator": {
        *("see", "create", "change", "delete", "share", "manage_workspace", "administer"),
    },
}


def principal(role: str | None, kind: Kind = "session", **further: object) -> Principal:
    values = {"account_id": "a", "workspace_id": MAIN_WORKSPACE, "role": role, **further}
    return Principal(kind=kind, **values)


@pytest.mark.parametrize("role", ROLES)
def test_roles_have_their_rights_in_their_workspace_only(role: str) -> None:
    someone = principal(role)
    assert {each for each in ALL_RIGHTS if may(someone, each, MAIN_WORKSPACE)} == EXPECTED[role]
    for right, elsewhere in product(ALL_RIGHTS, ("other", "", None)):
        assert not may(someone, right, elsewhere)


def test_each_role_has_the_rights_of_the_one_before() -> None:
    assert RIGHTS["viewer"] < RIGHTS["designer"] < RIGHTS["administrator"]
    assert RIGHTS["administrator"] == set(ALL_RIGHTS)


def test_administrators_of_another_workspace_do_not_administer_the_installation() -> None:
    someone = principal("administrator", workspace_id="other")
    assert may(someone, "manage_workspace", "other")
    assert not may(someone, "administer", "other")
    assert not may(someone, "administer", MAIN_WORKSPACE)


@pytest.mark.parametrize(
    ("workspace", "role"), [(None, None), (None, "administrator"), ("w", None)]
)
def test_no_membership_gives_no_right(workspace: str | None, role: str | None) -> None:
    someone = principal(role, workspace_id=workspace)
    assert not any(may(someone, each, workspace) for each in ALL_RIGHTS)


def test_every_right_is_in_exactly_one_scope() -> None:
    assert set(SCOPES) == set(SCOPE_NAMES)
    assert sorted(right for scope in SCOPES.values() for right in scope) == sorted(ALL_RIGHTS)


@pytest.mark.parametrize(("role", "scope"), list(product(ROLES, SCOPE_NAMES)))
def test_keys_have_rights_of_both_their_role_and_their_scopes(role: str, scope: str) -> None:
    key = principal(role, "key", scopes=frozenset({scope}))
    found = {each for each in ALL_RIGHTS if may(key, each, MAIN_WORKSPACE)}
    assert found == EXPECTED[role] & SCOPES[scope]


@pytest.mark.parametrize("scopes", [None, frozenset()])
def test_keys_without_scopes_have_no_right(scopes: frozenset[str] | None) -> None:
    key = principal("administrator", "key", scopes=scopes)
    assert not any(may(key, each, MAIN_WORKSPACE) for each in ALL_RIGHTS)


def test_share_links_open_one_resource_to_be_seen() -> None:
    link = principal("administrator", "share_link", account_id=None, resource="job")
    seen = {each for each in ALL_RIGHTS if may(link, each, MAIN_WORKSPACE, resource="job")}
    assert seen == {"see"}
    assert not may(link, "see", MAIN_WORKSPACE, resource="another")
    assert not may(link, "see", MAIN_WORKSPACE)
    nothing = principal("viewer", "share_link", account_id=None)
    assert not may(nothing, "see", MAIN_WORKSPACE)
    assert not may(nothing, "see", MAIN_WORKSPACE, resource="job")


def test_the_local_user_may_do_everything() -> None:
    assert all(may(LOCAL, each, MAIN_WORKSPACE) for each in ALL_RIGHTS)
