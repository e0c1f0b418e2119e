"""Sources of a rebuild: the log, or the publishers' stores if the log is not trustworthy."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Protocol

from sqlalchemy import Engine, update

from crm_eventlog.aggregate import Aggregate
from crm_eventlog.consumer.checkpoint import Checkpoint
from crm_eventlog.facts import FactMapper
from crm_eventlog.log import KafkaLog, Log, LogRecord, TopicMissing, open_log
from crm_eventlog.publishing import EventPublisher, Publish
from crm_eventlog.store import EventStore, StoredFact, open_engine, open_store
from crm_eventlog.tables import checkpoints

Place = tuple[str, int]


class SourceEndsEarly(Exception):
    """A source that ends before the served generation's checkpoint. It is another one, or it was cut."""


class Source(Protocol):
    """A source of records by place.

    `ends` returns the offsets at which a new generation reaches the served one. A source can be pickled. The first read
    opens it.
    """

    @property
    def name(self) -> str:
        """Return `log` or `stores`."""
        ...

    def ends(self, marks: Mapping[Place, Checkpoint]) -> dict[Place, int]:
        """Return the exclusive end offset of each place."""
        ...

    async def read(self, place: Place, offset: int, limit: int) -> list[LogRecord]:
        """Return between 1 and `limit` records from an offset on. Raise `SourceEndsEarly` if there is none."""
        ...

    def batches(
        self, starts: Mapping[Place, int], ends: Mapping[Place, int], size: int
    ) -> AsyncIterator[list[LogRecord]]:
        """Yield everything from `starts` up to `ends`, each place in order.

        Raise `SourceEndsEarly` if records are missing.
        """
        ...

    async def behind(self, marks: Mapping[Place, Checkpoint]) -> int:
        """Return the number of records after these checkpoints."""
        ...

    def resume(self, engine: Engine) -> None:
        """Set a generation's offsets to those of this source, after they were settled."""
        ...

    def settle(self, engine: Engine, marks: Mapping[Place, Checkpoint]) -> None:
        """Set the offsets of a complete generation to those of the log."""
        ...

    async def close(self) -> None:
        """Close everything that was opened."""
        ...


class LogSource:
    """The topics of the log."""

    name = "log"

    def __init__(self, url: str) -> None:
        self._url = url
        self._log: Log | None = None

    def ends(self, marks: Mapping[Place, Checkpoint]) -> dict[Place, int]:
        """Return the next offsets of the served generation."""
        return {place: mark.next_offset for place, mark in marks.items()}

    async def read(self, place: Place, offset: int, limit: int) -> list[LogRecord]:
        """Read from the log."""
        try:
            records = await self._opened().read(*place, offset, limit)
        except TopicMissing:
            records = []
        if not records or records[0].offset > offset:
            raise SourceEndsEarly(f"{place[0]}[{place[1]}] has no record at {offset}; the stores may still have it")
        return records

    async def batches(
        self, starts: Mapping[Place, int], ends: Mapping[Place, int], size: int
    ) -> AsyncIterator[list[LogRecord]]:
        """Read all places at once from Kafka, else one after the other."""
        log = self._opened()
        if not isinstance(log, KafkaLog):
            async for batch in _one_after_another(self, starts, ends, size):
                yield batch
            return
        at = dict(starts)
        async for batch in log.replay(starts, ends, size):
            yield batch
            at |= {(record.topic, record.partition): record.offset + 1 for record in batch}
        for (topic, partition), end in ends.items():
            if at[topic, partition] < end:
                raise SourceEndsEarly(
                    f"{topic}[{partition}] has no record at {at[topic, partition]}, but was read up to {end}"
                )

    async def behind(self, marks: Mapping[Place, Checkpoint]) -> int:
        """Compare with the end offsets of the topics."""
        behind = 0
        for topic in {topic for topic, _ in marks}:
            with suppress(TopicMissing):
                ends = await self._opened().end_offsets(topic)
                behind += sum(max(0, end - marks[topic, part].next_offset) for part, end in ends.items())
        return behind

    def resume(self, engine: Engine) -> None:
        """Do nothing, since the offsets are the log's."""

    def settle(self, engine: Engine, marks: Mapping[Place, Checkpoint]) -> None:
        """Do nothing, since the offsets are the log's."""

    async def close(self) -> None:
        log, self._log = self._log, None
        if log is not None:
            await log.close()

    def _opened(self) -> Log:
        if self._log is None:
            self._log = open_log(self._url, lambda: datetime.now(UTC))
        return self._log


