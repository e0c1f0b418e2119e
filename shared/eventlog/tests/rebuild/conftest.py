"""Fixtures of rebuilds: a topic that was read, and the stores behind it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from crm_eventlog.facts import FactMapper
from crm_eventlog.log import SqliteLog
from crm_eventlog.migrate import migrate
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import Projector
from crm_eventlog.rebuild import (
    PublisherStore,
    StoreSource,
)
from crm_eventlog.relay import Relay
from crm_eventlog.store import open_engine, open_store
from shared.eventlog.tests.rebuild.states import MODEL, follow, say
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    TOPIC,
    EditNote,
    Note,
    Notes,
    WriteNote,
    context,
    parse,
    publish,
)
from shared.eventlog.tests.support.records import record


@pytest.fixture
def log_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'log.db'}"


@pytest.fixture
def log(log_url: str) -> Iterator[SqliteLog]:
    """Fill a topic with seven notes in each partition."""
    log = SqliteLog(log_url, lambda: NOON)
    asyncio.run(log.create_topic(TOPIC, PARTITIONS))
    say(log, [record(offset, partition=partition) for partition in range(PARTITIONS) for offset in range(7)])
    yield log
    asyncio.run(log.close())


@pytest.fixture
def projector(engine: Engine, log: SqliteLog) -> Projector:
    """Let generation 1 read everything."""
    projector = Projector(engine, (MODEL,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    follow(projector, log)
    return projector


@pytest.fixture
def stores(tmp_path: Path) -> StoreSource:
    """Fill the store behind the topic. Every second note was edited, which stays private."""
    store_url = f"sqlite:///{tmp_path / 'origin.db'}"
    engine = open_engine(store_url)
    migrate(engine, partitions=PARTITIONS)
    notes = Notes(open_store(engine, source="notes", partitions=PARTITIONS))
    for number in range(12):
        customer_id = UUID(int=number % 3)
        done = notes.execute(WriteNote(customer_id=customer_id, text="asks"), context(f"w{number}"))
        if number % 2:
            notes.execute(EditNote(note_id=done.id, text="asked"), context(f"e{number}"))
    engine.dispose()
    return StoreSource({TOPIC: PublisherStore(store_url, "notes", (Note,), publish)})


@pytest.fixture
def relayed(engine: Engine, stores: StoreSource, log_url: str, tmp_path: Path) -> Iterator[tuple[Projector, SqliteLog]]:
    """Let generation 1 read what the relay sent from that store."""
    log = SqliteLog(log_url, lambda: NOON)
    asyncio.run(log.create_topic(TOPIC, PARTITIONS))
    origin = open_engine(f"sqlite:///{tmp_path / 'origin.db'}")
    store = open_store(origin, source="notes", partitions=PARTITIONS)
    relay = Relay(store, FactMapper((Note,)), publish, log, open_ownership(origin), topic=TOPIC)
    asyncio.run(relay.step())
    asyncio.run(relay.release())
    origin.dispose()
    projector = Projector(engine, (MODEL,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    follow(projector, log)
    yield projector, log
    asyncio.run(log.close())
