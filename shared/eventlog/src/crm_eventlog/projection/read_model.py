"""A read model: a name, a version, its tables, and the function that turns events into rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from crm_eventlog.envelope import CloudEvent

Project = Callable[[Sequence[CloudEvent], Connection], None]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class ReadModel:
    """A view for readers, built from the log only.

    `project` gets every event exactly once, in batches, in order per customer and publisher. It need not handle
    redelivery, because the checkpoint does. A changed `version` means another meaning of the rows.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    topics: frozenset[str]
    project: Project


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
