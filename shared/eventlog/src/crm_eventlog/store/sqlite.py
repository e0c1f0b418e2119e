"""The store on SQLite: one writer at a time, the lock taken at BEGIN."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from crm_eventlog.columns import instant_text
from crm_eventlog.store.chain import StoredFact
from crm_eventlog.store.contract import Answer, Conflict, EventStore

_INSERT_FACT = (
    f"INSERT INTO events ({', '.join(StoredFact._fields)}) VALUES ({', '.join('?' * len(StoredFact._fields))})"
)
_INSERT_ANSWER = f"INSERT INTO commands ({', '.join(Answer._fields)}) VALUES ({', '.join('?' * len(Answer._fields))})"


class SqliteStore(EventStore):
    """The embedded default: durable, in one file, with nothing to install."""

    dialect = "sqlite"

    @contextmanager
    def _appending(self, parts: Sequence[int]) -> Iterator[tuple[Any, dict[int, tuple[int, bytes]]]]:
        pooled = self.engine.raw_connection()
        cursor = pooled.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
            marks = ", ".join("?" * len(parts))
            cursor.execute(f"SELECT part, n, head FROM counters WHERE part IN ({marks})", tuple(parts))
            yield cursor, {part: (n, head) for part, n, head in cursor.fetchall()}
            cursor.execute("COMMIT")
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error
        finally:
            # What did not commit is rolled back when the connection goes back to its pool.
            pooled.close()

    def _write(
        self, cursor: Any, rows: Sequence[StoredFact], heads: Mapping[int, tuple[int, bytes]], answer: Answer
    ) -> None:
        cursor.executemany(_INSERT_FACT, [_as_text(row) for row in rows])
        moved = [(n, head, part) for part, (n, head) in heads.items()]
        cursor.executemany("UPDATE counters SET n = ?, head = ? WHERE part = ?", moved)
        cursor.execute(_INSERT_ANSWER, _as_text(answer))


def _as_text(row: StoredFact | Answer) -> list[Any]:
    """Ids and times as SQLAlchemy's column types write them, so that both ways of reading agree."""
    values = row._asdict()
    values["recorded_at"] = instant_text(row.recorded_at)
    return [value.hex if isinstance(value, UUID) else value for value in values.values()]
