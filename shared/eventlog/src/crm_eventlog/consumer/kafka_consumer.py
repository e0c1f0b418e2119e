"""A consumer on Kafka. It uses only the broker lifecycle of FastStream, and checkpoints in the database."""

import asyncio
from collections.abc import Iterable
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import KafkaAckableMessage

from crm_eventlog.consumer.checkpoint import CheckpointConflict
from crm_eventlog.consumer.errors import TRANSIENT
from crm_eventlog.consumer.event_consumer import EventConsumer
from crm_eventlog.log.kafka import as_log_record, bootstrap_of
from crm_eventlog.waiting import wait_or_stop

_log = structlog.get_logger(__name__)
_FIRST_PATIENCE, _LAST_PATIENCE = 0.2, 10.0


def safe_subscriber(
    broker: KafkaBroker, topics: Iterable[str], *, group: str, listener: Any, batch: int, **parts: Any
) -> Any:
    """Create a subscriber with safe settings: batches, manual acknowledgement, earliest offset, committed records."""
    return broker.subscriber(
        *sorted(topics),
        batch=True,
        ack_policy=AckPolicy.MANUAL,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        group_id=group,
        listener=listener,
        max_records=batch,
        batch_timeout_ms=50,
        fetch_max_wait_ms=50,
        max_partition_fetch_bytes=4 * 1024 * 1024,
        rebalance_timeout_ms=60_000,
        no_reply=True,
        **parts,
    )


class KafkaConsumer:
    """One member of a consumer group. Every assignment starts at the consumer's checkpoint.

    The handler never raises. It retries a batch after a transient error, with back-off, and parks a failing record with
    its key (see `EventConsumer`). Kafka's own offsets are committed for lag dashboards only.
    """

    def __init__(
        self, consumer: EventConsumer, url: str, topics: Iterable[str], *, group: str, batch: int = 5_000
    ) -> None:
        self._consumer = consumer
        self._stop = asyncio.Event()
        # The creator of a topic decides its partitions and its retention, not a consumer.
        self._broker = KafkaBroker(
            bootstrap_of(url),
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            # A recreated topic is noticed within seconds, not after five minutes.
            metadata_max_age_ms=10_000,
            logger=None,
        )
        self._subscriber = safe_subscriber(
            self._broker,
            topics,
            group=group,
            listener=_SeekToCheckpoint(self),
            batch=batch,
            parser=self._parse,
            decoder=_raw,
        )
        self._subscriber(self._process_batch)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`, then leave the group, so that others take over at once."""
        self._stop = stop
        await self._broker.start()
        try:
            await stop.wait()
        finally:
            await self._broker.stop()

    @property
    def consumer(self) -> Any:
        """Return the consumer behind the subscriber."""
        return self._subscriber.consumer

    async def seek_to_checkpoints(self, assigned: Iterable[TopicPartition]) -> None:
        """Seek to the checkpoints of the database, whatever Kafka's committed offsets are."""
        needed = await asyncio.to_thread(self._consumer.positions)
        ends = await self.consumer.end_offsets(list(assigned))
        for place in ends:
            if (at := needed.get((place.topic, place.partition))) is None:
                # Newer code reads this partition now, and this process has stopped it.
                continue
            self._consumer.compare(place.topic, place.partition, needed=at, end=ends[place])
            self.consumer.seek(place, at)

    async def _parse(self, raw: tuple[Any, ...]) -> KafkaMessage:
        # FastStream's own parser drops a whole batch for one header that is not UTF-8; nothing is decoded here.
        return KafkaAckableMessage(body=b"", raw_message=raw, consumer=self.consumer)

    async def _process_batch(self, records: Any) -> None:
        batch = [as_log_record(record) for record in records]
        patience, overtaken = _FIRST_PATIENCE, False
        while not self._stop.is_set():
            try:
                if overtaken:
                    # Another process moved a checkpoint, or another generation is served: read on from the checkpoints.
                    if self.consumer:
                        await self.seek_to_checkpoints(self.consumer.assignment())
                    return
                await asyncio.to_thread(self._consumer.process_batch, batch)
            except (KafkaError, *TRANSIENT) as error:
                overtaken = overtaken or isinstance(error, CheckpointConflict)
                _log.warning("consumer waits to retry", error_type=type(error).__name__, seconds=patience)
                await wait_or_stop(self._stop, patience)
                patience = min(2 * patience, _LAST_PATIENCE)
            else:
                await self._tell_dashboards(batch)
                return

    async def _tell_dashboards(self, batch: list[Any]) -> None:
        ends = {TopicPartition(record.topic, record.partition): record.offset + 1 for record in batch}
        # The consumer no longer exists if the last batch ends after the broker was stopped.
        mine = self.consumer.assignment() if self.consumer else ()
        stopped = self._consumer.stopped
        ends = {place: end for place, end in ends.items() if place in mine and tuple(place) not in stopped}
        if ends:
            try:
                await self.consumer.commit(ends)
            except KafkaError as error:
                # A rebalance happened meanwhile. Only the database's checkpoint counts.
                _log.info("offsets for dashboards were not committed", error_type=type(error).__name__)


class _SeekToCheckpoint(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, follower: KafkaConsumer) -> None:
        self._follower = follower

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Hand nothing over: rows and checkpoint are committed together, or not at all."""

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        await self._follower.seek_to_checkpoints(assigned)


async def _raw(message: Any) -> Any:
    return message.raw_message
