"""Fixtures of accounts: fast hashes and a first administrator."""

import pytest
from argon2 import PasswordHasher

from shared.accounts import passwords
from shared.accounts.people import NewAccount, create_first_administrator
from tests.account_steps import PASSWORD, Factory


@pytest.fixture(autouse=True)
def _fast_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with few resources: the parameters are tested in the unit tests."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(1, 64, 1))
    passwords._decoy_hash.cache_clear()


@pytest.fixture
def admin(session_factory: Factory) -> str:
    """Create the first administrator and return its id."""
    with session_factory.begin() as session:
        new = NewAccount(name="Root", password=PASSWORD, email="root@studio.example")
        return create_first_administrator(session, new).id
