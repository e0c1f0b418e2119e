"""The outbox relay, from store to log: every fact in the order of its partition, as its public event."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from eventsourcing.persistence import Mapper
from sqlalchemy import Engine, select, update

from crm_eventlog.log import Log, Outgoing
from crm_eventlog.ownership import Ownership
from crm_eventlog.publishing import EventPublisher, Publish
from crm_eventlog.store import EventStore, StoredFact
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import counters, events, relay_checkpoints
from crm_eventlog.waiting import wait_or_stop

_log = structlog.get_logger(__name__)


class Fenced(Exception):
    """A partition that another relay took over during a step."""


class TopicReplaced(Exception):
    """A topic that ends before what was sent to it. It is another topic, without the old records."""


class GapInStore(Exception):
    """A gap in the positions of a partition. The store is damaged."""


@dataclass(slots=True)
class _Place:
    """The relayed position of a partition, and the epoch under which this process owns it."""

    pos: int
    epoch: int
    next_offset: int


@dataclass(frozen=True, slots=True)
class _Moved:
    """One step of one partition."""

    part: int
    pos: int
    facts: int
    records: Sequence[Outgoing]


class Relay:
    """A relay of stored facts to the service's topic. Each partition has one owner, and other relays wait.

    Delivery is at least once and in order. The checkpoint moves after all records are acknowledged, so a crash resends
    a suffix of the same bytes.
    """

    def __init__(
        self,
        store: EventStore,
        mapper: Mapper[UUID],
        publish: Publish,
        log: Log,
        ownership: Ownership,
        *,
        topic: str,
        batch: int = 2_000,
    ) -> None:
        self._store, self._log = store, log
        self._publisher = EventPublisher(store.source, mapper, publish)
        self._ownership, self._topic, self._batch = ownership, topic, batch
        self._places: dict[int, _Place] = {}
        self.trouble: str | None = None

    async def run(self, stop: asyncio.Event, *, poll: float = 0.05) -> None:
        """Relay until `stop`. After a failed send, reconnect and read again from the checkpoint."""
        try:
            while not stop.is_set():
                try:
                    relayed = await self.step()
                except GapInStore:
                    raise
                except Exception as error:  # noqa: BLE001 - whatever went wrong, the records are in doubt
                    if repr(error) != self.trouble:
                        # Log it once: the same error may last for hours, and the relay retries twice a second.
                        _log.exception("relay step in doubt, starting again from the checkpoint", topic=self._topic)
                    self.trouble = repr(error)
                    await self.release()
                    await self._log.reset()
                    relayed = 0
                if not relayed:
                    await wait_or_stop(stop, poll if self._places else 10 * poll)
        finally:
            await self.release()

    async def step(self) -> int:
        """Relay one batch of every owned partition. Return the number of facts read."""
        if await asyncio.to_thread(self._own):
            self._refuse_another_topic(await self._log.end_offsets(self._topic), {})
        moves = await asyncio.to_thread(self._translate_next)
        if moves:
            await self._send(moves)
        self.trouble = None
        return sum(move.facts for move in moves)

    @property
    def owned(self) -> frozenset[int]:
        """Return the partitions that this process relays now."""
        return frozenset(self._places)

    async def release(self) -> None:
        """Release every partition, so that another relay takes over at once."""
        self._places.clear()
        await asyncio.to_thread(self._ownership.release)

    async def _send(self, moves: Sequence[_Moved]) -> None:
        offsets = await self._log.append(self._topic, {move.part: move.records for move in moves if move.records})
        self._refuse_another_topic(offsets, {move.part: len(move.records) for move in moves})
        await asyncio.to_thread(self._checkpoint, moves, offsets)

    def _refuse_another_topic(self, ends: Mapping[int, int], sent: Mapping[int, int]) -> None:
        """Raise if the offsets shrank. Readers would skip new records, so nothing more is sent."""
        for part, end in ends.items():
            place = self._places.get(part)
            if place is not None and end < place.next_offset + sent.get(part, 0):
                raise TopicReplaced(f"{self._topic}[{part}] ends at {end}, but was filled up to {place.next_offset}")

    def _own(self) -> int:
        """Take every free partition and raise its epoch, which fences a former owner's checkpoints."""
        taken = self._ownership.acquire(set(range(self._store.partitions)) - set(self._places))
        for part in taken:
            raised = (
                update(relay_checkpoints)
                .where(relay_checkpoints.c.part == part)
                .values(epoch=relay_checkpoints.c.epoch + 1)
                .returning(relay_checkpoints.c.pos, relay_checkpoints.c.epoch, relay_checkpoints.c.next_offset)
            )
            with self._store.engine.begin() as db:
                self._places[part] = _Place(*db.execute(raised).one())
        return len(taken)

    def _translate_next(self) -> list[_Moved]:
        with reading(self._store.engine) as db:
            ends = dict(row._tuple() for row in db.execute(select(counters.c.part, counters.c.n)))
        behind = [part for part, place in self._places.items() if ends[part] > place.pos]
        limit = max(1, self._batch // max(1, len(behind)))
        return [self._translate(part, self._store.read(part, self._places[part].pos, limit)) for part in sorted(behind)]

    def _translate(self, part: int, facts: Sequence[StoredFact]) -> _Moved:
        expected = self._places[part].pos
        records = []
        for fact in facts:
            expected += 1
            if fact.pos != expected:
                raise GapInStore(f"partition {part}: position {expected} is missing, {fact.pos} was found")
            if (record := self._publisher.record_of(fact)) is not None:
                records.append(record)
        return _Moved(part, expected, len(facts), records)

    def _checkpoint(self, moves: Sequence[_Moved], offsets: Mapping[int, int]) -> None:
        with self._store.engine.begin() as db:
            for move in moves:
                place = self._places[move.part]
                owned = (relay_checkpoints.c.part == move.part) & (relay_checkpoints.c.epoch == place.epoch)
                next_offset = offsets.get(move.part, place.next_offset)
                moved = update(relay_checkpoints).where(owned).values(pos=move.pos, next_offset=next_offset)
                if db.execute(moved).rowcount != 1:
                    raise Fenced(f"partition {move.part} has another owner")
        for move in moves:
            place = self._places[move.part]
            place.pos, place.next_offset = move.pos, offsets.get(move.part, place.next_offset)


class Unpublished(NamedTuple):
    """The number of facts that are not relayed yet, and the time at which the oldest was recorded."""

    facts: int
    since: datetime | None


def unpublished(engine: Engine) -> Unpublished:
    """Return what the relay has still to send, by one indexed look at the next fact of each partition."""
    behind = (
        select(counters.c.n - relay_checkpoints.c.pos, events.c.recorded_at)
        .join(relay_checkpoints, relay_checkpoints.c.part == counters.c.part)
        # Outer, because a fact missing from the store is not sent either.
        .outerjoin(events, (events.c.part == counters.c.part) & (events.c.pos == relay_checkpoints.c.pos + 1))
        .where(counters.c.n > relay_checkpoints.c.pos)
    )
    with reading(engine) as db:
        found = db.execute(behind).all()
    return Unpublished(sum(facts for facts, _ in found), min((since for _, since in found if since), default=None))
