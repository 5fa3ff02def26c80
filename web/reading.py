"""Reading one row in one round trip, for what is asked for over and over.

A session costs ten times the processor's time: it tries its connection, begins and rolls back.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, cast

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

__all__ = ["read_row"]

_Connection = psycopg.Connection[tuple[Any, ...]]


def read_row(
    reading: Engine, sql: LiteralString, given: Sequence[object]
) -> tuple[Any, ...] | None:
    """Give the row that one statement finds, if any.

    Args:
        reading: see `shared.database.reading_engine`.
        sql: with psycopg's %s for what is given; prepared once a connection.
    Raises:
        OperationalError: SQLAlchemy's; the database does not answer.
    """
    try:
        for last in (False, True):
            with _lent(reading) as connection:
                try:
                    return connection.execute(sql, given, prepare=True).fetchone()
                except psycopg.OperationalError:
                    if last or not connection.closed:
                        raise
            reading.dispose()  # the server closed this one: the others that lie idle, too
    except psycopg.OperationalError as error:
        raise OperationalError(sql, tuple(given), error) from error
    raise AssertionError("unreachable")


@contextmanager
def _lent(reading: Engine) -> Iterator[_Connection]:
    lent = reading.raw_connection()
    connection = cast(_Connection, lent.driver_connection)
    try:
        yield connection
    finally:
        if connection.closed:
            lent.invalidate()
        lent.close()
