"""The log on Kafka: an idempotent producer that waits for all replicas, and group-less reading for replays."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from crm_eventlog.log.contract import LogRecord, Outgoing, TopicMissing
from crm_eventlog.log.lenient import read_leniently

# What is kept for ever: the history is the product.
_KEEP = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
_REPLICAS = 3
_IN_SYNC = 2
_BATCH_BYTES = 512 * 1024
_READ_PATIENCE_MS = 10_000
_NO_TIME = datetime.fromtimestamp(0, tz=UTC)

read_leniently()


def bootstrap_of(url: str) -> list[str]:
    """Each `host:port` of a `kafka://host:port,...` address; FastStream takes what is joined by commas for one host."""
    return url.removeprefix("kafka://").split(",")


class RecordTooLarge(Exception):
    """One record is larger than a whole batch may be."""


class KafkaLog:
    """Appends with `acks=all`, idempotent, to the explicit partition; reads committed records without a group.

    A failed append leaves the producer in doubt (it may not recover its sequence numbers): `reset` throws it away.
    """

    def __init__(self, url: str) -> None:
        self._bootstrap = bootstrap_of(url)
        self._producer: AIOKafkaProducer | None = None
        self._consumer: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        """Whole batches to explicit partitions, all partitions at once; waits for every acknowledgement."""
        producer = await self._started_producer()
        partitions = [partition for partition, records in batch.items() if records]
        ends = await asyncio.gather(
            *(self._send(producer, topic, partition, batch[partition]) for partition in partitions)
        )
        return dict(zip(partitions, ends, strict=True))

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        """From this offset on, or from the earliest kept record when that is later."""
        where = TopicPartition(topic, partition)
        async with self._reading:
            consumer = await self._started_consumer()
            end = (await consumer.end_offsets([where]))[where]
            if offset >= end:
                return []
            if consumer.assignment() != {where}:
                consumer.assign([where])
            if await consumer.position(where) != offset:
                consumer.seek(where, offset)
            found = await consumer.getmany(where, timeout_ms=_READ_PATIENCE_MS, max_records=limit)
        return [as_log_record(record) for record in found.get(where, [])]

    async def end_offsets(self, topic: str) -> dict[int, int]:
        """The high watermark of every partition."""
        async with self._reading:
            consumer = await self._started_consumer()
            partitions = await self._partitions(consumer, topic)
            ends = await consumer.end_offsets([TopicPartition(topic, partition) for partition in partitions])
        return {where.partition: end for where, end in ends.items()}

    async def create_topic(self, topic: str, partitions: int) -> None:
        """With infinite retention and three replicas where there are three brokers; refuses another partition count."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await admin.start()
        try:
            replicas = min(_REPLICAS, len((await admin.describe_cluster())["brokers"]))
            # With `acks=all`: an acknowledged record is on two brokers, where there are two.
            settings = _KEEP | {"min.insync.replicas": str(min(_IN_SYNC, replicas))}
            with suppress(TopicAlreadyExistsError):
                await admin.create_topics([NewTopic(topic, partitions, replicas, topic_configs=settings)])
            (described,) = await admin.describe_topics([topic])
        finally:
            await admin.close()
        found = len(described["partitions"])
        if found not in (0, partitions):
            raise TopicMissing(f"{topic} has {found} partitions, the services agreed on {partitions}")

    async def reset(self) -> None:
        """Throw the producer away, with every record it still holds."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                await producer.stop()

    async def close(self) -> None:
        """Stop producer and consumer."""
        await self.reset()
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    @staticmethod
    async def _send(producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[Outgoing]) -> int:
        """Send the records in order; returns the offset after the last one."""
        sent: list[asyncio.Future[Any]] = []
        waiting = list(reversed(records))
        while waiting:
            builder = producer.create_batch()
            while waiting and _fits(builder, waiting[-1]):
                waiting.pop()
            if not builder.record_count():
                raise RecordTooLarge(f"a record of {len(waiting[-1].value)} bytes for {topic}[{partition}]")
            sent.append(await producer.send_batch(builder, topic, partition=partition))
            count = builder.record_count()
        *_, last = await asyncio.gather(*sent)
        end: int = last.offset + count
        return end

    async def _started_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                acks="all",
                enable_idempotence=True,
                max_batch_size=_BATCH_BYTES,
                compression_type="lz4",
            )
            self._producer = await _started(producer)
        return self._producer

    async def _started_consumer(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                max_partition_fetch_bytes=4 * 1024 * 1024,
            )
            self._consumer = await _started(consumer)
        return self._consumer

    @staticmethod
    async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
        known = consumer.partitions_for_topic(topic)
        if known is None:
            # There is no public way to ask for the metadata of a topic that is not subscribed to.
            await consumer._client.add_topic(topic)
            known = consumer.partitions_for_topic(topic)
        if known is None:
            raise TopicMissing(topic)
        return set(known)


async def _started(client: Any) -> Any:
    """The client, started; one that cannot be started leaves no connection open."""
    try:
        await client.start()
    except BaseException:
        await client.stop()
        raise
    return client


def _fits(builder: Any, record: Outgoing) -> bool:
    written = builder.append(timestamp=None, key=record.key, value=record.value, headers=[*record.headers])
    return written is not None


def as_log_record(record: Any) -> LogRecord:
    """A record of aiokafka as one of ours."""
    return LogRecord(
        record.topic,
        record.partition,
        record.offset,
        record.key,
        record.value,
        record.headers,
        _appended_at(record.timestamp),
    )


def _appended_at(milliseconds: int) -> datetime:
    """The time a producer gave, which may be anything; what no calendar reaches is the beginning of all times."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return _NO_TIME
