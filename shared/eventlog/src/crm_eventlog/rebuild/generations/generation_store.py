"""What every shelf does, whatever the database."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.schema import CreateIndex, CreateTable

from crm_eventlog.projection import ReadModel
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import checkpoints, generations, parked

# What a reader has beside its rows; every generation on a shelf has its own.
BESIDE = (checkpoints, parked, generations)


class NothingKept(Exception):
    """There is no generation to go back to."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One build of a read model: its number, the version of the code that built it, the names of its tables."""

    number: int
    version: int
    tables: tuple[str, ...]
    source: str
    kept: int | None


class GenerationStore(ABC):
    """The generations of one read model that are not served.

    On an engine of `open` the plain names of the model's tables, and of its checkpoints, mean those of that
    generation; so whatever folds events needs not know for whom it folds.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    @abstractmethod
    def open(self, number: int) -> Engine:
        """An engine on that generation; the caller disposes of it."""

    @abstractmethod
    def stands(self, number: int) -> bool:
        """Whether such a generation was laid."""

    @abstractmethod
    def clear(self, number: int) -> None:
        """Remove that generation, if it is there."""

    @abstractmethod
    def held(self, number: int | None = None) -> AbstractContextManager[Connection]:
        """A transaction in which nobody moves the served generation's checkpoints; in it `number` may be swapped in."""

    @abstractmethod
    def exchange_tables(self, db: Connection, served: Generation, coming: Generation) -> None:
        """Within `held`: the rows and places of `served` go to the shelf, those of `coming` come from it."""

    @abstractmethod
    def replace(self, db: Connection, number: int, table: str, column: str, value: UUID) -> None:
        """Within `held`: the served rows of a table with this value are replaced by those of generation `number`."""

    @abstractmethod
    def _make(self, number: int) -> None:
        """Empty tables for what a reader has beside its rows."""

    def served(self) -> Generation | None:
        """The generation that is served."""
        return _generation(self.engine, self.name)

    def built(self, number: int) -> Generation:
        """What lies on the shelf under this number."""
        engine = self.open(number)
        try:
            found = _generation(engine, self.name)
        finally:
            engine.dispose()
        if found is None:
            raise NothingKept(f"{self.name}: generation {number} is not complete")
        return found

    def create(self, number: int, model: ReadModel, *, source: str) -> None:
        """Empty tables without indexes, for a generation that is built from nothing."""
        self.clear(number)
        self._make(number)
        engine = self.open(number)
        names = " ".join(table.name for table in model.tables)
        try:
            with engine.begin() as db:
                for table in model.tables:
                    db.execute(CreateTable(table))
                # Last, in the same transaction: where this row is, everything is.
                row = {"reader": model.name, "generation": number, "version": model.version, "tables": names}
                db.execute(insert(generations), row | {"source": source})
        finally:
            engine.dispose()

    def index(self, number: int, model: ReadModel) -> None:
        """Make the indexes, now that the rows are there."""
        engine = self.open(number)
        try:
            for index in (index for table in model.tables for index in table.indexes):
                with engine.begin() as db:
                    db.execute(CreateIndex(index, if_not_exists=True))
        finally:
            engine.dispose()

    def swap(self, db: Connection, coming: Generation) -> Generation:
        """Within `held`: serve `coming`, keep what was served; returns what was served."""
        served = _generation_in(db, self.name)
        if served is None:
            raise NothingKept(f"{self.name} was never built here")
        self.exchange_tables(db, served, coming)
        now = {"generation": coming.number, "version": coming.version, "tables": " ".join(coming.tables)}
        mine = generations.c.reader == self.name
        db.execute(update(generations).where(mine).values(**now, source=coming.source, kept=served.number))
        return served


def _generation(engine: Engine, name: str) -> Generation | None:
    with reading(engine) as db:
        return _generation_in(db, name)


def _generation_in(db: Connection, name: str) -> Generation | None:
    row = db.execute(select(generations).where(generations.c.reader == name)).one_or_none()
    return (
        None
        if row is None
        else Generation(row.generation, row.version, tuple(row.tables.split()), row.source, row.kept)
    )
