"""The way to PostgreSQL: engine and sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from shared.settings import Settings

__all__ = ["at_once", "engine", "engine_for", "reading_engine", "sessions"]

_READERS = 8
"""Connections to read by; they are kept, for making one costs more than many reads."""

_CONNECT: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "codesigner",
    "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s"
    " -c idle_in_transaction_session_timeout=60s",
}


def _address(database_url: str) -> URL:
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        raise ValueError(f"{url.get_backend_name()} is no PostgreSQL address")
    return url.set(drivername="postgresql+psycopg")


def engine_for(database_url: str, *, pool_size: int = 5) -> Engine:
    """Give an engine whose connections tell a dead server within seconds.

    Raises:
        ValueError: the address is not one of PostgreSQL.
    """
    return create_engine(
        _address(database_url),
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=10,
        pool_timeout=10,
        connect_args=_CONNECT,
    )


def engine(settings: Settings) -> Engine:
    """Give the engine of an installation; it connects at first use."""
    return engine_for(settings.database_url)


def reading_engine(settings: Settings) -> Engine:
    """Give the engine for reads of one statement, which open no transaction.

    Its connections are neither tried before a read nor reset after it: whoever reads by them
    meets the ones that a server has closed.
    """
    return create_engine(
        _address(settings.database_url),
        pool_reset_on_return=None,
        pool_size=_READERS,
        max_overflow=0,  # one beyond the pool would be closed after each read
        pool_timeout=10,
        connect_args=_CONNECT | {"autocommit": True},
    )


def sessions(bound: Engine) -> sessionmaker[Session]:
    """Give the factory of sessions; rows stay readable after a commit."""
    return sessionmaker(bound, expire_on_commit=False)


@contextmanager
def at_once(factory: sessionmaker[Session]) -> Iterator[Session]:
    """Give a session each of whose statements is a transaction of its own: one round trip."""
    with factory() as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session
