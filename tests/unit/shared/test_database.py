"""Addresses of databases, and identifiers."""

import uuid

import pytest

from shared.db.engine import engine_for
from shared.db.ids import new_id


def test_any_spelling_of_postgresql_uses_psycopg() -> None:
    for scheme in ("postgresql", "postgresql+psycopg"):
        assert engine_for(f"{scheme}://a@b/c").url.drivername == "postgresql+psycopg"


def test_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="sqlite"):
        engine_for("sqlite://")


def test_ids_are_uuids_of_version_7_in_order_of_time() -> None:
    first, second = uuid.UUID(new_id()), uuid.UUID(new_id())
    assert first.version == 7
    assert first.variant == uuid.RFC_4122
    assert first.int >> 80 <= second.int >> 80
    assert len({new_id() for _ in range(1000)}) == 1000
