"""Reconciliation of a service's store with its topic, position by position: missing, duplicate or different records."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select

from crm_eventlog.log import Log, LogRecord, Outgoing
from crm_eventlog.publishing import EventPublisher, Unpublishable
from crm_eventlog.store import EventStore
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import relay_checkpoints

_PAGE = 2_000
# Discrepancies named per partition. Further ones are only counted.
NAMED = 100


class Discrepancy(NamedTuple):
    """A position where store and topic disagree, or a record without a position. `offset` is the record's."""

    pos: int | None
    offset: int | None
    what: str


@dataclass(slots=True)
class ReconciliationResult:
    """The comparison of one partition's facts with the topic.

    `waiting` facts are beyond the relay's checkpoint and may not be sent yet. `doubled` records repeat the bytes of
    earlier ones, because an interrupted relay sent them again.
    """

    part: int
    facts: int
    waiting: int = 0
    private: int = 0
    records: int = 0
    doubled: int = 0
    wrong: int = 0
    named: list[Discrepancy] = field(default_factory=list)

    def name(self, pos: int | None, offset: int | None, what: str, count: int = 1) -> None:
        """Count discrepancies, and name them up to a limit."""
        self.wrong += count
        if len(self.named) < NAMED:
            self.named.append(Discrepancy(pos, offset, what))


@dataclass(slots=True)
class _Gap:
    """A range of events that the topic skipped."""

    first: int
    last: int
    count: int


class _PublishedEvent:
    """The records that the store gives today, read in windows, because a topic goes forward, or back a little."""

    def __init__(self, store: EventStore, translator: EventPublisher, part: int) -> None:
        self._store, self._translator, self._part = store, translator, part
        self._window = range(0)
        self._records: dict[int, Outgoing | Unpublishable | None] = {}

    async def at(self, pos: int) -> Outgoing | Unpublishable | None:
        """Return the record of a fact, or None if the fact is private or does not exist."""
        if pos not in self._window:
            self._records = await asyncio.to_thread(self._read, pos)
            self._window = range(pos, max(self._records, default=pos) + 1)
        return self._records.get(pos)

    def _read(self, pos: int) -> dict[int, Outgoing | Unpublishable | None]:
        found: dict[int, Outgoing | Unpublishable | None] = {}
        for fact in self._store.read(self._part, pos - 1, _PAGE):
            try:
                found[fact.pos] = self._translator.verified_record_of(fact)
            except Unpublishable as trouble:
                found[fact.pos] = trouble
        return found


class _Partition:
    """One partition while its topic is read from the beginning to the end offset at the start."""

    def __init__(self, store: EventStore, translator: EventPublisher, part: int, relayed: int) -> None:
        self._store, self._part, self._relayed = store, part, relayed
        self._published = _PublishedEvent(store, translator, part)
        self._stored = store.heads()[part][0]
        self._seen = 0
        self._gaps: list[_Gap] = []
        self.found = ReconciliationResult(part, self._stored)

    async def take(self, record: LogRecord) -> None:
        """Compare one record of the topic, in its order."""
        self.found.records += 1
        pos = _position(record, self._part)
        if pos is None:
            return self.found.name(None, record.offset, "a record without a position of this partition")
        if pos > self._stored:
            # The services may be running.
            self._stored = (await asyncio.to_thread(self._store.heads))[self._part][0]
        published = await self._published.at(pos) if 0 < pos <= self._stored else None
        if published is None:
            return self.found.name(pos, record.offset, "a record without a fact in the store")
        if isinstance(published, Unpublishable) or published != (record.key, record.value, tuple(record.headers)):
            self.found.name(pos, record.offset, "different from the fact in the store")
        elif pos <= self._seen:
            self._again(pos, record.offset)
        await self._skip_to(pos)
        self._seen = max(self._seen, pos)
        return None

    async def end(self) -> ReconciliationResult:
        """Return the result, with everything missing that was relayed by the start."""
        await self._skip_to(self._relayed + 1)
        self.found.facts = self._stored
        self.found.waiting = max(0, self._stored - max(self._seen, self._relayed))
        for gap in self._gaps:
            if gap.count:
                what = f"missing on the topic: {gap.count:,} events at positions {gap.first} to {gap.last}"
                self.found.name(gap.first, None, what, gap.count)
        return self.found

    def _again(self, pos: int, offset: int) -> None:
        gap = next((gap for gap in self._gaps if gap.count and gap.first <= pos <= gap.last), None)
        if gap is None:
            self.found.doubled += 1
        else:
            gap.count -= 1
            self.found.name(pos, offset, "out of order")

    async def _skip_to(self, pos: int) -> None:
        gap = _Gap(0, 0, 0)
        for skipped in range(self._seen + 1, pos):
            if await self._published.at(skipped) is None:
                self.found.private += 1
            else:
                gap = _Gap(gap.first or skipped, skipped, gap.count + 1)
        if gap.count:
            self._gaps.append(gap)
        self._seen = max(self._seen, pos - 1)


async def reconcile(
    store: EventStore, translator: EventPublisher, log: Log, topic: str, *, progress: Callable[[int], None]
) -> list[ReconciliationResult]:
    """Compare every partition of a topic with its store, in one pass. Report the records compared to `progress`.

    The services may be running: everything relayed before the start must be on the topic.
    """
    relayed = await asyncio.to_thread(_relayed, store)
    ends = await log.end_offsets(topic)
    found = []
    for part in sorted(relayed):
        partition, offset = _Partition(store, translator, part, relayed[part]), 0
        while offset < ends.get(part, 0) and (records := await log.read(topic, part, offset, _PAGE)):
            for record in records:
                await partition.take(record)
            offset = records[-1].offset + 1
            progress(len(records))
        found.append(await partition.end())
    return found


def _relayed(store: EventStore) -> dict[int, int]:
    with reading(store.engine) as db:
        checkpoints = select(relay_checkpoints.c.part, relay_checkpoints.c.pos)
        return dict(row._tuple() for row in db.execute(checkpoints))


def _position(record: LogRecord, part: int) -> int | None:
    of_part, _, pos = (dict(record.headers).get("ce_position") or b"").partition(b":")
    return int(pos) if of_part == b"%d" % part and pos.isdigit() else None
