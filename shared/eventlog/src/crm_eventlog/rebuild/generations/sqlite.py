"""Generations on SQLite: each in a file of its own. A swap copies rows in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Table

from crm_eventlog.rebuild.generations.generation_store import BESIDE, Generation, GenerationStore
from crm_eventlog.store.engine import open_engine, reading
from crm_eventlog.tables import checkpoints, durable, parked

_COMING, _LIVE = "coming", "live"


class SqliteGenerationStore(GenerationStore):
    """A store of generations in files beside the database, named for the read model and the number."""

    def open(self, number: int) -> Engine:
        return open_engine(f"sqlite:///{self._file(number)}", pool_size=2)

    def exists(self, number: int) -> bool:
        if not self._file(number).exists():
            return False
        engine = self.open(number)
        try:
            with engine.connect() as db:
                tables = db.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'generations'").all()
                return bool(tables and db.exec_driver_sql("SELECT count(*) FROM generations").scalar())
        finally:
            engine.dispose()

    def clear(self, number: int) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._file(number)}{ending}").unlink(missing_ok=True)

    @contextmanager
    def lock_held(self, number: int | None = None) -> Iterator[Connection]:
        # Not BEGIN IMMEDIATE, because that also locks the other file, which the coming generation still writes.
        with reading(self.engine) as db:
            # A file is attached before the transaction begins and detached after its end.
            driver: Any = db.connection.driver_connection
            if number is not None:
                driver.execute(f"ATTACH DATABASE ? AS {_COMING}", (str(self._file(number)),))
            try:
                with db.begin():
                    db.exec_driver_sql("UPDATE generations SET reader = reader WHERE reader = ?", (self.name,))
                    yield db
            finally:
                if number is not None:
                    driver.execute(f"DETACH DATABASE {_COMING}")

    def exchange_tables(self, db: Connection, served: Generation, coming: Generation) -> None:
        self._keep(served)
        for name in served.tables:
            db.exec_driver_sql(f"DROP TABLE {name}")
        for name in coming.tables:
            _copy_table(db, name, from_file=_COMING)
        for table in (checkpoints, parked):
            db.exec_driver_sql(f"DELETE FROM {table.name} WHERE reader = ?", (self.name,))
            _copy_rows(db, table, self.name, from_file=_COMING)

    def replace(self, db: Connection, number: int, table: str, column: str, value: UUID) -> None:
        db.exec_driver_sql(f"DELETE FROM {table} WHERE {column} = ?", (value.hex,))
        rows = f"SELECT * FROM {_COMING}.{table} WHERE {column} = ?"
        db.exec_driver_sql(f"INSERT INTO {table} {rows}", (value.hex,))

    def _keep(self, served: Generation) -> None:
        """Copy the served generation to a file, on a separate connection, so that the copy is safe before the swap."""
        self.clear(served.number)
        self._make(served.number)
        engine = self.open(served.number)
        try:
            with reading(engine) as db:
                driver: Any = db.connection.driver_connection
                driver.execute(f"ATTACH DATABASE ? AS {_LIVE}", (str(self.engine.url.database),))
                with db.begin():
                    for name in served.tables:
                        _copy_table(db, name, from_file=_LIVE)
                    for table in BESIDE:
                        _copy_rows(db, table, self.name, from_file=_LIVE)
                driver.execute(f"DETACH DATABASE {_LIVE}")
        finally:
            engine.dispose()

    def _file(self, number: int) -> Path:
        return Path(f"{self.engine.url.database}.{self.name}_{number}")

    def _make(self, number: int) -> None:
        engine = self.open(number)
        try:
            durable.create_all(engine, tables=[*BESIDE])
        finally:
            engine.dispose()


def _copy_table(db: Connection, table: str, *, from_file: str) -> None:
    """Copy a table with its rows, then its indexes."""
    made = f"SELECT sql FROM {from_file}.sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'index'"
    (creating, *indexing) = db.exec_driver_sql(made, (table,)).scalars().all()
    db.exec_driver_sql(creating)
    db.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM {from_file}.{table}")
    for each in indexing:
        db.exec_driver_sql(each)


def _copy_rows(db: Connection, table: Table, reader: str, *, from_file: str) -> None:
    # By name, because a column that a migration added is last in one file and in its place in the other.
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = f"SELECT {columns} FROM {from_file}.{table.name} WHERE reader = ?"
    db.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) {rows}", (reader,))
