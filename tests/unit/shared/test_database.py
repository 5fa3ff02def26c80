"""Database URLs and identifiers."""

import uuid

import pytest

from shared.db.engine import engine_for
from shared.db.ids import new_id


def test_postgresql_urls_use_psycopg() -> None:
    for scheme in ("postgresql", "postgresql+psycopg"):
        assert engine_for(f"{scheme}://a@b/c").url.drivername == "postgresql+psycopg"


def test_other_databases_are_rejected() -> None:
    with pytest.raises(ValueError, match="sqlite"):
        engine_for("sqlite://")


def test_ids_are_time_ordered_version_7_uuids() -> None:
    first, second = uuid.UUID(new_id()), uuid.UUID(new_id())
    assert first.version == 7
    assert first.variant == uuid.RFC_4122
    assert first.int >> 80 <= second.int >> 80
    assert len({new_id() for _ in range(1000)}) == 1000
