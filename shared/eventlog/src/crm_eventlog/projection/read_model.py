"""What a read model is: a name, a version, its tables, and how events become rows."""

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
    """What a reader sees, built from the log and from nothing else.

    `project` gets every event exactly once, a batch at a time, in order per customer and publisher; it stays naive
    about redelivery, which is the checkpoint's business. A changed `version` means another meaning of the rows.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    topics: frozenset[str]
    project: Project


def insert_or_ignore(db: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose key is not there yet; one statement for the batch."""
    if rows:
        db.execute(_insert(db)(table).on_conflict_do_nothing(), rows)


def insert_or_replace(db: Connection, table: Table, rows: Sequence[Row], *, where: Any = None) -> None:
    """Insert the rows, or overwrite the given columns where the key is there (and `where` holds); one statement.

    All rows name the same columns; columns that are not named keep what they hold.
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
