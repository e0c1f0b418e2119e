"""Relay from store to log: in order, at least once, one owner per partition."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from crm_eventlog.envelope import from_record
from crm_eventlog.log import Log, MemoryLog
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Fenced, GapInStore, Relay, TopicReplaced, unpublished
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    TOPIC,
    CloseNote,
    EditNote,
    NoteClosedEvent,
    Notes,
    NoteWritten,
    WriteNote,
    context,
    parse,
    publish,
)


def write(notes: Notes, number: int) -> UUID:
    command = WriteNote(customer_id=UUID(int=number % 7), text=f"note {number}")
    return notes.execute(command, context(f"write-{number}")).id


def relay_of(notes: Notes, log: Log) -> Relay:
    return Relay(notes.store, notes.mapper, publish, log, open_ownership(notes.store.engine), topic=TOPIC)


async def everything(log: Log) -> list[Any]:
    ends = await log.end_offsets(TOPIC)
    return [record for part, end in ends.items() for record in await log.read(TOPIC, part, 0, end)]


async def a_log() -> MemoryLog:
    log = MemoryLog(lambda: NOON)
    await log.create_topic(TOPIC, PARTITIONS)
    return log


async def drained(relay: Relay) -> None:
    while await relay.step():
        pass
    await relay.release()


def test_every_public_fact_reaches_the_topic_once_in_the_order_of_its_partition(notes: Notes) -> None:
    async def story() -> None:
        log = await a_log()
        for number in range(40):
            write(notes, number)
        relay = relay_of(notes, log)

        await drained(relay)

        sent = [from_record(record.headers, record.value, parse) for record in await everything(log)]
        stored = [fact.event_id for part in range(PARTITIONS) for fact in notes.store.read(part, 0, 100)]
        assert [event.id for event in sent] == stored
        assert unpublished(notes.store.engine).facts == 0

    asyncio.run(story())


def test_a_private_fact_stays_in_the_store(notes: Notes) -> None:
    async def story() -> None:
        log = await a_log()
        note_id = write(notes, 1)
        notes.execute(EditNote(note_id=note_id, text="changed"), context("edit"))
        notes.execute(CloseNote(note_id=note_id), context("close"))

        await drained(relay_of(notes, log))

        kinds = [type(from_record(r.headers, r.value, parse).data) for r in await everything(log)]
        assert kinds == [NoteWritten, NoteClosedEvent]

    asyncio.run(story())


def test_what_is_sent_again_is_the_same_byte_for_byte(notes: Notes) -> None:
    async def story() -> None:
        log = await a_log()
        write(notes, 1)
        await drained(relay_of(notes, log))
        with notes.store.engine.begin() as db:
            db.execute(text("UPDATE relay_checkpoints SET pos = 0"))

        await drained(relay_of(notes, log))

        first, second = await everything(log)
        assert (first.key, first.value, first.headers) == (second.key, second.value, second.headers)

    asyncio.run(story())


def test_a_second_relay_waits_until_the_first_has_left(notes: Notes) -> None:
    async def story() -> None:
        log = await a_log()
        first, second = relay_of(notes, log), relay_of(notes, log)
        await first.step()
        write(notes, 1)

        assert await second.step() == 0
        assert second.owned == frozenset()

        await first.release()
        assert await second.step() == 1
        assert second.owned == frozenset(range(PARTITIONS))
        await second.release()

    asyncio.run(story())


def test_a_relay_that_lost_its_partition_cannot_move_the_checkpoint(notes: Notes) -> None:
    async def story() -> None:
        relay = relay_of(notes, await a_log())
        await relay.step()
        write(notes, 1)
        with notes.store.engine.begin() as db:
            db.execute(text("UPDATE relay_checkpoints SET epoch = epoch + 1"))

        with pytest.raises(Fenced):
            await relay.step()

        assert unpublished(notes.store.engine).facts == 1
        await relay.release()

    asyncio.run(story())


def test_a_damaged_store_is_not_relayed_past_the_damage(notes: Notes) -> None:
    async def story() -> None:
        for number in range(3):
            notes.execute(WriteNote(customer_id=UUID(int=1), text="x"), context(f"w{number}"))
        with notes.store.engine.begin() as db:
            db.execute(text("DELETE FROM events WHERE pos = 2"))
        relay = relay_of(notes, await a_log())

        with pytest.raises(GapInStore, match="position 2 is missing"):
            await relay.run(asyncio.Event())

    asyncio.run(story())


class Unreachable(Exception):
    """An outage of the log of this test."""


class FlakyLog(MemoryLog):
    """A log that keeps the records of its first append but raises, so that they are in doubt."""

    doubts = 1

    async def append(self, topic: str, batch: Any) -> dict[int, int]:
        ends = await super().append(topic, batch)
        if self.doubts:
            self.doubts -= 1
            raise Unreachable
        return ends


def test_after_a_send_in_doubt_nothing_is_lost_and_order_is_kept(
    notes: Notes, until: Callable[[Callable[[], Any]], Any]
) -> None:
    async def story() -> None:
        log = FlakyLog(lambda: NOON)
        await log.create_topic(TOPIC, PARTITIONS)
        ids = [write(notes, 7 * number) for number in range(5)]
        stop = asyncio.Event()
        running = asyncio.create_task(relay_of(notes, log).run(stop, poll=0.01))

        await until(lambda: unpublished(notes.store.engine).facts == 0)
        stop.set()
        await running

        sent = [from_record(record.headers, record.value, parse).subject for record in await everything(log)]
        assert sent == [*ids, *ids]

    asyncio.run(story())


def test_a_topic_that_was_made_anew_gets_nothing_more_from_the_relay_that_filled_the_old_one(notes: Notes) -> None:
    async def story() -> tuple[Any, int]:
        relay = relay_of(notes, await a_log())
        for number in range(40):
            write(notes, number)
        while await relay.step():
            pass
        another = relay._log = await a_log()
        write(notes, 40)
        with pytest.raises(TopicReplaced):
            await relay.step()
        await relay.release()
        return another, len(await everything(another))

    async def told_again(log: Log) -> None:
        next_relay = relay_of(notes, log)
        with pytest.raises(TopicReplaced):
            await next_relay.step()
        await next_relay.release()

    another, sent = asyncio.run(story())
    asyncio.run(told_again(another))

    assert (sent, unpublished(notes.store.engine).facts) == (1, 1)
    assert len(asyncio.run(everything(another))) == sent
