"""An idempotent producer that lost count never recovers, and a failed send may have arrived: both are doubt.

The relay throws the producer away, reads again from its checkpoint and sends again; readers fold each event once.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import OutOfOrderSequenceNumber
from sqlalchemy import Engine

from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import KafkaLog, LogRecord, Outgoing
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay, unpublished
from shared.eventlog.tests.support.notes import PARTITIONS, Notes, WriteNote, context, publish
from tests.regressions.streams import make_topic, projector_of, until


def lose_count(producer: AIOKafkaProducer, topic: str, partition: int) -> None:
    """Do as a send that timed out half-way: the producer counts records that the broker never saw."""
    producer._txn_manager.increment_sequence_number(TopicPartition(topic, partition), 5)


def test_the_librarys_producer_never_finds_its_count_again(kafka_server: str, topic: str) -> None:
    async def story() -> None:
        await make_topic(kafka_server, topic)
        async with AIOKafkaProducer(bootstrap_servers=kafka_server, acks="all", enable_idempotence=True) as producer:
            await producer.send_and_wait(topic, b"a", partition=0)
            lose_count(producer, topic, 0)

            for _ in range(3):
                with pytest.raises(OutOfOrderSequenceNumber):
                    await producer.send_and_wait(topic, b"b", partition=0)

    asyncio.run(story())


class AnswerLost(KafkaLog):
    """Hears nothing of its second append, which arrived."""

    appends = 0

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        ends = await super().append(topic, batch)
        self.appends += 1
        if self.appends == 2:
            raise TimeoutError
        return ends


class CountLost(KafkaLog):
    """Loses count before its second append."""

    appends = 0

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        self.appends += 1
        if self.appends == 2:
            for partition in batch:
                lose_count(await self._started_producer(), topic, partition)
        return await super().append(topic, batch)


@pytest.mark.parametrize("log_class", [AnswerLost, CountLost])
def test_after_a_doubt_everything_is_on_the_topic_in_order_and_folded_once(
    log_class: type[KafkaLog], kafka_server: str, topic: str, notes: Notes, engine: Engine
) -> None:
    folded: list[UUID] = []

    def count(events: Sequence[CloudEvent], _: Any) -> None:
        folded.extend(event.id for event in events)

    async def story() -> list[LogRecord]:
        log = log_class(f"kafka://{kafka_server}")
        await make_topic(kafka_server, topic)
        stop = asyncio.Event()
        relay = Relay(notes.store, notes.mapper, publish, log, open_ownership(engine), topic=topic, batch=8)
        write(notes, 40)
        relaying = asyncio.create_task(relay.run(stop, poll=0.01))
        await until(lambda: unpublished(engine).facts == 0)
        stop.set()
        await relaying
        ends = await log.end_offsets(topic)
        records = [record for part, end in sorted(ends.items()) for record in await log.read(topic, part, 0, end)]
        await log.close()
        return records

    records = asyncio.run(story())
    projector = projector_of(engine, topic, count)
    for start in range(0, len(records), 7):
        projector.process_batch(records[start : start + 7])

    stored = [fact.event_id for part in range(PARTITIONS) for fact in notes.store.read(part, 0, 100)]
    assert folded == stored
    assert len(stored) == 40
    assert (len(records) > 40) == (log_class is AnswerLost)


def write(notes: Notes, count: int) -> None:
    for number in range(count):
        command = WriteNote(customer_id=UUID(int=number % 7), text="asks")
        notes.execute(command, context(f"w{number}"))
