"""SQLAlchemy engine and session factory for PostgreSQL."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from shared.settings import Settings

__all__ = ["engine", "engine_for", "sessions"]

_CONNECT_ARGS: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "codesigner",
    "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s"
    " -c idle_in_transaction_session_timeout=60s",
}


def _psycopg_url(database_url: str) -> URL:
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        raise ValueError(f"must be a PostgreSQL URL, not one of {url.get_backend_name()}")
    return url.set(drivername="postgresql+psycopg")


def engine_for(database_url: str, *, pool_size: int = 5) -> Engine:
    """Return an engine whose connections detect a dead server within seconds.

    Raises:
        ValueError: the URL is not one of PostgreSQL.
    """
    return create_engine(
        _psycopg_url(database_url),
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=10,
        connect_args=_CONNECT_ARGS,
        hide_parameters=True,  # errors are logged; values may be briefs
    )


def engine(settings: Settings, *, pool_size: int = 5) -> Engine:
    """Return the engine of an installation; it connects lazily."""
    return engine_for(settings.database_url, pool_size=pool_size)


def sessions(bound: Engine) -> sessionmaker[Session]:
    """Return the session factory; rows stay readable after a commit."""
    return sessionmaker(bound, expire_on_commit=False)
