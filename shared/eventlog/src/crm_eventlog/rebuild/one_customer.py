"""A rebuild of one customer's rows, which touches no other row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import select

from crm_eventlog.consumer.checkpoint import Checkpoint
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord
from crm_eventlog.rebuild.comparing import TableDifference, compare
from crm_eventlog.rebuild.generation_projector import GenerationProjector
from crm_eventlog.rebuild.generations import GenerationStore, open_generation_store
from crm_eventlog.rebuild.rebuild_lock import rebuild_lock
from crm_eventlog.rebuild.rebuilding import Rebuild
from crm_eventlog.rebuild.source import Place
from crm_eventlog.store import partition_of
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import parked

_COLUMN = "customer_id"
_AT_ONCE = 5_000
# The number of a temporary generation. No other has it.
_NUMBER = 0


class NotByCustomer(Exception):
    """A read model without a customer's id in any of its tables."""


class CustomerWaits(Exception):
    """A customer with parked events, so that rebuilt rows could not be right."""


@dataclass(frozen=True)
class CustomerReport:
    """The result of a rebuild, table by table. `left` names the tables without a customer's id."""

    records: int
    tables: Sequence[TableDifference]
    left: Sequence[str]

    @property
    def same(self) -> bool:
        """Return True if the served rows were right."""
        return all(table.same for table in self.tables)


@dataclass(frozen=True)
class OneCustomer:
    """The rebuild of one customer in one read model."""

    rebuild: Rebuild
    customer_id: UUID

    async def swap(self) -> CustomerReport:
        """Replace the served rows by those that the events give, in one transaction."""
        return await self._run(swapping=True)

    async def verify(self) -> CustomerReport:
        """Compare the served rows with those that the events give. Change nothing."""
        return await self._run(swapping=False)

    async def _run(self, *, swapping: bool) -> CustomerReport:
        model = self.rebuild.model
        whose = [table for table in model.tables if _COLUMN in table.c]
        if not whose:
            raise NotByCustomer(
                f"{model.name}: none of its tables has a column {_COLUMN}: rebuild the whole read model"
            )
        with rebuild_lock(self.rebuild.engine, model.name):
            self._refuse_waiting()
            self._generations.create(_NUMBER, model, source=self.rebuild.source.name)
            builder = self.rebuild.builder(_NUMBER)
            try:
                folded = await self._fold(builder, {}, self._marks())
                with self._generations.lock_held(_NUMBER) as db:
                    folded = await self._fold(builder, folded, self._marks())
                    with reading(builder.engine) as new:
                        tables = compare(db, new, whose, where=(_COLUMN, self.customer_id))
                    for table in whose if swapping else ():
                        self._generations.replace(db, _NUMBER, table.name, _COLUMN, self.customer_id)
            finally:
                builder.engine.dispose()
                self._generations.clear(_NUMBER)
                await self.rebuild.source.close()
        left = [table.name for table in model.tables if table not in whose]
        return CustomerReport(sum(mark.next_offset for mark in folded.values()), tables, left)

    async def _fold(
        self, builder: GenerationProjector, done: Mapping[Place, Checkpoint], marks: Mapping[Place, Checkpoint]
    ) -> dict[Place, Checkpoint]:
        """Fold this customer's events of every topic up to the checkpoints, from where `done` ended."""
        reached = {}
        for place, end in self.rebuild.source.ends(marks).items():
            offset, latest = done.get(place, Checkpoint(0, 0))
            while offset < end:
                records = await self.rebuild.source.read(place, offset, min(_AT_ONCE, end - offset))
                events = self._events(builder, records, latest)
                if events:
                    latest = events[-1].pos
                    with builder.engine.begin() as db:
                        self.rebuild.model.project(events, db)
                self.rebuild.on_progress(place[1], len(records))
                offset = records[-1].offset + 1
            reached[place] = Checkpoint(offset, latest)
        return reached

    def _events(self, builder: GenerationProjector, records: Sequence[LogRecord], latest: int) -> list[CloudEvent]:
        """Return the customer's events, without redelivered copies."""
        mine = str(self.customer_id).encode()
        events = []
        for event in (builder.decode(record) for record in records if record.key == mine):
            if event is not None and event.pos > latest:
                events.append(event)
                latest = event.pos
        return events

    def _refuse_waiting(self) -> None:
        waits = select(parked.c.offset).where(
            parked.c.reader == self.rebuild.model.name, parked.c.key == str(self.customer_id)
        )
        with reading(self.rebuild.engine) as db:
            if db.execute(waits.limit(1)).first():
                raise CustomerWaits(f"events of {self.customer_id} are parked: crm parked show tells why")

    def _marks(self) -> dict[Place, Checkpoint]:
        partition = partition_of(self.customer_id, self.rebuild.partitions)
        return {place: mark for place, mark in self.rebuild.marks().items() if place[1] == partition}

    @cached_property
    def _generations(self) -> GenerationStore:
        return open_generation_store(self.rebuild.engine, self.rebuild.model.name)
