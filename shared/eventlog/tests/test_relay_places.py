"""Checkpoints of a relay, to the row: batches, private facts, epochs, backlog and fencing."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import Engine, delete, select, text, update

from crm_eventlog.log import MemoryLog, Outgoing
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Fenced, GapInStore, Relay, TopicReplaced, Unpublished, unpublished
from crm_eventlog.tables import events, relay_checkpoints
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, EditNote, Notes, WriteNote, context, publish

HOUR = timedelta(hours=1)
Until = Callable[[Callable[[], Any]], Any]


class Spy(MemoryLog):
    """A log that remembers appends, and fails a given number of times."""

    def __init__(self) -> None:
        super().__init__(lambda: NOON)
        self.told: list[dict[int, int]] = []
        self.resets, self.failures = 0, list[Exception]()

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        self.told.append({part: len(records) for part, records in batch.items()})
        if self.failures:
            raise self.failures.pop()
        return await super().append(topic, batch)

    async def reset(self) -> None:
        self.resets += 1


async def a_log() -> Spy:
    log = Spy()
    await log.create_topic(TOPIC, PARTITIONS)
    return log


def relay_of(notes: Notes, log: MemoryLog, **options: Any) -> Relay:
    ownership = options.pop("ownership", None) or open_ownership(notes.store.engine)
    return Relay(notes.store, notes.mapper, publish, log, ownership, topic=TOPIC, **options)


def write(notes: Notes, customer: int, command: str, hours: int = 0) -> UUID:
    asked = WriteNote(customer_id=UUID(int=customer), text="asks")
    return notes.execute(asked, context(command, recorded_at=NOON + hours * HOUR)).id


@pytest.fixture
def busy(notes: Notes) -> Notes:
    """Fill a store: partition 3 holds five facts, the last two private, and partition 1 two older facts."""
    write(notes, 1, "a", hours=4)
    write(notes, 3, "b", hours=2)
    last = write(notes, 3, "c", hours=5)
    for number in range(2):
        notes.execute(EditNote(note_id=last, text="changed"), context(f"e{number}"))
    write(notes, 2, "d", hours=3)
    write(notes, 2, "e", hours=1)
    return notes


def places(engine: Engine) -> dict[int, tuple[int, int, int]]:
    with engine.connect() as db:
        return {row.part: (row.pos, row.next_offset, row.epoch) for row in db.execute(select(relay_checkpoints))}


def test_a_batch_is_shared_by_the_partitions_that_are_behind(busy: Notes) -> None:
    async def story() -> list[Any]:
        log = await a_log()
        relay = relay_of(busy, log, batch=5)
        taken = [await relay.step() for _ in range(4)]
        await relay.release()
        return [taken, log.told]

    taken, told = asyncio.run(story())

    assert taken == [4, 3, 0, 0]
    assert told == [{1: 2, 3: 2}, {3: 1}]
    assert places(busy.store.engine) == {0: (0, 0, 1), 1: (2, 2, 1), 2: (0, 0, 1), 3: (5, 3, 1)}


def test_every_partition_goes_on_however_small_the_batch(busy: Notes) -> None:
    async def story() -> tuple[list[int], Spy]:
        log = await a_log()
        relay = relay_of(busy, log, batch=1)
        return [await relay.step() for _ in range(6)], log

    taken, log = asyncio.run(story())

    assert taken == [2, 2, 1, 1, 1, 0]
    assert log.told == [{1: 1, 3: 1}, {1: 1, 3: 1}, {3: 1}, {}, {}]
    assert places(busy.store.engine)[3] == (5, 3, 1)


def test_each_owner_raises_the_epoch_and_goes_on_where_the_last_one_stood(busy: Notes) -> None:
    async def story() -> Spy:
        log = await a_log()
        first = relay_of(busy, log, batch=4)
        await first.step()
        await first.release()
        assert first.owned == frozenset()
        second = relay_of(busy, log)
        assert await second.step() == 3
        write(busy, 2, "late")
        assert await second.step() == 1
        await second.release()
        return log

    log = asyncio.run(story())

    assert log.told == [{1: 2, 3: 2}, {3: 1}, {1: 1}]
    assert places(busy.store.engine) == {0: (0, 0, 2), 1: (3, 3, 2), 2: (0, 0, 2), 3: (5, 3, 2)}


def test_what_waits_is_counted_and_dated_by_the_oldest_next_fact(busy: Notes) -> None:
    engine = busy.store.engine

    # The next facts are those recorded at 16:00 and 15:00; older ones behind them do not count.
    assert unpublished(engine) == Unpublished(7, NOON + 3 * HOUR)
    with engine.begin() as db:
        db.execute(update(relay_checkpoints).where(relay_checkpoints.c.part == 1).values(pos=2))
    assert unpublished(engine) == Unpublished(5, NOON + 4 * HOUR)
    with engine.begin() as db:
        db.execute(delete(events).where(events.c.part == 3, events.c.pos == 1))
    assert unpublished(engine) == Unpublished(5, None)
    with engine.begin() as db:
        db.execute(update(relay_checkpoints).where(relay_checkpoints.c.part == 3).values(pos=5))
    assert unpublished(engine) == Unpublished(0, None)


def test_a_missing_position_is_named_and_nothing_is_sent(busy: Notes) -> None:
    with busy.store.engine.begin() as db:
        db.execute(delete(events).where(events.c.part == 3, events.c.pos == 2))

    async def story() -> Spy:
        log = await a_log()
        with pytest.raises(GapInStore, match=r"^partition 3: position 2 is missing, 3 was found$"):
            await relay_of(busy, log).step()
        return log

    assert asyncio.run(story()).told == []


def test_one_partition_of_another_owner_fences_the_whole_step(busy: Notes) -> None:
    async def story() -> None:
        relay = relay_of(busy, await a_log())
        await relay.step()
        for customer in (1, 2):
            write(busy, customer, f"late-{customer}")
        before = places(busy.store.engine)
        with busy.store.engine.begin() as db:
            db.execute(text("UPDATE relay_checkpoints SET epoch = 9 WHERE part = 3"))
        with pytest.raises(Fenced, match=r"^partition 3 has another owner$"):
            await relay.step()
        assert places(busy.store.engine) == before | {3: (5, 3, 9)}
        await relay.release()

    asyncio.run(story())


@pytest.mark.parametrize("shorter", [True, False])
def test_a_topic_that_is_shorter_than_what_was_sent_is_refused_at_once(busy: Notes, shorter: bool) -> None:
    async def story() -> Spy:
        log = await a_log()
        await log.append(TOPIC, {3: [Outgoing(b"k", b"v", ())] * 2})
        with busy.store.engine.begin() as db:
            here = relay_checkpoints.c.part == 3
            db.execute(update(relay_checkpoints).where(here).values(pos=2, next_offset=3 if shorter else 2))
        relay = relay_of(busy, log)
        if shorter:
            with pytest.raises(TopicReplaced, match=r"^crm\.notes\.v1\[3\] ends at 2, but was filled up to 3$"):
                await relay.step()
        else:
            assert await relay.step() == 5
        await relay.release()
        return log

    assert len(asyncio.run(story()).told) == (1 if shorter else 2)


class Replaced(Spy):
    """A log that is replaced during a send by one with a record less."""

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        return {part: end - 1 for part, end in (await super().append(topic, batch)).items()}


def test_a_topic_that_was_replaced_by_one_a_record_shorter_moves_no_checkpoint(busy: Notes) -> None:
    async def story() -> None:
        log = Replaced()
        await log.create_topic(TOPIC, PARTITIONS)
        relay = relay_of(busy, log)
        with pytest.raises(TopicReplaced, match=r"^crm\.notes\.v1\[1\] ends at 1, but was filled up to 0$"):
            await relay.step()
        await relay.release()

    asyncio.run(story())

    assert places(busy.store.engine) == dict.fromkeys(range(PARTITIONS), (0, 0, 1))


def test_the_same_trouble_is_told_once_and_forgotten_when_it_is_over(busy: Notes, until: Until) -> None:
    async def story() -> tuple[list[Any], Spy, Relay]:
        log, stop = await a_log(), asyncio.Event()
        log.failures = [ValueError("other"), OSError("away"), OSError("away")]
        relay = relay_of(busy, log)
        with structlog.testing.capture_logs() as told:
            running = asyncio.create_task(relay.run(stop, poll=0.001))
            await until(lambda: unpublished(busy.store.engine).facts == 0 and relay.trouble is None)
            stop.set()
            await running
        return told, log, relay

    told, log, relay = asyncio.run(story())

    assert [(each["topic"], each["log_level"]) for each in told] == [(TOPIC, "error")] * 2
    assert (log.resets, relay.owned) == (3, frozenset())
    assert places(busy.store.engine)[1] == (2, 2, 4)


def test_trouble_that_lasts_is_shown(busy: Notes, until: Until) -> None:
    async def story() -> Relay:
        log, stop = await a_log(), asyncio.Event()
        relay = relay_of(busy, log)
        log.failures = [OSError("away")] * 10_000
        running = asyncio.create_task(relay.run(stop, poll=0.001))
        await until(lambda: log.resets > 1)
        stop.set()
        await running
        return relay

    assert asyncio.run(story()).trouble == "OSError('away')"


class Some:
    """An ownership of given partitions that remembers the requests."""

    def __init__(self, *free: set[int]) -> None:
        self.free, self.asked = list(free), list[set[int]]()

    def acquire(self, wanted: Any) -> set[int]:
        self.asked.append(set(wanted))
        return self.free.pop(0) if self.free else set()

    def release(self) -> None:
        """Do nothing, since nothing was locked."""


def test_a_relay_asks_for_what_it_does_not_own_and_sends_what_it_owns(busy: Notes) -> None:
    ownership = Some({3}, {0, 1})

    async def story() -> Spy:
        log = await a_log()
        relay = relay_of(busy, log, ownership=ownership)
        assert [await relay.step() for _ in range(3)] == [5, 2, 0]
        assert relay.owned == {0, 1, 3}
        return log

    assert asyncio.run(story()).told == [{3: 3}, {1: 2}]
    assert ownership.asked == [{0, 1, 2, 3}, {0, 1, 2}, {2}]
    assert places(busy.store.engine) == {0: (0, 0, 1), 1: (2, 2, 1), 2: (0, 0, 0), 3: (5, 3, 1)}
