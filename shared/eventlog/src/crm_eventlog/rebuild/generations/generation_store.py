"""The store of generations, independent of its database."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.schema import CreateIndex, CreateTable

from crm_eventlog.projection import ReadModel
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import checkpoints, generations, parked

# The tables of a reader beside its rows. Every generation has its own.
BESIDE = (checkpoints, parked, generations)


class NothingKept(Exception):
    """A roll-back without a generation to go back to."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One build of a read model: its number, the version of its code and the names of its tables."""

    number: int
    version: int
    tables: tuple[str, ...]
    source: str
    kept: int | None


class GenerationStore(ABC):
    """The generations of one read model that are not served.

    On an engine of `open` the plain names of the model's tables and of its checkpoints mean those of that generation.
    So a projector need not know which generation it writes to.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    @abstractmethod
    def open(self, number: int) -> Engine:
        """Return an engine on that generation. The caller disposes of it."""

    @abstractmethod
    def exists(self, number: int) -> bool:
        """Return True if such a generation exists."""

    @abstractmethod
    def clear(self, number: int) -> None:
        """Remove that generation, if it exists."""

    @abstractmethod
    def lock_held(self, number: int | None = None) -> AbstractContextManager[Connection]:
        """Open a transaction that locks the served generation's checkpoints. `number` may be swapped in within it."""

    @abstractmethod
    def exchange_tables(self, db: Connection, served: Generation, coming: Generation) -> None:
        """Serve the rows and checkpoints of `coming` and store those of `served`, within `held`."""

    @abstractmethod
    def replace(self, db: Connection, number: int, table: str, column: str, value: UUID) -> None:
        """Replace the served rows of a table with this value by those of generation `number`, within `held`."""

    @abstractmethod
    def _make(self, number: int) -> None:
        """Create empty tables for the checkpoints, the parked records and the description of a generation."""

    def served(self) -> Generation | None:
        """Return the served generation, or None."""
        return _generation(self.engine, self.name)

    def built(self, number: int) -> Generation:
        """Return the stored generation of this number. Raise `NothingKept` if it is not complete."""
        engine = self.open(number)
        try:
            found = _generation(engine, self.name)
        finally:
            engine.dispose()
        if found is None:
            raise NothingKept(f"{self.name}: generation {number} is not complete")
        return found

    def create(self, number: int, model: ReadModel, *, source: str) -> None:
        """Create empty tables without indexes for a generation that is built from nothing."""
        self.clear(number)
        self._make(number)
        engine = self.open(number)
        names = " ".join(table.name for table in model.tables)
        try:
            with engine.begin() as db:
                for table in model.tables:
                    db.execute(CreateTable(table))
                # Last, in the same transaction: this row says that the generation is complete.
                row = {"reader": model.name, "generation": number, "version": model.version, "tables": names}
                db.execute(insert(generations), row | {"source": source})
        finally:
            engine.dispose()

    def index(self, number: int, model: ReadModel) -> None:
        """Create the indexes, once the rows are there."""
        engine = self.open(number)
        try:
            for index in (index for table in model.tables for index in table.indexes):
                with engine.begin() as db:
                    db.execute(CreateIndex(index, if_not_exists=True))
        finally:
            engine.dispose()

    def swap(self, db: Connection, coming: Generation) -> Generation:
        """Serve `coming` and keep the generation served so far, within `held`. Return the latter."""
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
