"""Tests of the migrations: upgrade, downgrade, and agreement with the SQLAlchemy models."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

import migrations
from shared.accounts.rights import LOCAL
from shared.db.engine import engine_for
from shared.db.models import Base


def _tables(database_url: str) -> set[str]:
    bound = engine_for(database_url)
    names = set(inspect(bound).get_table_names())
    bound.dispose()
    return names


def test_upgrade_creates_the_schema_of_the_models(empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url)

    bound = engine_for(empty_database_url)
    with bound.connect() as connection:
        compared = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(compared, Base.metadata)
    bound.dispose()
    assert differences == []
    assert migrations.current(empty_database_url) == migrations.head()


def test_check_constraints_match_the_models(empty_database_url: str) -> None:
    """Alembic compares columns, indexes and keys, but not check constraints."""
    migrations.upgrade(empty_database_url)

    bound = engine_for(empty_database_url)
    with bound.connect() as connection:
        found = set(
            connection.scalars(text("SELECT conname FROM pg_constraint WHERE conname LIKE 'ck_%'"))
        )
    bound.dispose()
    described = {
        str(each.name)
        for table in Base.metadata.tables.values()
        for each in table.constraints
        if str(each.name).startswith("ck_")
    }
    assert found == described


def test_downgrade_removes_everything_and_upgrade_works_again(empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url)
    migrations.downgrade(empty_database_url, "base")
    assert _tables(empty_database_url) == {"alembic_version"}
    assert migrations.current(empty_database_url) is None

    migrations.upgrade(empty_database_url)
    assert set(Base.metadata.tables) <= _tables(empty_database_url)


def test_concurrent_upgrades_wait_for_one_another(empty_database_url: str) -> None:
    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(migrations.upgrade, empty_database_url) for _ in range(3)]:
            done.result(timeout=60)
    assert migrations.current(empty_database_url) == migrations.head()


def test_each_migration_sets_a_lock_timeout() -> None:
    """A migration that waits for a lock blocks all later queries on the table."""
    scripts = sorted((Path(migrations.__file__).parent / "versions").glob("*.py"))
    assert scripts
    for script in scripts:
        source = script.read_text(encoding="utf-8")
        assert "lock_timeout" in source, script.name
        assert "statement_timeout" in source, script.name


def test_time_to_live_of_existing_jobs_counts_from_their_end(empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url, "0007")
    bound = engine_for(empty_database_url)
    insert = (
        "INSERT INTO job (id, pipeline, state, created_at, finished_at, expires_at) VALUES "
        "('waits', 'design', 'queued', '2026-01-01', NULL, '2026-01-02'), "
        "('ended', 'design', 'failed', '2026-01-01', '2026-01-03', '2026-01-02'), "
        "('stays', 'design', 'failed', '2026-01-01', '2026-01-03', NULL)"
    )
    with bound.begin() as connection:
        connection.execute(text(insert))
    migrations.upgrade(empty_database_url)
    with bound.connect() as connection:
        rows = connection.execute(text("SELECT id, ttl_s, expires_at::date::text FROM job"))
        found = {row.id: tuple(row)[1:] for row in rows}
    bound.dispose()
    assert found == {
        "waits": (86_400, None),
        "ended": (86_400, "2026-01-04"),
        "stays": (None, None),
    }


def test_designs_that_wait_get_a_draw_stage(empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url, "0009")
    bound = engine_for(empty_database_url)
    with bound.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO job (id, pipeline, state, print_of, finished_at) VALUES "
                "('waits', 'design', 'queued', NULL, NULL), "
                "('drawn', 'design', 'running', NULL, NULL), "
                "('ended', 'design', 'succeeded', NULL, '2026-01-01'), "
                "('print', 'print', 'queued', 'ended', NULL)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO stage_run (job_id, stage, position, queue, state, turn, max_attempts) "
                "VALUES ('waits', 'generate', 3, 'gpu', 'ready', 5, 3), "
                "('waits', 'present', 4, 'gpu', 'waiting', 5, 3), "
                "('drawn', 'generate', 3, 'gpu', 'done', 6, 3), "
                "('drawn', 'present', 4, 'gpu', 'ready', 6, 3), "
                "('ended', 'generate', 3, 'gpu', 'done', 4, 3), "
                "('ended', 'present', 4, 'gpu', 'done', 4, 3), "
                "('print', 'print', 3, 'gpu', 'ready', 7, 3)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO artifact "
                "(job_id, stage, kind, variant, sha256, media_type, size_bytes) "
                "VALUES ('ended', 'generate', 'design', 1, 'ab', 'application/json', 9)"
            )
        )
    before = _stage_runs(empty_database_url)
    migrations.upgrade(empty_database_url)
    assert _stage_runs(empty_database_url) == {
        "waits": [("generate", "gpu", "ready"), ("draw", "cpu", "waiting"),
                  ("present", "cpu", "waiting")],
        "drawn": [("generate", "gpu", "done"), ("present", "cpu", "ready")],
        "ended": [("generate", "gpu", "done"), ("present", "gpu", "done")],
        "print": [("print", "cpu", "ready")],
    }  # fmt: skip
    with bound.connect() as connection:
        copied = connection.execute(
            text("SELECT kind, variant, sha256 FROM artifact WHERE job_id = 'print'")
        )
        assert [tuple(row) for row in copied] == [("design", 1, "ab")]
    migrations.downgrade(empty_database_url, "0009")
    assert _stage_runs(empty_database_url) == before
    bound.dispose()


def test_other_seeds_are_told_from_retries(empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url, "0010")
    bound = engine_for(empty_database_url)
    insert = (
        "INSERT INTO job (id, pipeline, options, retried_from) VALUES "
        "('old', 'design', jsonb_build_object('seed', 1, 'size', 64), NULL), "
        "('retry', 'design', jsonb_build_object('size', 64, 'seed', 1), 'old'), "
        "('seed', 'design', jsonb_build_object('seed', 2, 'size', 64), 'old')"
    )
    read = "SELECT id, retried_from FROM job ORDER BY id"
    derived = "SELECT id, retried_from, derived_from, derived_how, derivations FROM job ORDER BY id"
    with bound.begin() as connection:
        connection.execute(text(insert))
    migrations.upgrade(empty_database_url)
    with bound.connect() as connection:
        assert [tuple(row) for row in connection.execute(text(derived))] == [
            ("old", None, None, None, 2),
            ("retry", "old", "old", "retry", 0),
            ("seed", None, "old", "another_seed", 0),
        ]
    migrations.downgrade(empty_database_url, "0010")
    with bound.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(read))]
    bound.dispose()
    assert rows == [("old", None), ("retry", "old"), ("seed", "old")]


def _stage_runs(database_url: str) -> dict[str, list[tuple[str, str, str]]]:
    bound = engine_for(database_url)
    found: dict[str, list[tuple[str, str, str]]] = {}
    with bound.connect() as connection:
        rows = connection.execute(
            text("SELECT job_id, stage, queue, state FROM stage_run ORDER BY job_id, position")
        )
        for job_id, *run in rows:
            found.setdefault(job_id, []).append(tuple(run))
    bound.dispose()
    return found


def test_what_was_made_before_belongs_to_the_main_workspace(empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url, "0014")
    bound = engine_for(empty_database_url)
    with bound.begin() as connection:
        connection.execute(
            text("INSERT INTO job (id, pipeline, owner) VALUES ('a', 'design', 'x')")
        )
        connection.execute(text("INSERT INTO collection (id, name) VALUES ('c', 'Autumn')"))

    migrations.upgrade(empty_database_url)

    with bound.begin() as connection:
        for table in ("job", "collection"):
            places = connection.scalars(text(f"SELECT workspace_id FROM {table}")).all()
            assert places == [LOCAL.workspace_id]
        assert connection.scalar(text("SELECT count(*) FROM workspace")) == 1
    bound.dispose()
