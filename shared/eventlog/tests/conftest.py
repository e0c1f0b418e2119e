"""Fixtures of the platform's tests: every seam on every adapter."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from crm_eventlog.log import KafkaLog, Log, MemoryLog, SqliteLog
from crm_eventlog.migrate import migrate
from crm_eventlog.store import EventStore, open_engine, open_store
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, Note, Notes, context
from shared.eventlog.tests.support.poison import projector_of
from shared.eventlog.tests.support.reacting import FIRST, SECOND, THIRD
from shared.eventlog.tests.support.records import record

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)]
LOGS = ["memory", "sqlite", pytest.param("kafka", marks=pytest.mark.needs_kafka)]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Create an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'notes.db'}"
    return str(request.getfixturevalue("fresh_database")())


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Create a migrated database."""
    engine = open_engine(database_url)
    migrate(engine, partitions=PARTITIONS)
    yield engine
    engine.dispose()


@pytest.fixture
def one_key_waits(engine: Engine) -> Engine:
    """Park a key: offset 1 is poison, 2 and 3 queue behind it."""
    projector_of(engine).process_batch([record(0), record(1, text="poison"), record(2), record(3)])
    return engine


@pytest.fixture
def store(engine: Engine) -> EventStore:
    """Create an empty store."""
    return open_store(engine, source="notes", partitions=PARTITIONS)


@pytest.fixture
def notes(store: EventStore) -> Notes:
    """Create the application on an empty store."""
    return Notes(store)


@pytest.fixture
def topic() -> str:
    """Return the name of a topic that no other test uses."""
    return f"crm.notes-{uuid4().hex[:8]}.v1"


@pytest.fixture(params=LOGS)
def open_a_log(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Log]:
    """Open a log of each kind, inside the test's event loop."""
    match request.param:
        case "memory":
            return lambda: MemoryLog(lambda: NOON)
        case "sqlite":
            return lambda: SqliteLog(f"sqlite:///{tmp_path / 'log.db'}", lambda: NOON)
        case _:
            address = request.getfixturevalue("kafka_server")
            return lambda: KafkaLog(f"kafka://{address}")


@pytest.fixture
def with_log(open_a_log: Callable[[], Log], topic: str) -> Callable[[Callable[[Log], Awaitable[Any]]], Any]:
    """Run a coroutine with a log that has the topic, and close the log."""

    async def story(tell: Callable[[Log], Awaitable[Any]]) -> Any:
        log = open_a_log()
        try:
            await log.create_topic(topic, PARTITIONS)
            return await tell(log)
        finally:
            await log.close()

    return lambda tell: asyncio.run(story(tell))


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Awaitable[None]]:
    """Wait for a condition with a deadline, never for a fixed time."""

    async def wait(condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(condition):
                pass

    return wait


@pytest.fixture
def three(notes: Notes) -> Notes:
    """Create three open notes."""
    for number, note in enumerate((FIRST, SECOND, THIRD)):
        notes.save(
            Note(note_id=note, customer_id=UUID(int=number + 1), text="asks"), context=context(f"write-{number}")
        )
    return notes
