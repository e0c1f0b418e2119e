"""Inserts that keep or replace existing rows, the same on PostgreSQL and SQLite."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]


def insert_or_ignore(db: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose key is new, in one statement."""
    if rows:
        db.execute(_insert(db)(table).on_conflict_do_nothing(), rows)


def insert_or_replace(db: Connection, table: Table, rows: Sequence[Row], *, where: Any = None) -> None:
    """Insert the rows, or update the given columns where the key exists (and `where` holds), in one statement.

    All rows name the same columns. Columns that are not named keep their values.
    """
    if not rows:
        return
    statement = _insert(db)(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed, where=where)
    else:
        statement = statement.on_conflict_do_nothing()
    db.execute(statement, rows)


def _insert(db: Connection) -> Any:
    return postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
