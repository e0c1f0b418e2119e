"""Generations on PostgreSQL: each in a schema of its own. A swap moves tables between schemas."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Connection, Engine, select, text

from crm_eventlog.rebuild.generations.generation_store import BESIDE, Generation, GenerationStore
from crm_eventlog.store.engine import open_engine
from crm_eventlog.tables import checkpoints

# A reader that takes longer delays a swap, and all queries behind the swap.
_LOCK_TIMEOUT = "2s"


class PostgresGenerationStore(GenerationStore):
    """A store of generations in schemas named for the read model and the number."""

    def open(self, number: int) -> Engine:
        return open_engine(self.engine.url, pool_size=2, schema=self._schema(number))

    def exists(self, number: int) -> bool:
        with self.engine.connect() as db:
            found = db.scalar(text("SELECT to_regclass(:name)"), {"name": f"{self._schema(number)}.generations"})
            if found is None:
                return False
            return bool(db.scalar(text(f"SELECT count(*) FROM {self._schema(number)}.generations")))

    def clear(self, number: int) -> None:
        with self.engine.begin() as db:
            db.execute(text(f"DROP SCHEMA IF EXISTS {self._schema(number)} CASCADE"))

    @contextmanager
    def lock_held(self, number: int | None = None) -> Iterator[Connection]:
        with self.engine.begin() as db:
            mine = select(checkpoints.c.partition).where(checkpoints.c.reader == self.name)
            db.execute(mine.order_by(checkpoints.c.topic, checkpoints.c.partition).with_for_update()).all()
            db.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
            yield db

    def exchange_tables(self, db: Connection, served: Generation, coming: Generation) -> None:
        live, generations = db.scalar(text("SELECT current_schema()")), self._schema(served.number)
        self._make_in(db, generations)
        for table in ("checkpoints", "parked"):
            moved = f"DELETE FROM {table} WHERE reader = :name RETURNING *"
            db.execute(
                text(f"WITH moved AS ({moved}) INSERT INTO {generations}.{table} SELECT * FROM moved"), self._named
            )
            db.execute(text(f"INSERT INTO {table} SELECT * FROM {self._schema(coming.number)}.{table}"))
        db.execute(
            text(f"INSERT INTO {generations}.generations SELECT * FROM generations WHERE reader = :name"), self._named
        )
        for table in served.tables:
            db.execute(text(f"ALTER TABLE {live}.{table} SET SCHEMA {generations}"))
        for table in coming.tables:
            db.execute(text(f"ALTER TABLE {self._schema(coming.number)}.{table} SET SCHEMA {live}"))
        db.execute(text(f"DROP SCHEMA {self._schema(coming.number)} CASCADE"))

    def replace(self, db: Connection, number: int, table: str, column: str, value: UUID) -> None:
        of_value = f"WHERE {column} = :value"
        db.execute(text(f"DELETE FROM {table} {of_value}"), {"value": value})
        rows = f"SELECT * FROM {self._schema(number)}.{table} {of_value}"
        db.execute(text(f"INSERT INTO {table} {rows}"), {"value": value})

    @property
    def _named(self) -> dict[str, str]:
        return {"name": self.name}

    def _schema(self, number: int) -> str:
        # A read model's name is an identifier of our own code. It needs no quoting and never comes from outside.
        return f"{self.name}_{number}"

    def _make(self, number: int) -> None:
        with self.engine.begin() as db:
            self._make_in(db, self._schema(number))

    @staticmethod
    def _make_in(db: Connection, schema: str) -> None:
        db.execute(text(f"CREATE SCHEMA {schema}"))
        for table in BESIDE:
            db.execute(text(f"CREATE TABLE {schema}.{table.name} (LIKE {table.name} INCLUDING ALL)"))
