"""Stores of the generations of a read model that are not served: built, kept and swapped in from there."""

from sqlalchemy import Engine

from crm_eventlog.rebuild.generations.generation_store import Generation, GenerationStore, NothingKept
from crm_eventlog.rebuild.generations.postgres import PostgresGenerationStore
from crm_eventlog.rebuild.generations.sqlite import SqliteGenerationStore

__all__ = ["Generation", "GenerationStore", "NothingKept", "open_generation_store"]


def open_generation_store(engine: Engine, name: str) -> GenerationStore:
    """Return the store of generations of this read model that fits the database behind `engine`."""
    return (
        PostgresGenerationStore(engine, name)
        if engine.dialect.name == "postgresql"
        else SqliteGenerationStore(engine, name)
    )
