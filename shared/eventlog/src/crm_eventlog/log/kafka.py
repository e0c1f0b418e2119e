"""The log on Kafka: an idempotent producer that waits for all replicas, and replays without a consumer group."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from crm_eventlog.log.log import LogRecord, Outgoing, TopicMissing

# Topics are kept forever, because the history is the product.
_KEEP = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
_REPLICAS = 3
_IN_SYNC = 2
_BATCH_BYTES = 512 * 1024
_READ_PATIENCE_MS = 10_000
_LOOKS, _BETWEEN_LOOKS = 100, 0.05
_NO_TIME = datetime.fromtimestamp(0, tz=UTC)


def bootstrap_of(url: str) -> list[str]:
    """Return each `host:port` of `kafka://host:port,...`, because FastStream takes a joined text for one host."""
    return url.removeprefix("kafka://").split(",")


class RecordTooLarge(Exception):
    """A record that is larger than a whole batch."""


class KafkaLog:
    """A log that appends with `acks=all`, idempotent, to explicit partitions, and reads without a consumer group.

    After a failed append the producer is in doubt, because it may not recover its sequence numbers. `reset` discards
    it.
    """

    def __init__(self, url: str) -> None:
        self._bootstrap = bootstrap_of(url)
        self._producer: AIOKafkaProducer | None = None
        self._consumer: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()
        self._next: tuple[TopicPartition, int] | None = None

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        """Send whole batches to all partitions at once and wait for every acknowledgement."""
        producer = await self._started_producer()
        partitions = [partition for partition, records in batch.items() if records]
        ends = await asyncio.gather(
            *(self._send(producer, topic, partition, batch[partition]) for partition in partitions)
        )
        return dict(zip(partitions, ends, strict=True))

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        """Read from this offset, or from the earliest kept record if that is later."""
        where = TopicPartition(topic, partition)
        async with self._reading:
            consumer = await self._started_consumer()
            end = (await consumer.end_offsets([where]))[where]
            if offset >= end:
                return []
            if self._next != (where, offset):
                self._turn_to(consumer, where)
                consumer.seek(where, offset)
            found = await consumer.getmany(where, timeout_ms=_READ_PATIENCE_MS, max_records=limit)
            records = [as_log_record(record) for record in found.get(where, [])]
            # Reading on from here needs no seek, which would discard prefetched records.
            self._next = (where, records[-1].offset + 1) if records else None
        return records

    async def replay(
        self, starts: Mapping[tuple[str, int], int], ends: Mapping[tuple[str, int], int], size: int
    ) -> AsyncIterator[list[LogRecord]]:
        """Yield everything from `starts` up to `ends`, all partitions at once and each in order.

        End early if a partition does. The caller must check whether all records came.
        """
        left = {TopicPartition(*place): end for place, end in ends.items() if starts[place] < end}
        if not left:
            return
        consumer = await _started(self._reader(fetch_max_wait_ms=100))
        try:
            consumer.assign([*left])
            for where in left:
                consumer.seek(where, starts[tuple(where)])
            while left and (found := await consumer.getmany(timeout_ms=_READ_PATIENCE_MS, max_records=size)):
                each_of = ((each, left[where]) for where, records in found.items() for each in records)
                yield [as_log_record(each) for each, end in each_of if each.offset < end]
                for where, records in found.items():
                    if records[-1].offset + 1 >= left[where]:
                        consumer.pause(where)
                        del left[where]
        finally:
            await consumer.stop()

    async def end_offsets(self, topic: str) -> dict[int, int]:
        """Return the high watermark of every partition."""
        async with self._reading:
            consumer = await self._started_consumer()
            partitions = await self._partitions(consumer, topic)
            ends = await consumer.end_offsets([TopicPartition(topic, partition) for partition in partitions])
        return {where.partition: end for where, end in ends.items()}

    async def create_topic(self, topic: str, partitions: int) -> None:
        """Create the topic with infinite retention, and three replicas on three brokers.

        Reject another partition count.
        """
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await admin.start()
        try:
            replicas = min(_REPLICAS, len((await admin.describe_cluster())["brokers"]))
            # With `acks=all` an acknowledged record is on two brokers, if there are two.
            settings = _KEEP | {"min.insync.replicas": str(min(_IN_SYNC, replicas))}
            with suppress(TopicAlreadyExistsError):
                await admin.create_topics([NewTopic(topic, partitions, replicas, topic_configs=settings)])
            found = await _known_partitions(admin, topic)
        finally:
            await admin.close()
        if found != partitions:
            raise TopicMissing(f"{topic} has {found} partitions, but the settings say {partitions}")

    async def reset(self) -> None:
        """Discard the producer, with every record it still holds."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                await producer.stop()

    async def close(self) -> None:
        """Stop producer and consumer."""
        await self.reset()
        consumer, self._consumer, self._next = self._consumer, None, None
        if consumer is not None:
            await consumer.stop()

    @staticmethod
    async def _send(producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[Outgoing]) -> int:
        """Send the records in order. Return the offset after the last one."""
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

    @staticmethod
    def _turn_to(consumer: AIOKafkaConsumer, where: TopicPartition) -> None:
        """Fetch from this partition only.

        Keep the others assigned but paused, because changing the assignment costs a round trip.
        """
        if where not in consumer.assignment():
            consumer.assign([*consumer.assignment(), where])
        consumer.pause(*consumer.assignment())
        consumer.resume(where)

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

    def _reader(self, *, fetch_max_wait_ms: int) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            fetch_max_wait_ms=fetch_max_wait_ms,
        )

    async def _started_consumer(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            # A fetch that waits for more records would delay the next partition.
            consumer = self._reader(fetch_max_wait_ms=10)
            self._consumer = await _started(consumer)
        return self._consumer

    @staticmethod
    async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
        known = consumer.partitions_for_topic(topic)
        # aiokafka has no public way to request the metadata of a topic without a subscription. A response on its way
        # may not contain the topic, so we ask twice.
        for ask in (consumer._client.add_topic, lambda _: consumer._client.force_metadata_update()):
            if known is None:
                await ask(topic)
                known = consumer.partitions_for_topic(topic)
        if known is None:
            raise TopicMissing(topic)
        return set(known)


async def _known_partitions(admin: AIOKafkaAdminClient, topic: str) -> int:
    """Return the number of partitions that the brokers know. They learn of a new topic with a delay."""
    for _ in range(_LOOKS):
        (described,) = await admin.describe_topics([topic])
        if found := [each for each in described["partitions"] if each["leader"] >= 0]:
            return len(found)
        await asyncio.sleep(_BETWEEN_LOOKS)
    return 0


async def _started(client: Any) -> Any:
    """Start the client and return it. If that fails, leave no connection open."""
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
    """Convert a record of aiokafka."""
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
    """Convert a producer's timestamp, which may be anything. Return the epoch if no calendar reaches it."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return _NO_TIME
