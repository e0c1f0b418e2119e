"""Where the generations of a read model lie that are not served: built there, kept there, swapped from there."""

from sqlalchemy import Engine

from crm_eventlog.rebuild.shelf.contract import Generation, NothingKept, Shelf
from crm_eventlog.rebuild.shelf.postgres import PostgresShelf
from crm_eventlog.rebuild.shelf.sqlite import SqliteShelf

__all__ = ["Generation", "NothingKept", "Shelf", "open_shelf"]


def open_shelf(engine: Engine, name: str) -> Shelf:
    """The shelf of this read model that fits the database behind `engine`."""
    return PostgresShelf(engine, name) if engine.dialect.name == "postgresql" else SqliteShelf(engine, name)
