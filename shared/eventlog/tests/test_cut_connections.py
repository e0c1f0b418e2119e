"""Cut connections to the database: work continues on new ones, and no record is parked."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from crm_eventlog.log import MemoryLog
from crm_eventlog.migrate import migrate
from crm_eventlog.ownership import open_ownership
from crm_eventlog.reactions import Policy, Reactor
from crm_eventlog.relay import Relay, unpublished
from crm_eventlog.store import open_engine, open_store
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    TOPIC,
    Notes,
    NoteWritten,
    WriteNote,
    context,
    parse,
    publish,
)
from shared.eventlog.tests.support.records import record

pytestmark = [pytest.mark.needs_postgres]
CHEN = UUID(int=7)
EVERYBODY = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
LOCK_HOLDER = (
    "(SELECT DISTINCT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
    " WHERE datname = current_database() AND locktype = 'advisory') AS holder"
)


@pytest.fixture
def database(fresh_database: Callable[[], str]) -> str:
    return fresh_database()


@pytest.fixture
def notes(database: str) -> Iterator[Notes]:
    engine = open_engine(database)
    migrate(engine, partitions=PARTITIONS)
    yield notes_on(engine)
    engine.dispose()


def notes_on(engine: Engine) -> Notes:
    return Notes(open_store(engine, source="notes", partitions=PARTITIONS))


def cut(database: str, whom: str = EVERYBODY) -> None:
    """End these sessions in this database, as a restart of the server would."""
    with psycopg.connect(database, autocommit=True) as db:
        db.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM {whom}")


def write(notes: Notes, key: str) -> None:
    notes.execute(WriteNote(customer_id=CHEN, text="asks"), context(key))


@pytest.mark.parametrize("whom", [EVERYBODY, LOCK_HOLDER], ids=["everybody", "lock-holder"])
def test_a_relay_whose_sessions_were_cut_takes_its_partitions_again(
    whom: str, notes: Notes, database: str, until: Callable[[Callable[[], Any]], Awaitable[None]]
) -> None:
    async def story() -> None:
        log = MemoryLog(lambda: NOON)
        await log.create_topic(TOPIC, PARTITIONS)
        of_relay = notes_on(open_engine(database)).store
        relay = Relay(of_relay, notes.mapper, publish, log, open_ownership(of_relay.engine), topic=TOPIC)
        write(notes, "before")
        stop = asyncio.Event()
        running = asyncio.create_task(relay.run(stop, poll=0.01))
        await until(lambda: unpublished(notes.store.engine).facts == 0)

        notes.store.engine.dispose()
        cut(database, whom)
        write(notes, "after")

        await until(lambda: running.done() or unpublished(notes.store.engine).facts == 0)
        assert not running.done()
        stop.set()
        await running
        of_relay.engine.dispose()

    asyncio.run(story())


def test_a_policy_whose_command_lost_its_connection_gives_it_again(notes: Notes, database: str) -> None:
    def write_once_more(event: NoteWritten, _: datetime) -> WriteNote:
        if not tries:
            cut(database)
        tries.append(event)
        return WriteNote(customer_id=event.customer_id, text="heard")

    tries: list[NoteWritten] = []
    policy = Policy(NoteWritten, write_once_more)
    reactor = Reactor(notes, parse, lambda: NOON, policies=[policy], topics=frozenset({TOPIC}), partitions=PARTITIONS)
    reactor.prepare()

    with pytest.raises(OperationalError):
        reactor.process_batch([record(0)])
    reactor.process_batch([record(0)])

    assert reactor.stopped == {}
    assert sum(n for n, _ in notes.store.heads().values()) == 1


def test_after_a_cut_the_next_command_gets_a_connection_that_stands(notes: Notes, database: str) -> None:
    write(notes, "before")
    cut(database)

    with pytest.raises(OperationalError) as broken:
        write(notes, "cut")

    assert (str(broken.value.statement).split("(")[0], broken.value.params) == ("SELECT append_facts", None)
    assert isinstance(broken.value.orig, psycopg.OperationalError)
    write(notes, "cut")
    assert sum(n for n, _ in notes.store.heads().values()) == 2
