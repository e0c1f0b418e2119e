"""Rows into PostgreSQL by COPY, inside the transaction that is open."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_TABLE = "customer_history"
_FRESH = f"SELECT event_id::text FROM {_TABLE} WHERE event_id = ANY(%s::uuid[])"  # noqa: S608


def copy_new(db: Connection, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add the rows whose first column, the event id, is not there yet; a database error leaves as SQLAlchemy's."""
    driver: Any = db.connection.driver_connection
    by_id = {row[0]: row for row in rows}
    error_class = db.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor:
            known = cursor.execute(_FRESH, [list(by_id)]).fetchall()
            for (event_id,) in known:
                del by_id[UUID(event_id)]
            with cursor.copy(f"COPY {_TABLE} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in by_id.values():
                    copy.write_row(row)
    except error_class as error:
        raise DBAPIError.instance(f"COPY {_TABLE}", None, error, error_class, dialect=db.dialect) from error
