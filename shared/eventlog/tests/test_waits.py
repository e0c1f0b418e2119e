"""The pace of relay and consumer: their waits while idle or after an error, and the sizes of their batches."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from crm_eventlog.consumer import PollingConsumer, TransientError
from crm_eventlog.log import LogRecord, MemoryLog, Outgoing
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay
from shared.eventlog.tests.support.impatience import first_waits_of
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, Notes, WriteNote, context, project, publish
from shared.eventlog.tests.support.poison import projector_of
from shared.eventlog.tests.support.records import ids, record, seen

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Slow(MemoryLog):
    """A log that fails a given number of times, and remembers the requested limits."""

    def __init__(self, *failures: Exception) -> None:
        super().__init__(lambda: NOON)
        self.failures, self.asked = list(failures), list[int]()

    async def append(self, topic: str, batch: Any) -> dict[int, int]:
        if self.failures:
            raise self.failures.pop()
        return await super().append(topic, batch)

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        self.asked.append(limit)
        return await super().read(topic, partition, offset, limit)


def relay_of(notes: Notes, log: MemoryLog) -> Relay:
    return Relay(notes.store, notes.mapper, publish, log, open_ownership(notes.store.engine), topic=TOPIC)


def test_a_relay_looks_twenty_times_a_second_at_its_own_and_twice_at_what_another_has(notes: Notes) -> None:
    notes.execute(WriteNote(customer_id=UUID(int=7), text="asks"), context("write"))
    log = Slow(OSError("away"))
    asyncio.run(log.create_topic(TOPIC, PARTITIONS))
    owner = relay_of(notes, log)
    assert owner.trouble is None

    assert first_waits_of(owner.run, 3) == [0.5, 0.05, 0.05]
    assert owner.trouble is None
    asyncio.run(owner.step())
    assert first_waits_of(relay_of(notes, log).run, 2) == [0.5, 0.5]
    asyncio.run(owner.release())


def test_a_follower_looks_twenty_times_a_second_and_waits_a_second_after_trouble(engine: Any) -> None:
    troubles = [TransientError("later"), TransientError("later")]

    def sometimes(events: Any, db: Any) -> None:
        if troubles:
            raise troubles.pop()
        project(events, db)

    log = Slow()
    asyncio.run(log.create_topic(TOPIC, PARTITIONS))
    asyncio.run(log.append(TOPIC, {0: [Outgoing(*record(offset)[3:6]) for offset in range(3)]}))

    assert first_waits_of(PollingConsumer(projector_of(engine, sometimes), log, [TOPIC]).run, 4) == [
        1.0,
        1.0,
        0.05,
        0.05,
    ]
    assert seen(engine) == ids(0, 1, 2)
    assert log.asked == [5_000] * 3


@pytest.mark.parametrize(("batch", "asked"), [(5, [5, 2, 5]), (3, [3, 3])])
def test_a_follower_asks_for_no_more_than_the_room_that_is_left(engine: Any, batch: int, asked: list[int]) -> None:
    log = Slow()
    asyncio.run(log.create_topic(TOPIC, PARTITIONS))
    for part in (0, 1):
        asyncio.run(log.append(TOPIC, {part: [Outgoing(*record(o, partition=part)[3:6]) for o in range(3)]}))
    follower = PollingConsumer(projector_of(engine), log, [TOPIC], batch=batch)

    assert [asyncio.run(follower.step()) for _ in range(2)] == [batch, 6 - batch]
    assert log.asked == asked
