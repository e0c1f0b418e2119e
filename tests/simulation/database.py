"""A service's database in memory: the real statements on SQLite, with a point before each and around each commit."""

import sqlite3
from functools import cache
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from crm_eventlog.migrate import migrate
from tests.simulation.scheduler import KILLED, WAITS, Scheduler

PARTITIONS = 2
CUT, CUT_AFTER, KILLED_AFTER = "cut", "cut after it", "killed after it"
_APART = (KILLED, CUT, *WAITS)
_INSIDE = (KILLED, CUT)
_COMMIT = (KILLED, CUT, CUT_AFTER, KILLED_AFTER)
_MOVING = {
    "relayed": "SELECT part, pos, epoch FROM relay_checkpoints",
    "read": "SELECT reader || topic || partition, next_offset, pos FROM checkpoints",
}


class Database:
    """One engine for many runs: each begins with the empty schema.

    A writing transaction is a step that nobody else sees half of; between the statements of one who only reads,
    others may write, as on PostgreSQL.
    """

    def __init__(self, name: str, template: bytes | None = None) -> None:
        self.name = name
        self.raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        if template is not None:
            self.raw.deserialize(template)
        self.engine: Engine = create_engine(
            "sqlite://", creator=lambda: self.raw, poolclass=StaticPool, hide_parameters=True
        )
        self.scheduler: Scheduler | None = None
        self.wrong: list[str] = []
        self._marks: dict[str, dict[Any, tuple[int, ...]]] = {}
        self._changes, self._stores = 0, False
        self._cut: WeakSet[Connection] = WeakSet()
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "before_cursor_execute", self._ask)
        event.listen(self.engine, "commit", self._commit)

    def reset(self, template: bytes, scheduler: Scheduler | None) -> None:
        """Empty again, and under this scheduler from now on."""
        self.raw.rollback()
        self.raw.deserialize(template)
        self.scheduler = scheduler
        self.wrong = []
        self._marks = {}

    def _begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("crm_read_only"):
            return
        if self.scheduler is not None and self.scheduler.point(f"begins on {self.name}", _APART) == CUT:
            raise self._gone(connection)
        self._stores = False
        self.raw.execute("BEGIN")

    def _ask(self, connection: Connection, _: Any, statement: str, *__: Any) -> None:
        if self.scheduler is None:
            return
        if connection in self._cut:
            raise self._gone(connection)
        self._stores |= statement.startswith("INSERT INTO events")
        choices = _INSIDE if self.raw.in_transaction else _APART
        if self.scheduler.point(f"asks {self.name} to {_said(statement)}", choices) == CUT:
            raise self._gone(connection)

    def _commit(self, connection: Connection) -> None:
        if self.scheduler is None or not self.raw.in_transaction:
            return
        choice = self.scheduler.point(f"commits on {self.name}", _COMMIT)
        if choice == CUT:
            raise self._gone(connection)
        self.raw.commit()
        if self._changes != self.raw.total_changes:
            self._changes = self.raw.total_changes
            self.scheduler.happened[f"{'stored' if self._stores else 'kept'} in {self.name}"] += 1
            self._look_back()
        if choice == KILLED_AFTER:
            self.scheduler.kill()
        if choice == CUT_AFTER:
            raise self._gone(connection)

    def _look_back(self) -> None:
        """Check that nothing that was relayed or read becomes unrelayed or unread."""
        for what, query in _MOVING.items():
            before = self._marks.get(what, {})
            now = {key: tuple(marks) for key, *marks in self.raw.execute(query)}
            for key, marks in now.items():
                if any(new < old for new, old in zip(marks, before.get(key, marks), strict=True)):
                    self.wrong.append(f"{self.name}: {what} {key} went back from {before[key]} to {marks}")
            self._marks[what] = now

    def _gone(self, connection: Connection) -> OperationalError:
        self._cut.add(connection)
        if self.raw.in_transaction:
            self.raw.rollback()
        return OperationalError("the connection was cut", None, ConnectionError(self.name))


@cache
def empty_schema(partitions: int = PARTITIONS) -> bytes:
    """Return a migrated database without a row of anybody's."""
    made = Database("template")
    migrate(made.engine, partitions=partitions)
    return made.raw.serialize()


@cache
def _said(statement: str) -> str:
    """Return the statement in two or three words."""
    words = statement.replace("\n", " ").replace('"', "").split()
    verb = words[0].lower()
    if verb == "with":
        return "advance checkpoints"
    before = {"select": "FROM", "delete": "FROM", "insert": "INTO", "update": "UPDATE"}.get(verb)
    return f"{verb} {words[words.index(before) + 1]}" if before in words else verb