@dataclass(frozen=True)
class PublisherStore:
    """The store of one service, its readable aggregates, and the function that publishes its facts."""

    url: str
    service: str
    aggregates: tuple[type[Aggregate], ...]
    publish: Publish


class _UnpublishedEvent:
    """A placeholder for a private fact, so that positions follow each other."""

    TYPE: ClassVar[str] = "crm.unsaid"

    def model_dump_json(self) -> str:
        """Return an empty object."""
        return "{}"


class StoreSource:
    """The topics as today's code publishes the stores. An offset is the position minus one."""

    name = "stores"

    def __init__(self, origins: Mapping[str, PublisherStore]) -> None:
        self.origins = origins
        self._stores: dict[str, tuple[EventStore, FactMapper]] = {}

    def ends(self, marks: Mapping[Place, Checkpoint]) -> dict[Place, int]:
        """Return the positions that the served generation has processed."""
        return {place: mark.pos for place, mark in marks.items()}

    async def read(self, place: Place, offset: int, limit: int) -> list[LogRecord]:
        """Read from the store."""
        records = await asyncio.to_thread(self._read, place, offset, limit)
        if not records or records[0].offset > offset:
            raise SourceEndsEarly(f"the store behind {place[0]} has no position {place[1]}:{offset + 1}")
        return records

    def batches(
        self, starts: Mapping[Place, int], ends: Mapping[Place, int], size: int
    ) -> AsyncIterator[list[LogRecord]]:
        """Read one place after the other."""
        return _one_after_another(self, starts, ends, size)

    async def behind(self, marks: Mapping[Place, Checkpoint]) -> int:
        """Compare with the heads of the stores."""
        heads = {topic: self._opened(topic)[0].heads() for topic in self.origins}
        return sum(max(0, heads[topic][part][0] - mark.pos) for (topic, part), mark in marks.items())

    def resume(self, engine: Engine) -> None:
        """Set offsets to positions. The log's offsets may be larger, if records were sent again."""
        with engine.begin() as db:
            db.execute(update(checkpoints).values(next_offset=checkpoints.c.pos))

    def settle(self, engine: Engine, marks: Mapping[Place, Checkpoint]) -> None:
        """Copy the offsets and positions of the served generation."""
        with engine.begin() as db:
            for (topic, partition), mark in marks.items():
                here = (checkpoints.c.topic == topic) & (checkpoints.c.partition == partition)
                db.execute(update(checkpoints).where(here).values(next_offset=mark.next_offset, pos=mark.pos))

    async def close(self) -> None:
        for store, _ in self._stores.values():
            store.engine.dispose()
        self._stores.clear()

    def _opened(self, topic: str) -> tuple[EventStore, FactMapper]:
        if topic not in self._stores:
            origin = self.origins[topic]
            # Reading does not need the number of partitions.
            store = open_store(open_engine(origin.url, pool_size=2), source=origin.service, partitions=1)
            self._stores[topic] = store, FactMapper(origin.aggregates)
        return self._stores[topic]

    def _read(self, place: Place, offset: int, limit: int) -> list[LogRecord]:
        topic, partition = place
        store, mapper = self._opened(topic)
        publisher = EventPublisher(store.source, mapper, self.origins[topic].publish)
        return [_record(topic, publisher, fact) for fact in store.read(partition, offset, limit)]


async def _one_after_another(
    source: Source, starts: Mapping[Place, int], ends: Mapping[Place, int], size: int
) -> AsyncIterator[list[LogRecord]]:
    """Yield place after place, a partition's topics together. Small places share a batch."""
    gathered: list[LogRecord] = []
    for place in sorted(ends, key=lambda place: (place[1], place[0])):
        offset = starts[place]
        while offset < ends[place]:
            found = await source.read(place, offset, size - len(gathered))
            gathered += [record for record in found if record.offset < ends[place]]
            offset = found[-1].offset + 1
            if len(gathered) >= size:
                yield gathered
                gathered = []
    if gathered:
        yield gathered


def _record(topic: str, publisher: EventPublisher, fact: StoredFact) -> LogRecord:
    """Return a record for every fact. A private fact keeps its place as an event of an unknown type."""
    outgoing = publisher.record_of(fact, private=_UnpublishedEvent())
    if outgoing is None:
        raise AssertionError("a private fact has a record of its own here")
    key, value, headers = outgoing
    return LogRecord(topic, fact.part, fact.pos - 1, key, value, headers, fact.recorded_at)
