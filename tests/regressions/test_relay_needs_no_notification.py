"""The library's subscription ends with its LISTEN session; our relay looks by itself, without a NOTIFY."""

import ast
import asyncio
from collections import deque
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from crm_eventlog.log import MemoryLog
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay, unpublished
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, Notes, WriteNote, context, publish
from tests.architecture.sources import Module, shipped
from tests.regressions.held_open import DEADLINE
from tests.regressions.library import an_event, stock_recorder

LISTENER = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


def statements(module: Module) -> list[str]:
    """List the SQL statements of a module that use LISTEN or NOTIFY."""
    texts = [node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and text.lstrip().startswith(("LISTEN ", "NOTIFY "))]


def cut_the_listener(db: psycopg.Connection[Any]) -> None:
    deadline = monotonic() + DEADLINE
    while not db.execute(f"SELECT pg_terminate_backend(pid, 10000) {LISTENER}").fetchall():
        assert monotonic() < deadline


def test_the_librarys_subscription_ends_when_its_session_is_cut(postgres: str) -> None:
    with stock_recorder(postgres, pool_size=4) as recorder, psycopg.connect(postgres, autocommit=True) as db:
        recorder.insert_events([an_event()])
        subscription = recorder.subscribe(gt=0)
        received = next(subscription).id
        cut_the_listener(db)

        # It may still hand out what it had fetched; then it is over, whatever else is written.
        with pytest.raises(OperationalError), subscription:
            deque(subscription)

        assert received == 1
        assert recorder.insert_events([an_event()]) == [2]


def test_our_relay_finds_what_others_wrote_without_being_told(notes: Notes) -> None:
    async def story() -> None:
        log = MemoryLog(lambda: NOON)
        await log.create_topic(TOPIC, PARTITIONS)
        stop = asyncio.Event()
        relay = Relay(notes.store, notes.mapper, publish, log, open_ownership(notes.store.engine), topic=TOPIC)
        running = asyncio.create_task(relay.run(stop, poll=0.01))

        await asyncio.to_thread(
            notes.execute,
            WriteNote(customer_id=UUID(int=7), text="asks"),
            context("by another process"),
        )

        async with asyncio.timeout(DEADLINE):
            while (await asyncio.to_thread(unpublished, notes.store.engine)).facts:
                pass
        stop.set()
        await running

    asyncio.run(story())


def test_no_correctness_rests_on_notify() -> None:
    assert [text for module in shipped() for text in statements(module)] == []


def test_a_module_that_listens_is_caught() -> None:
    offender = Module("crm_eventlog.relay", "db.execute('LISTEN events')")

    assert statements(offender) == ["LISTEN events"]
