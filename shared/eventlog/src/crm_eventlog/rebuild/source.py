"""What a generation is built from: the log, or the stores behind it when the log is not to be trusted."""

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
    """It ends before what the served generation has read of it: it is another one, or it was cut."""


class Source(Protocol):
    """Records by place; `ends` says up to where a generation must read to stand where the served one stands.

    A source can be pickled, and is opened by whoever first reads from it.
    """

    @property
    def name(self) -> str:
        """`log` or `stores`."""
        ...

    def ends(self, marks: Mapping[Place, Checkpoint]) -> dict[Place, int]:
        """The first offset not to be read, for each place."""
        ...

    async def read(self, place: Place, offset: int, limit: int) -> list[LogRecord]:
        """At most `limit` records from an offset on, one at least; `SourceEndsEarly` when there is none."""
        ...

    def batches(
        self, starts: Mapping[Place, int], ends: Mapping[Place, int], size: int
    ) -> AsyncIterator[list[LogRecord]]:
        """Everything from `starts` up to `ends`, each place in its order; `SourceEndsEarly` when there is less."""
        ...

    async def behind(self, marks: Mapping[Place, Checkpoint]) -> int:
        """How many records there are that come after these marks."""
        ...

    def resume(self, engine: Engine) -> None:
        """Let a generation count in this source's offsets, again after it was settled."""
        ...

    def settle(self, engine: Engine, marks: Mapping[Place, Checkpoint]) -> None:
        """Write down, in the log's own offsets, where a generation stands that has read to its ends."""
        ...

    async def close(self) -> None:
        """Let go of what was opened."""
        ...


class LogSource:
    """The topics themselves."""

    name = "log"

    def __init__(self, url: str) -> None:
        self._url = url
        self._log: Log | None = None

    def ends(self, marks: Mapping[Place, Checkpoint]) -> dict[Place, int]:
        """The offsets that the served generation reads next."""
        return {place: mark.next_offset for place, mark in marks.items()}

    async def read(self, place: Place, offset: int, limit: int) -> list[LogRecord]:
        """From the log."""
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
        """From Kafka all places at once, else one after the other."""
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
                raise SourceEndsEarly(f"{topic}[{partition}] has no record at {at[topic, partition]}, {end} was read")

    async def behind(self, marks: Mapping[Place, Checkpoint]) -> int:
        """Against the ends of the topics."""
        behind = 0
        for topic in {topic for topic, _ in marks}:
            with suppress(TopicMissing):
                ends = await self._opened().end_offsets(topic)
                behind += sum(max(0, end - marks[topic, part].next_offset) for part, end in ends.items())
        return behind

    def resume(self, engine: Engine) -> None:
        """It counts in no other."""

    def settle(self, engine: Engine, marks: Mapping[Place, Checkpoint]) -> None:
        """The checkpoints are the log's offsets already."""

    async def close(self) -> None:
        """Close the log."""
        log, self._log = self._log, None
        if log is not None:
            await log.close()

    def _opened(self) -> Log:
        if self._log is None:
            self._log = open_log(self._url, lambda: datetime.now(UTC))
        return self._log


@dataclass(frozen=True)
class PublisherStore:
    """Where one service's store is, what may be read of it, and how its facts become public events."""

    url: str
    service: str
    aggregates: tuple[type[Aggregate], ...]
    publish: Publish


class _UnpublishedEvent:
    """Stands for a fact that stays inside its service, so that positions follow each other."""

    TYPE: ClassVar[str] = "crm.unsaid"

    def model_dump_json(self) -> str:
        """Nothing."""
        return "{}"


class StoreSource:
    """Every topic as its publisher's store says it with today's code; an offset is the position less one."""

    name = "stores"

    def __init__(self, origins: Mapping[str, PublisherStore]) -> None:
        self.origins = origins
        self._stores: dict[str, tuple[EventStore, FactMapper]] = {}

    def ends(self, marks: Mapping[Place, Checkpoint]) -> dict[Place, int]:
        """The positions that the served generation has taken in."""
        return {place: mark.pos for place, mark in marks.items()}

    async def read(self, place: Place, offset: int, limit: int) -> list[LogRecord]:
        """From the store."""
        records = await asyncio.to_thread(self._read, place, offset, limit)
        if not records or records[0].offset > offset:
            raise SourceEndsEarly(f"the store behind {place[0]} has no position {place[1]}:{offset + 1}")
        return records

    def batches(
        self, starts: Mapping[Place, int], ends: Mapping[Place, int], size: int
    ) -> AsyncIterator[list[LogRecord]]:
        """One place after the other."""
        return _one_after_another(self, starts, ends, size)

    async def behind(self, marks: Mapping[Place, Checkpoint]) -> int:
        """Against the heads of the stores."""
        heads = {topic: self._opened(topic)[0].heads() for topic in self.origins}
        return sum(max(0, heads[topic][part][0] - mark.pos) for (topic, part), mark in marks.items())

    def resume(self, engine: Engine) -> None:
        """Positions say how far it has read; the log's offsets may be larger, where something was sent again."""
        with engine.begin() as db:
            db.execute(update(checkpoints).values(next_offset=checkpoints.c.pos))

    def settle(self, engine: Engine, marks: Mapping[Place, Checkpoint]) -> None:
        """The same offsets and positions as the served generation's."""
        with engine.begin() as db:
            for (topic, partition), mark in marks.items():
                here = (checkpoints.c.topic == topic) & (checkpoints.c.partition == partition)
                db.execute(update(checkpoints).where(here).values(next_offset=mark.next_offset, pos=mark.pos))

    async def close(self) -> None:
        """Close the stores."""
        for store, _ in self._stores.values():
            store.engine.dispose()
        self._stores.clear()

    def _opened(self, topic: str) -> tuple[EventStore, FactMapper]:
        if topic not in self._stores:
            origin = self.origins[topic]
            # Reading does not ask how many partitions there are: the store tells.
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
    """Place after place, a partition's topics together; small places share a batch."""
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
    """Return a record for every fact: a private one keeps its place as an event that nobody knows."""
    outgoing = publisher.record_of(fact, private=_UnpublishedEvent())
    if outgoing is None:
        raise AssertionError("a private fact has a record of its own here")
    key, value, headers = outgoing
    return LogRecord(topic, fact.part, fact.pos - 1, key, value, headers, fact.recorded_at)
