"""Rows into PostgreSQL by COPY, inside the transaction that is open: several times as fast as INSERT."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

# What psycopg calls the types whose name in SQL is another.
_NAMES = {"TIMESTAMP WITH TIME ZONE": "timestamptz", "BIGINT": "int8"}


def copy_rows(db: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Add the rows, whose values stand in the order of the table's columns; all of them, or none.

    A row whose key is there already raises SQLAlchemy's IntegrityError and leaves the transaction usable.
    """
    driver: Any = db.connection.driver_connection
    statement = f"COPY {table.name} FROM STDIN (FORMAT BINARY)"
    error_class = db.dialect.loaded_dbapi.Error
    with db.begin_nested():
        try:
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                copy.set_types(_type_names(db, table))
                for row in rows:
                    copy.write_row(row)
        except error_class as error:
            raise DBAPIError.instance(statement, None, error, error_class, dialect=db.dialect) from error


def _type_names(db: Connection, table: Table) -> list[str]:
    names = [column.type.compile(db.dialect).partition(" COLLATE")[0] for column in table.columns]
    return [_NAMES.get(name, name.lower()) for name in names]
