"""Export of a service's public CloudEvents from its store, each with its place in the hash chain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, and_, func, select

from crm_eventlog.log import Outgoing
from crm_eventlog.publishing import EventPublisher
from crm_eventlog.store import FACT_COLUMNS, EventStore, StoredFact, partition_of
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import events

_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """A selection of facts by partition key and time of recording, both ends included. None selects all."""

    partition_key: UUID | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None

    def of_part(self, part: int, *, after: int, upto: int) -> ColumnElement[bool]:
        """Return the condition for the selected facts of a partition between two positions."""
        wanted = [events.c.part == part, events.c.pos > after, events.c.pos <= upto]
        if self.partition_key is not None:
            wanted.append(events.c.partition_key == self.partition_key)
        if self.recorded_from is not None:
            wanted.append(events.c.recorded_at >= self.recorded_from)
        if self.recorded_to is not None:
            wanted.append(events.c.recorded_at <= self.recorded_to)
        return and_(*wanted)


class ExportedEvent(NamedTuple):
    """A public event with the position of its fact, the hash before it and its own hash."""

    part: int
    pos: int
    prev_hash: bytes
    hash: bytes
    record: Outgoing

    @property
    def attributes(self) -> dict[str, str]:
        """Return the attributes of the CloudEvent, without its data."""
        named = {name.removeprefix("ce_"): unquote((value or b"").decode()) for name, value in self.record.headers}
        named["datacontenttype"] = named.pop("content-type")
        return named

    def as_json(self) -> bytes:
        """Return the CloudEvent in structured mode, on one line, with the extensions `prevhash` and `hash`."""
        hashes = {"prevhash": self.prev_hash.hex(), "hash": self.hash.hex()}
        return orjson.dumps({**self.attributes, **hashes, "data": orjson.Fragment(self.record.value)})


@dataclass(slots=True)
class ExportManifest:
    """The result for one partition: the numbers of stored, selected and private facts."""

    part: int
    stored: int
    facts: int = 0
    private: int = 0
    first: tuple[int, str] | None = None
    last: tuple[int, str] | None = None

    def count(self, fact: StoredFact) -> None:
        """Count a selected fact."""
        self.facts += 1
        self.last = (fact.pos, fact.hash.hex())
        self.first = self.first or self.last

    def summary(self) -> dict[str, Any]:
        """Return the entry of the manifest."""
        ends = {
            name: None if place is None else dict(zip(("pos", "hash"), place, strict=True))
            for name, place in (("first", self.first), ("last", self.last))
        }
        counts = {"stored": self.stored, "facts": self.facts, "private": self.private}
        return {"part": self.part, **counts, "events": self.facts - self.private, **ends}


@dataclass
class Export:
    """The export of one service's store as it was at the beginning. Memory is bounded by a page."""

    store: EventStore
    translator: EventPublisher
    asked: ExportRequest
    tallies: list[ExportManifest] = field(init=False)

    def __post_init__(self) -> None:
        heads = self.store.heads()
        key = self.asked.partition_key
        parts = sorted(heads) if key is None else [partition_of(key, len(heads))]
        self.tallies = [ExportManifest(part, heads[part][0]) for part in parts]

    def expected(self) -> int:
        """Return the number of facts to be exported."""
        if self.asked == ExportRequest():
            return sum(tally.stored for tally in self.tallies)
        with reading(self.store.engine) as db:
            counts = [
                select(func.count()).select_from(events).where(self.asked.of_part(each.part, after=0, upto=each.stored))
                for each in self.tallies
            ]
            return sum(db.scalar(count) or 0 for count in counts)

    def pages(self, progress: Callable[[int], None]) -> Iterator[list[ExportedEvent]]:
        """Yield the public events in order, partition by partition. Report the facts read to `progress`."""
        for tally in self.tallies:
            for facts in self._facts(tally):
                yield [each for fact in facts if (each := self._exported(fact, tally)) is not None]
                progress(len(facts))

    def _facts(self, tally: ExportManifest) -> Iterator[list[StoredFact]]:
        after = 0
        while True:
            meant = self.asked.of_part(tally.part, after=after, upto=tally.stored)
            with reading(self.store.engine) as db:
                rows = db.execute(select(*FACT_COLUMNS).where(meant).order_by(events.c.pos).limit(_PAGE)).all()
            if not rows:
                return
            yield [StoredFact(*row) for row in rows]
            after = rows[-1].pos

    def _exported(self, fact: StoredFact, tally: ExportManifest) -> ExportedEvent | None:
        tally.count(fact)
        record = self.translator.verified_record_of(fact)
        if record is None:
            tally.private += 1
            return None
        return ExportedEvent(fact.part, fact.pos, fact.prev_hash, fact.hash, record)
