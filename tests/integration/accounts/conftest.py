"""Fixtures of accounts: fast hashes and a first administrator."""

import pytest

from shared.accounts.people import NewAccount, create_first_administrator
from tests.account_steps import PASSWORD, Factory


@pytest.fixture(autouse=True)
def _fast_hashes(fast_hashes: None) -> None:
    """Hash passwords with few resources in all tests here."""


@pytest.fixture
def admin(session_factory: Factory) -> str:
    """Create the first administrator and return its id."""
    with session_factory.begin() as session:
        new = NewAccount(name="Root", password=PASSWORD, email="root@studio.example")
        return create_first_administrator(session, new).id
