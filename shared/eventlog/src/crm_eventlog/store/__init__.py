"""The event store: gapless positions per partition, optimistic concurrency, idempotent commands and a hash chain."""

from sqlalchemy import Engine

from crm_eventlog.store.chain import GENESIS, Draft, StoredFact, digest_of, link
from crm_eventlog.store.engine import open_engine
from crm_eventlog.store.event_store import (
    FACT_COLUMNS,
    AppendContext,
    Conflict,
    EventStore,
    StoredResult,
    partition_of,
    refuse_unsafe_environment,
)
from crm_eventlog.store.postgres import PostgresStore
from crm_eventlog.store.sqlite import SqliteStore

__all__ = [
    "FACT_COLUMNS",
    "GENESIS",
    "AppendContext",
    "Conflict",
    "Draft",
    "EventStore",
    "PostgresStore",
    "SqliteStore",
    "StoredFact",
    "StoredResult",
    "digest_of",
    "link",
    "open_engine",
    "open_store",
    "partition_of",
    "refuse_unsafe_environment",
]


def open_store(engine: Engine, *, source: str, partitions: int) -> EventStore:
    """Return the store of the service `source` that fits the database behind `engine`."""
    store: type[EventStore] = PostgresStore if engine.dialect.name == "postgresql" else SqliteStore
    return store(engine, source=source, partitions=partitions)
