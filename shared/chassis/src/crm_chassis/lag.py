"""The lag of every reader of a service, measured once a second beside the work."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

import structlog
from sqlalchemy import Engine, func, select

from crm_chassis.record_age import RecordAges
from crm_eventlog.consumer import PARKING, EventConsumer, count_parked
from crm_eventlog.log import Log, TopicMissing
from crm_eventlog.relay import Unpublished, unpublished
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import checkpoints, parked
from crm_eventlog.waiting import wait_or_stop

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
LOG = "log"

RELAY = "relay"


@dataclass(frozen=True, slots=True)
class PlaceLag:
    """The lag of one generation of one reader in one partition of one topic."""

    reader: str
    generation: int
    topic: str
    partition: int
    events: int
    seconds: float
    checkpoint_age: float
    parked_records: int = 0
    parked_keys: int = 0


@dataclass(frozen=True, slots=True)
class ReaderLag:
    """The lag of one reader.

    `events` are not processed yet. The oldest of them is `seconds` old. `stopped` names the partitions that wait for an
    operator, with the reason. `still` counts the seconds without progress while the reader is behind. `parked_records`
    are parked under `parked_keys`. `full` says that parking takes no more records.
    """

    reader: str
    events: int
    stopped: tuple[str, ...] = ()
    still: float = 0.0
    seconds: float = 0.0
    parked_records: int = 0
    parked_keys: int = 0
    full: bool = False
    places: tuple[PlaceLag, ...] = ()


Lags = Callable[[], Sequence[ReaderLag]]

# A reader, its generation, a topic and a partition of it.
Where = tuple[str, int, str, int]


class _Read(NamedTuple):
    """The state of all readers in the database: checkpoints, parked records and facts that are not relayed yet."""

    places: Mapping[Where, tuple[int, datetime]]
    parked_records: Mapping[Where, tuple[int, int]]
    parked: Mapping[str, tuple[int, int]]
    unpublished: Unpublished


class LagWatch:
    """The lag of all readers, as last measured."""

    def __init__(
        self,
        engine: Engine,
        topics: Log,
        *,
        taking: Sequence[EventConsumer] = (),
        seconds: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        parking: int = PARKING,
    ) -> None:
        self._engine, self._log, self._taking, self._seconds = engine, topics, taking, seconds
        self._clock, self._parking = clock, parking
        self._ages = RecordAges(topics, clock)
        self._behind: dict[str, ReaderLag] = {}
        self._moved: dict[str, tuple[int, float]] = {}
        self._looked_at = seconds()

    def __call__(self) -> list[ReaderLag]:
        """Return the lag of every reader, and of the log itself: `still` for as long as it has not answered."""
        now = self._seconds()
        readers = [
            replace(seen, stopped=self._stops(reader), still=self._still(reader, now))
            for reader, seen in sorted(self._behind.items())
        ]
        return [*readers, ReaderLag(LOG, events=0, still=now - self._looked_at)]

    async def run(self, stop: asyncio.Event) -> None:
        """Measure until `stop`.

        A log that does not answer shows in the age of the last measurement.
        """
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - whatever keeps us from looking is what readiness must show
                log.warning("lag measurement failed", error_type=type(error).__name__)
            await wait_or_stop(stop, LOOK_EVERY)

    async def look(self) -> None:
        """Compare the checkpoints of the readers with the end offsets of the log."""
        read = await asyncio.to_thread(self._read)
        ends = await self._ends({topic for _, _, topic, _ in read.places})
        taken: dict[tuple[str, int], int] = {}
        for where, (offset, _) in read.places.items():
            taken[where[2:]] = min(offset, taken.get(where[2:], offset))
        self._ages.note(ends, taken)
        behind = {(where[2:], at) for where, (at, _) in read.places.items() if ends.get(where[2:], 0) > at}
        await self._ages.learn(behind)
        lags: dict[str, list[PlaceLag]] = defaultdict(list)
        stand: dict[str, int] = defaultdict(int)
        for where, (offset, moved_at) in read.places.items():
            lags[where[0]].append(self._place(where, offset, moved_at, ends, read.parked_records.get(where, (0, 0))))
            stand[where[0]] += offset
        seen = {reader: self._reader(reader, places, read.parked) for reader, places in lags.items()}
        seen[RELAY] = self._relay(read.unpublished)
        stand[RELAY] = -seen[RELAY].events
        self._note(seen, stand)

    def _place(
        self,
        where: Where,
        offset: int,
        moved_at: datetime,
        ends: Mapping[tuple[str, int], int],
        parked_records: tuple[int, int],
    ) -> PlaceLag:
        events = max(0, ends.get(where[2:], 0) - offset)
        seconds = self._ages.seconds(where[2:], offset) if events else 0.0
        return PlaceLag(*where, events, seconds, max(0.0, (self._clock() - moved_at).total_seconds()), *parked_records)

    def _reader(
        self, reader: str, places: Sequence[PlaceLag], parked_records: Mapping[str, tuple[int, int]]
    ) -> ReaderLag:
        records, keys = parked_records.get(reader, (0, 0))
        return ReaderLag(
            reader,
            events=sum(place.events for place in places),
            seconds=max(place.seconds for place in places),
            parked_records=records,
            parked_keys=keys,
            full=records >= self._parking,
            places=tuple(places),
        )

    def _relay(self, left: Unpublished) -> ReaderLag:
        seconds = max(0.0, (self._clock() - left.since).total_seconds()) if left.since else 0.0
        return ReaderLag(RELAY, events=left.facts, seconds=seconds)

    def _note(self, seen: Mapping[str, ReaderLag], stand: Mapping[str, int]) -> None:
        now = self._seconds()
        for reader, at in stand.items():
            if not seen[reader].events or self._moved.get(reader, (None,))[0] != at:
                self._moved[reader] = (at, now)
        self._behind, self._looked_at = dict(seen), now

    def _still(self, reader: str, now: float) -> float:
        return now - self._moved[reader][1] if self._behind[reader].events else 0.0

    def _stops(self, reader: str) -> tuple[str, ...]:
        """Return where a reader of this process waits for an operator, and the type of the error, never its values."""
        return tuple(
            f"{stop.topic}/{stop.partition} offset {stop.offset}: {stop.reason.partition(':')[0]}"
            for consumer in self._taking
            for of_intake, topics in consumer.topics.items()
            for stop in consumer.stopped.values()
            if of_intake.name == reader and stop.topic in topics
        )

    def _read(self) -> _Read:
        where = checkpoints.c.reader, checkpoints.c.generation, checkpoints.c.topic, checkpoints.c.partition
        stands = select(*where, checkpoints.c.next_offset, checkpoints.c.updated_at)
        columns_of_place = [parked.c[column.name] for column in where]
        counted = select(*columns_of_place, func.count(), func.count(parked.c.key.distinct())).group_by(
            *columns_of_place
        )
        with reading(self._engine) as db:
            places = {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in db.execute(stands)}
            parked_records = {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in db.execute(counted)}
            return _Read(places, parked_records, count_parked(db), unpublished(self._engine))

    async def _ends(self, topics: set[str]) -> dict[tuple[str, int], int]:
        found: dict[tuple[str, int], int] = {}
        for topic in sorted(topics):
            # A publisher that was never started has no topic yet.
            with suppress(TopicMissing):
                found |= {(topic, part): end for part, end in (await self._log.end_offsets(topic)).items()}
        return found
