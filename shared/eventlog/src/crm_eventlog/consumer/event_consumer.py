"""Consumer of events: it decodes, folds and checkpoints a batch in one transaction, and parks failing records."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from crm_eventlog.consumer.checkpoint import (
    CheckpointConflict,
    Reader,
    advance,
    create_missing_checkpoints,
    load_checkpoints,
)
from crm_eventlog.consumer.errors import LogCutShort, Misplaced, ParkingFull, format_error, is_transient
from crm_eventlog.consumer.parking import ParkedRecord, count_of, key_of, park, waiting_keys
from crm_eventlog.consumer.plan import DecodedRecord, Plan, plan_for
from crm_eventlog.consumer.read_your_writes import parse_position
from crm_eventlog.envelope import CloudEvent, Parse, from_record
from crm_eventlog.log import LogRecord
from crm_eventlog.store.engine import reading

# Parked records of one reader at which it pauses.
PARKING = 10_000

Place = tuple[str, int]
Waiting = Mapping[Reader, frozenset[tuple[int, str]]]
Fold = Callable[[Connection], None]
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stopped:
    """The record at which a partition stopped, and the reason."""

    topic: str
    partition: int
    offset: int
    reason: str


class EventConsumer(ABC):
    """One or several readers of the same topics that share a transaction per batch.

    A record that a reader cannot process is parked. Later records of the same key queue behind it, and all other keys
    flow. At most `parking` records are parked for a reader. Then it pauses, and skips nothing.
    """

    def __init__(
        self,
        engine: Engine,
        parse: Parse,
        clock: Callable[[], datetime],
        *,
        partitions: int,
        parking: int = PARKING,
    ) -> None:
        self.engine = engine
        self.stopped: dict[Place, Stopped] = {}
        self._parse = parse
        self._clock = clock
        self._partitions = partitions
        self._parking = parking
        # A hook around every batch, which may measure it and see its errors.
        self.around_batch: Callable[[Sequence[LogRecord]], AbstractContextManager[object]] = nullcontext

    @property
    @abstractmethod
    def topics(self) -> Mapping[Reader, frozenset[str]]:
        """Return each reader and the topics it consumes."""

    @abstractmethod
    def ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Fold:
        """Process new events as far as this happens outside of a transaction. Return the rest as a function."""

    def prepare(self) -> None:
        """Create the missing checkpoints."""
        with self.engine.begin() as db:
            for reader, topics in self.topics.items():
                create_missing_checkpoints(db, reader, topics, self._partitions, self._clock())

    def positions(self) -> dict[Place, int]:
        """Return the first offset that one of the readers still needs, by (topic, partition)."""
        with reading(self.engine) as db:
            loaded = load_checkpoints(db, list(self.topics))
        needed: dict[Place, int] = {}
        for (_, topic, partition), mark in loaded.items():
            place = (topic, partition)
            needed[place] = min(mark.next_offset, needed.get(place, mark.next_offset))
        return needed

    def decode(self, record: LogRecord) -> CloudEvent | None:
        """Return the event in a record, or None if its type is unknown here."""
        event = from_record(record.headers, record.value, self._parse)
        if event is not None and parse_position(event.position)[0] != record.partition:
            raise Misplaced(f"{event.position} lies in {record.topic}[{record.partition}]")
        return event

    def process_batch(self, records: Iterable[LogRecord]) -> None:
        """Process a batch of any topics and partitions. Raise only transient errors, which ask for a retry."""
        batch = list(records)
        with self.around_batch(batch):
            ordered = sorted(batch, key=lambda record: (record.topic, record.partition, record.offset))
            self._process_batch(self._open(ordered))

    def compare(self, topic: str, partition: int, *, needed: int, end: int) -> None:
        """Stop a partition that ends before our checkpoint, because it is not the one we read."""
        if needed > end and (topic, partition) not in self.stopped:
            cut = LogCutShort(f"{topic}[{partition}] ends at {end}, but was read up to {needed}")
            self.stop(topic, partition, end, cut)

    def _open(self, records: Sequence[LogRecord]) -> Sequence[LogRecord]:
        return [record for record in records if (record.topic, record.partition) not in self.stopped]

    def _process_batch(self, records: Sequence[LogRecord]) -> None:
        """Process the batch in one transaction. Bisect it if a record fails or the parking table is full."""
        if not records:
            return
        alone = len(records) == 1
        try:
            self._transaction(records, alone=alone)
        except Exception as error:
            if is_transient(error) and (alone or not isinstance(error, ParkingFull)):
                raise
            if alone:
                self.stop(*records[0][:3], error)
                return
            half = len(records) // 2
            self._process_batch(records[:half])
            self._process_batch(self._open(records[half:]))

    def stop(self, topic: str, partition: int, offset: int, error: Exception) -> None:
        """Stop reading this partition until an operator has looked."""
        self.stopped[topic, partition] = Stopped(topic, partition, offset, format_error(error)[:500])
        _log.error(
            "partition stopped: it cannot be read further",
            topic=topic,
            partition=partition,
            offset=offset,
            error_type=type(error).__name__,
        )

    def _transaction(self, records: Sequence[LogRecord], *, alone: bool) -> None:
        """Fold and checkpoint. A record that is `alone` may fail for one reader and be parked for it."""
        decoded = [self._decoded(record, alone=alone) for record in records]
        readers = list(self.topics)
        with reading(self.engine) as db:
            marks, waiting = load_checkpoints(db, readers), waiting_keys(db, readers)
        plans = [plan_for(of, topics, decoded, marks, waiting[of]) for of, topics in self.topics.items()]
        folds = [(plan, fold) for plan in plans if plan.fresh and (fold := self._prepared(plan, alone=alone))]
        with self.engine.begin() as db:
            # First, so that a redrive of the same key waits for this batch, or the other way round.
            advance(db, [step for plan in plans for step in plan.steps], self._clock())
            if _changed(waiting, waiting_keys(db, readers), records):
                raise CheckpointConflict("a key was parked or redriven in between")
            for plan, fold in folds:
                _fold(db, plan, fold, alone=alone)
            self._park(db, [parked_record for plan in plans for parked_record in plan.to_park])

    def _decoded(self, record: LogRecord, *, alone: bool) -> DecodedRecord:
        try:
            return DecodedRecord(record, self.decode(record))
        except Exception as error:
            if not alone:
                raise
            return DecodedRecord(record, None, format_error(error))

    def _prepared(self, plan: Plan, *, alone: bool) -> Fold | None:
        try:
            return self.ready(plan.reader, plan.events)
        except Exception as error:
            if is_transient(error) or not alone:
                raise
            plan.failed(error)
            return None

    def _park(self, db: Connection, to_park: Sequence[ParkedRecord]) -> None:
        if not to_park:
            return
        park(db, to_park, self._clock())
        for reader in sorted({parked_record.reader for parked_record in to_park}):
            if count_of(db, reader) > self._parking:
                raise ParkingFull(f"{reader.name}: more than {self._parking} records are parked")
        for parked_record in to_park:
            if parked_record.error is not None:
                _log.error(
                    "record parked, its key waits",
                    reader=parked_record.reader.name,
                    topic=parked_record.record.topic,
                    partition=parked_record.record.partition,
                    offset=parked_record.record.offset,
                    error_type=parked_record.error.partition(":")[0],
                )


def _fold(db: Connection, plan: Plan, fold: Fold, *, alone: bool) -> None:
    if not alone:
        fold(db)
        return
    try:
        with db.begin_nested():
            fold(db)
    except Exception as error:
        if is_transient(error):
            raise
        plan.failed(error)


def _changed(before: Waiting, now: Waiting, records: Iterable[LogRecord]) -> bool:
    """Return True if a key of one of these records began or ceased to wait. Ignore other keys."""
    if before == now:
        return False
    touched = {(record.partition, key_of(record)) for record in records}
    return any((before[reader] ^ now[reader]) & touched for reader in before)
