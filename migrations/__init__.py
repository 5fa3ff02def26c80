"""Alembic migrations of the database schema, configured in code instead of an ini file.

Expand and contract: a release runs next to the previous one during a deployment, so a column is
added in one release and the column that it replaces is dropped in a later one.

Create a revision: python -m migrations revision --autogenerate -m "add ..."
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from shared.db.engine import engine_for

__all__ = ["configuration", "current", "downgrade", "head", "upgrade"]

_LOCK = 0x436F6465  # any number that no other program locks by


def configuration(connection: Connection | None = None) -> Config:
    """Return the Alembic configuration, optionally bound to a connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the newest revision."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    assert newest is not None
    return newest


def current(database_url: str) -> str | None:
    """Return the revision of a database; None before the first."""
    engine = engine_for(database_url)
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return revision


def upgrade(database_url: str, revision: str = "head") -> None:
    """Upgrade a database to a revision; concurrent calls wait for each other."""
    _run(database_url, command.upgrade, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Downgrade a database to a revision; base drops all tables."""
    _run(database_url, command.downgrade, revision)


def _run(database_url: str, operation: object, revision: str) -> None:
    assert callable(operation)
    engine = engine_for(database_url)
    with engine.connect() as connection:
        connection.execute(select(func.set_config("lock_timeout", "0", False)))
        connection.execute(select(func.set_config("statement_timeout", "0", False)))
        connection.execute(select(func.pg_advisory_lock(_LOCK)))
        connection.commit()
        operation(configuration(connection), revision)
        connection.execute(select(func.pg_advisory_unlock(_LOCK)))
        connection.commit()
    engine.dispose()
