"""The SQLAlchemy engine of one service's database, with safe settings, for store, relay and read models."""

from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

# Milliseconds that a writer waits for another before it gives up.
_SQLITE_BUSY_MS = 30_000


def open_engine(url: str | URL, *, pool_size: int = 20, schema: str | None = None) -> Engine:
    """Return an engine for `postgresql://…` (psycopg 3) or `sqlite:///path`.

    On SQLite: WAL, every commit is synced, and a writing transaction takes its lock at BEGIN, never half-way. On
    PostgreSQL: `schema` is searched before the role's own.
    """
    parsed = make_url(url)
    # Parameters are often personal data, so no error message repeats them.
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "hide_parameters": True}
    if parsed.get_backend_name() == "postgresql":
        if schema is not None:
            options["connect_args"] = {"options": f'-c search_path={schema},"$user",public'}
        return create_engine(parsed.set(drivername="postgresql+psycopg"), **options)
    if parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"check_same_thread": False}, **options)
    event.listen(engine, "connect", _set_up_sqlite)
    turns = _Turns()
    event.listen(engine, "begin", turns.begin)
    event.listen(engine, "commit", turns.end)
    event.listen(engine, "rollback", turns.end)
    return engine


def reading(engine: Engine) -> Connection:
    """Return a read-only connection. Readers and writers never wait for each other."""
    return engine.connect().execution_options(crm_read_only=True)


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_SQLITE_BUSY_MS}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


class _Turns:
    """A lock under which writers of one process take turns, because SQLite would let them sleep much longer.

    SQLite's own lock still excludes other processes.
    """

    def __init__(self) -> None:
        self._turn = Lock()

    def begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("crm_read_only"):
            connection.exec_driver_sql("BEGIN")
            return
        self._turn.acquire()
        connection.info["has_turn"] = True
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            self.end(connection)
            raise

    def end(self, connection: Connection) -> None:
        if connection.info.pop("has_turn", False):
            self._turn.release()
