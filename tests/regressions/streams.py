"""A topic on a real Kafka as it should not be: whatever bytes a test wants, and who reads them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import ConsumerRecord
from sqlalchemy import Engine

from crm_eventlog.consumer import list_parked
from crm_eventlog.consumer.kafka_consumer import KafkaConsumer
from crm_eventlog.log import KafkaLog, LogRecord
from crm_eventlog.projection import Projector, ReadModel
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, all_notes, parse, project
from tests.regressions.held_open import DEADLINE


async def until(condition: Callable[[], Any]) -> None:
    """Wait for a condition, with a deadline."""
    async with asyncio.timeout(DEADLINE):
        while not await asyncio.to_thread(condition):
            pass


async def make_topic(address: str, topic: str) -> None:
    """Make an empty topic."""
    log = KafkaLog(f"kafka://{address}")
    await log.create_topic(topic, PARTITIONS)
    await log.close()


async def send(address: str, topic: str, records: Sequence[LogRecord], **settings: Any) -> None:
    """Send these records as they are, tombstones and strange headers included, each to its partition."""
    async with AIOKafkaProducer(bootstrap_servers=address, **settings) as producer:
        for record in records:
            headers = [*record.headers]
            await producer.send_and_wait(
                topic, record.value, key=record.key, partition=record.partition, headers=headers
            )


def parked_at(engine: Engine) -> list[tuple[int, int]]:
    """Return partition and offset of every parked record."""
    with engine.connect() as db:
        return [(one.record.partition, one.record.offset) for one in list_parked(db)]


async def committed(address: str, group: str) -> Mapping[int, int]:
    """Return the offset that the group has committed in each partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        offsets: Mapping[TopicPartition, Any] = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return {place.partition: mark.offset for place, mark in offsets.items()}


def projector_of(engine: Engine, topic: str, fold: Any = project) -> Projector:
    """Return the engine with one read model, on this topic."""
    model = ReadModel("all_notes", 1, (all_notes,), frozenset({topic}), fold)
    projector = Projector(engine, (model,), parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    return projector


def follower_of(projector: Projector, address: str, topic: str) -> KafkaConsumer:
    """Return a member of a group of the topic's own."""
    return KafkaConsumer(projector, f"kafka://{address}", [topic], group=topic)


@asynccontextmanager
async def following(projector: Projector, address: str, topic: str) -> AsyncIterator[KafkaConsumer]:
    """Let the projector process the topic until the block ends."""
    stop, follower = asyncio.Event(), follower_of(projector, address, topic)
    running = asyncio.create_task(follower.run(stop))
    try:
        yield follower
    finally:
        stop.set()
        await running


def as_consumed(record: LogRecord) -> ConsumerRecord[bytes, bytes]:
    """Return a record as aiokafka hands it over."""
    at = int(record.appended_at.timestamp() * 1000)
    return ConsumerRecord(
        record.topic, record.partition, record.offset, at, 0, record.key, record.value, None, 0, 0, record.headers
    )
