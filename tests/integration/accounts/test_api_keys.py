"""Tests of API keys on a real database."""

from typing import Any

import pytest

from shared.accounts import api_keys
from shared.accounts.api_keys import NewKey, create_key, list_keys, principal_of_key, revoke_key
from shared.accounts.rights import may
from shared.accounts.workspaces import remove_member
from shared.db.account_models import ApiKey
from shared.errors import CodesignerError
from shared.main_workspace import MAIN_WORKSPACE
from tests.account_steps import (
    Factory,
    add_member,
    attempt,
    in_transaction,
    new_key,
    pass_time,
    together,
)


def test_a_key_acts_within_its_scopes(session_factory: Factory, admin: str) -> None:
    key, row = in_transaction(session_factory, create_key, new_key(admin, "submit", "read"))
    assert key.startswith(f"{row.prefix}_")
    assert row.scopes == ["read", "submit"]
    someone = in_transaction(session_factory, principal_of_key, key)
    assert (someone.kind, someone.account_id, someone.key_id) == ("key", admin, row.id)
    assert may(someone, "see", MAIN_WORKSPACE)
    assert may(someone, "create", MAIN_WORKSPACE)
    assert not may(someone, "administer", MAIN_WORKSPACE)
    for wrong in ("", "cds_", key[:-1], key[:-1] + ("a" if key[-1] != "a" else "b")):
        assert in_transaction(session_factory, principal_of_key, wrong) is None


def test_the_use_of_a_key_is_recorded(session_factory: Factory, admin: str) -> None:
    key, row = in_transaction(session_factory, create_key, new_key(admin))
    with session_factory() as session:
        assert session.get_one(ApiKey, row.id).last_used_at is None
    in_transaction(session_factory, principal_of_key, key)
    with session_factory() as session:
        used = session.get_one(ApiKey, row.id).last_used_at
    assert used is not None
    in_transaction(session_factory, principal_of_key, key)
    pass_time(session_factory, ApiKey, 61, "last_used_at")
    with session_factory() as session:
        assert session.get_one(ApiKey, row.id).last_used_at < used
    in_transaction(session_factory, principal_of_key, key)
    with session_factory() as session:
        assert session.get_one(ApiKey, row.id).last_used_at > used


def test_keys_end(session_factory: Factory, admin: str) -> None:
    anna = add_member(session_factory)
    kept, _ = in_transaction(session_factory, create_key, new_key(anna))
    revoked, row = in_transaction(session_factory, create_key, new_key(anna))
    assert attempt(session_factory, revoke_key, row.id, admin) == "api_key_not_found"
    for _ in range(2):
        in_transaction(session_factory, revoke_key, row.id, anna)
    assert in_transaction(session_factory, principal_of_key, revoked) is None
    assert in_transaction(session_factory, principal_of_key, kept) is not None
    expiring, _ = in_transaction(session_factory, create_key, new_key(anna, lifetime_s=3600.0))
    assert in_transaction(session_factory, principal_of_key, expiring) is not None
    pass_time(session_factory, ApiKey, 3601, "created_at", "expires_at")
    assert in_transaction(session_factory, principal_of_key, expiring) is None
    with session_factory() as session:
        assert len(list_keys(session, anna)) == 1
    in_transaction(session_factory, remove_member, anna, MAIN_WORKSPACE)
    assert in_transaction(session_factory, principal_of_key, kept) is None


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("scopes", {"scopes": ()}),
        ("scopes", {"scopes": ("read", "everything")}),
        ("name", {"name": ""}),
        ("lifetime_s", {"lifetime_s": 0.0}),
        ("lifetime_s", {"lifetime_s": float("nan")}),
        ("lifetime_s", {"lifetime_s": 1e12}),
    ],
)
def test_keys_are_checked(
    session_factory: Factory, admin: str, field: str, changes: dict[str, Any]
) -> None:
    values = {
        "account_id": admin,
        "workspace_id": MAIN_WORKSPACE,
        "name": "n",
        "scopes": ("read",),
        **changes,
    }
    with pytest.raises(CodesignerError) as caught:
        in_transaction(session_factory, create_key, NewKey(**values))
    assert [each.field for each in caught.value.fields] == [field]


def test_keys_are_of_members_and_their_number_is_bounded(
    session_factory: Factory, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = new_key(admin, workspace_id="other")
    assert attempt(session_factory, create_key, elsewhere) == "member_not_found"
    monkeypatch.setattr(api_keys, "MAX_KEYS", 2)
    found = together(
        *[lambda: in_transaction(session_factory, create_key, new_key(admin))[1].name] * 4
    )
    assert sorted(map(str, found)) == ["api_key_limit"] * 2 + ["nightly"] * 2
