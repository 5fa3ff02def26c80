"""Reading one row in one round trip, for what is asked for over and over.

A session costs ten times the processor's time: it tries its connection, begins and rolls back. A
cursor costs four times what one call of libpq does, which waits by itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import PoolProxiedConnection

__all__ = ["read_row"]

_PREPARED = "prepared"


def read_row(reading: Engine, sql: str, given: Sequence[str]) -> tuple[Any, ...] | None:
    """Give the row that one statement finds, if any: texts as PostgreSQL writes them, or None.

    Args:
        reading: see `shared.database.reading_engine`.
        sql: with $1, $2, ... for what is given; prepared once a connection.
    Raises:
        OperationalError: SQLAlchemy's; the database does not answer.
    """
    try:
        for last in (False, True):
            with _lent(reading) as (lent, connection):
                try:
                    return _row(lent, connection, sql, given)
                except psycopg.OperationalError:
                    if last or connection.status != pq.ConnStatus.BAD:
                        raise
            reading.dispose()  # the server closed this one: the others that lie idle, too
    except psycopg.OperationalError as error:
        raise OperationalError(sql, tuple(given), error) from error
    raise AssertionError("unreachable")


def _row(
    lent: PoolProxiedConnection, connection: pq.abc.PGconn, sql: str, given: Sequence[str]
) -> tuple[Any, ...] | None:
    names: dict[str, bytes] = lent.info.setdefault(_PREPARED, {})
    if sql not in names:
        name = f"read_{len(names)}".encode()
        _checked(connection, connection.prepare(name, sql.encode()))
        names[sql] = name
    values = [each.encode() for each in given]
    found = _checked(connection, connection.exec_prepared(names[sql], values))
    if found.ntuples == 0:
        return None
    row = (found.get_value(0, column) for column in range(found.nfields))
    return tuple(None if value is None else value.decode() for value in row)


def _checked(connection: pq.abc.PGconn, result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        return result
    if connection.status == pq.ConnStatus.BAD:
        raise psycopg.OperationalError(pq.error_message(result))
    raise error_from_result(result)


@contextmanager
def _lent(reading: Engine) -> Iterator[tuple[PoolProxiedConnection, pq.abc.PGconn]]:
    lent = reading.raw_connection()
    assert isinstance(lent.driver_connection, psycopg.Connection)
    connection = lent.driver_connection.pgconn
    try:
        yield lent, connection
    finally:
        if connection.status == pq.ConnStatus.BAD:
            lent.invalidate()
        lent.close()
