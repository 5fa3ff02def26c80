"""The database's schema and its changes: Alembic, configured here rather than in an ini file.

Expand first, contract later: a release runs beside the one before it, so a column is added in
one release and its predecessor dropped in a later one.

A new one: python -m migrations revision --autogenerate -m "add ..."   (CODESIGNER_DATABASE_URL)
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
    """Give Alembic's configuration, bound to a connection where one is given."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """Name the newest revision."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    assert newest is not None
    return newest


def current(database_url: str) -> str | None:
    """Name the revision that a database is at; None before the first."""
    bound = engine_for(database_url)
    with bound.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    bound.dispose()
    return revision


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring a database up to a revision; several at once wait for one another."""
    _run(database_url, command.upgrade, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Bring a database down to a revision; base empties it."""
    _run(database_url, command.downgrade, revision)


def _run(database_url: str, move: object, revision: str) -> None:
    assert callable(move)
    bound = engine_for(database_url)
    with bound.connect() as connection:
        connection.execute(select(func.set_config("lock_timeout", "0", False)))
        connection.execute(select(func.set_config("statement_timeout", "0", False)))
        connection.execute(select(func.pg_advisory_lock(_LOCK)))
        connection.commit()
        move(configuration(connection), revision)
        connection.execute(select(func.pg_advisory_unlock(_LOCK)))
        connection.commit()
    bound.dispose()
