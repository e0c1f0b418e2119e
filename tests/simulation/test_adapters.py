"""The doubles of the simulation for database, log and locks keep the platform's own contracts."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from greenlet import getcurrent
from sqlalchemy import Engine

from crm_eventlog.log import Log
from crm_eventlog.ownership import FileOwnership, Ownership
from crm_eventlog.store import EventStore, SqliteStore
from shared.eventlog.tests import test_log, test_store
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, Notes
from tests.simulation.database import Database, empty_schema
from tests.simulation.decisions import Script
from tests.simulation.locks import Locks, Session
from tests.simulation.scheduler import Scheduler, drive
from tests.simulation.topics import FaultyLog

# The simulation has one thread: what these prove of several is proven on the real databases.
THREADED = {
    "test_a_command_repeated_by_many_at_once_happens_once",
    "test_positions_are_gapless_whatever_happens_at_once",
}
globals().update(
    {
        name: promise
        for suite in (test_store, test_log)
        for name, promise in vars(suite).items()
        if name.startswith("test_") and name not in THREADED
    }
)


@pytest.fixture
def engine() -> Engine:
    """Return a database of the simulation, empty."""
    return Database("contract", empty_schema(PARTITIONS)).engine


@pytest.fixture
def store(engine: Engine) -> EventStore:
    """Return an empty store."""
    return SqliteStore(engine, source="notes", partitions=PARTITIONS)


@pytest.fixture
def notes(store: EventStore) -> Notes:
    """Return the application on an empty store."""
    return Notes(store)


@pytest.fixture
def topic() -> str:
    """Return a topic's name."""
    return "crm.notes.v1"


@pytest.fixture
def with_log(topic: str) -> Callable[[Callable[[Log], Awaitable[Any]]], Any]:
    """Run a coroutine with the log of the simulation, to which nothing befalls."""

    async def story(tell: Callable[[Log], Awaitable[Any]]) -> Any:
        log = FaultyLog(lambda: NOON, Scheduler(Script([])))
        await log.create_topic(topic, PARTITIONS)
        return await tell(log)

    return lambda tell: drive(story(tell))


@pytest.fixture(params=["file", "simulation"])
def two_owners(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Ownership, Ownership]:
    """Return two relays' ownerships of one service."""
    if request.param == "file":
        return FileOwnership(tmp_path / "lock"), FileOwnership(tmp_path / "lock")
    scheduler = Scheduler(Script([]))
    locks = Locks(scheduler)
    return Session(locks, scheduler), Session(locks, scheduler)


def test_what_one_owns_another_gets_only_when_it_is_given_back(two_owners: tuple[Ownership, Ownership]) -> None:
    first, second = two_owners
    wanted = set(range(PARTITIONS))

    assert first.acquire(wanted) == wanted
    assert second.acquire(wanted) == set()
    assert first.acquire(set()) == set()

    first.release()
    assert second.acquire(wanted) == wanted
    second.release()


def test_the_simulation_is_one_thread_that_begins_where_it_is_called() -> None:
    seen = []
    scheduler = Scheduler(Script([]))

    seen.append(scheduler.point("outside of every actor", ("killed",)))

    assert seen == [None]
    assert getcurrent().parent is None
