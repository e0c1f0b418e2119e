"""Taking records in: decode, fold and checkpoint in one transaction; what cannot be read stops its partition loudly."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from crm_eventlog.envelope import CloudEvent, Parse, from_record
from crm_eventlog.log import LogRecord
from crm_eventlog.projection.checkpoint import (
    Mark,
    Overtaken,
    Reader,
    Step,
    advance,
    lay_checkpoints,
    load_checkpoints,
)
from crm_eventlog.store import Conflict
from crm_eventlog.store.engine import reading

Place = tuple[str, int]
Fold = Callable[[Connection], None]
_log = structlog.get_logger(__name__)


class NotNow(Exception):
    """Something outside is down for the moment: the partition waits and the same records come again."""


class GapInLog(Exception):
    """Records between the checkpoint and what was read are missing: reading on would skip them."""


class LogCutShort(Exception):
    """The log ends before the checkpoint: it is another log than the one that was read."""


class Misplaced(Exception):
    """An event lies in another partition than its position says: nobody could tell what was sent again."""


# What passes by itself: the records stay where they are and are taken in again.
TRANSIENT = (OperationalError, InterfaceError, Overtaken, NotNow, Conflict)


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a partition is not read any further, and at which record."""

    topic: str
    partition: int
    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Decoded records of one partition, in order, with their offsets; `end` is the offset after the last record."""

    topic: str
    partition: int
    events: Sequence[tuple[int, CloudEvent]]
    start: int
    end: int

    def since(self, mark: Mark) -> list[CloudEvent]:
        """The events a reader at `mark` has not seen; `GapInLog` when records before them were never read.

        A relay that crashed sends a suffix again, under new offsets; its positions tell that it was seen.
        """
        if self.start > mark.next_offset:
            raise GapInLog(f"{self.topic}[{self.partition}]: offset {mark.next_offset} was expected, {self.start} came")
        fresh: list[CloudEvent] = []
        pos = mark.pos
        for offset, event in self.events:
            if offset >= mark.next_offset and event.pos > pos:
                fresh.append(event)
                pos = event.pos
        return fresh


class Intake(ABC):
    """One or several readers of the same topics that share a transaction per batch."""

    def __init__(self, engine: Engine, parse: Parse, clock: Callable[[], datetime], *, partitions: int) -> None:
        self.engine = engine
        self.stopped: dict[Place, Stopped] = {}
        self._parse = parse
        self._clock = clock
        self._partitions = partitions

    @property
    @abstractmethod
    def topics(self) -> Mapping[Reader, frozenset[str]]:
        """Each reader and the topics it hears."""

    @abstractmethod
    def _ready(self, reader: Reader, events: Sequence[CloudEvent]) -> Fold:
        """Do what must happen outside a transaction with events the reader has not seen; returns the rest."""

    def prepare(self) -> None:
        """Lay the checkpoints that are missing."""
        with self.engine.begin() as db:
            for reader, topics in self.topics.items():
                lay_checkpoints(db, reader, topics, self._partitions, self._clock())

    def positions(self) -> dict[Place, int]:
        """(topic, partition) -> the first offset that one of the readers still needs."""
        with reading(self.engine) as db:
            loaded = load_checkpoints(db, list(self.topics))
        needed: dict[Place, int] = {}
        for (_, topic, partition), mark in loaded.items():
            place = (topic, partition)
            needed[place] = min(mark.next_offset, needed.get(place, mark.next_offset))
        return needed

    def take_in(self, records: Iterable[LogRecord]) -> None:
        """Fold a batch of any topics and partitions; raises only what is transient (take the same records in again)."""
        batch = sorted(records, key=lambda record: (record.topic, record.partition, record.offset))
        open_ones = [record for record in batch if (record.topic, record.partition) not in self.stopped]
        if not open_ones:
            return
        try:
            self._transaction(open_ones)
        except TRANSIENT:
            raise
        except Exception:  # noqa: BLE001 - poison, whatever it raises
            # Find the record, keep everything before it, stop its partition.
            for _, of_partition in groupby(open_ones, key=lambda record: (record.topic, record.partition)):
                self._one_by_one(list(of_partition))

    def _one_by_one(self, records: Sequence[LogRecord]) -> None:
        for record in records:
            try:
                self._transaction([record])
            except TRANSIENT:
                raise
            except Exception as error:  # noqa: BLE001 - poison, whatever it raises
                self._stop(record.topic, record.partition, record.offset, error)
                return

    def compare(self, topic: str, partition: int, *, needed: int, end: int) -> None:
        """Stop a partition that ends before our checkpoint: it is not the one we read, what comes does not follow."""
        if needed > end and (topic, partition) not in self.stopped:
            cut = LogCutShort(f"{topic}[{partition}] ends at {end}, but was read up to {needed}")
            self._stop(topic, partition, end, cut)

    def _stop(self, topic: str, partition: int, offset: int, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"[:500]
        self.stopped[topic, partition] = Stopped(topic, partition, offset, reason)
        _log.error(
            "partition stopped: it cannot be read on from here",
            topic=topic,
            partition=partition,
            offset=offset,
            error_type=type(error).__name__,
        )

    def _transaction(self, records: Sequence[LogRecord]) -> None:
        chunks = [self._decode(list(part)) for _, part in groupby(records, key=lambda record: record[:2])]
        with reading(self.engine) as db:
            loaded = load_checkpoints(db, list(self.topics))
        steps: list[Step] = []
        folds: list[Fold] = []
        for reader, topics in self.topics.items():
            fresh: list[CloudEvent] = []
            for chunk in (chunk for chunk in chunks if chunk.topic in topics):
                mark = loaded[reader, chunk.topic, chunk.partition]
                found = chunk.since(mark)
                fresh += found
                if chunk.end > mark.next_offset:
                    pos = found[-1].pos if found else mark.pos
                    steps.append(Step(reader, chunk.topic, chunk.partition, mark.next_offset, chunk.end, pos))
            if fresh:
                folds.append(self._ready(reader, fresh))
        with self.engine.begin() as db:
            for fold in folds:
                fold(db)
            advance(db, steps, self._clock())

    def _decode(self, records: Sequence[LogRecord]) -> Chunk:
        decoded = [(record.offset, from_record(record.headers, record.value, self._parse)) for record in records]
        first, last = records[0], records[-1]
        known = [(offset, event) for offset, event in decoded if event is not None]
        strange = [event.position for _, event in known if not event.position.startswith(f"{last.partition}:")]
        if strange:
            raise Misplaced(f"{strange[0]} lies in {last.topic}[{last.partition}]")
        return Chunk(last.topic, last.partition, known, first.offset, last.offset + 1)
