"""Rebuild of a read model: build a generation, compare it with the served one, swap them in one transaction."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import structlog
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from crm_eventlog.consumer.checkpoint import Checkpoint, Reader, load_checkpoints
from crm_eventlog.envelope import Parse
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.projection.added_columns import add_missing_columns
from crm_eventlog.reactions.counters import Counters, processed
from crm_eventlog.rebuild.comparing import TableDifference, compare
from crm_eventlog.rebuild.generation_projector import GenerationProjector
from crm_eventlog.rebuild.generations import Generation, GenerationStore, NothingKept, open_generation_store
from crm_eventlog.rebuild.populate import ProgressCallback, populate
from crm_eventlog.rebuild.rebuild_lock import rebuild_lock
from crm_eventlog.rebuild.report import RebuildPlan, RebuildReport
from crm_eventlog.rebuild.source import Place, Source
from crm_eventlog.rebuild.workers import Job, populate_in_workers
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import parked

_log = structlog.get_logger(__name__)
_SWAP_ATTEMPTS = 10

# Called once, before the first read, with the number of records by partition.
TotalCallback = Callable[[Mapping[int, int]], None]


class NotServed(Exception):
    """A read model that was never built here. `migrate` builds its first generation."""


@dataclass(frozen=True)
class Rebuild:
    """The rebuild of one read model of one service from a source.

    The served generation stays in use. It pauses only for the last records before a comparison and before the swap.
    """

    engine: Engine
    model: ReadModel
    parse: Parse
    partitions: int
    source: Source
    workers: int = 1
    batch: int = 5_000
    on_progress: ProgressCallback = lambda partition, records: None
    on_total: TotalCallback = lambda records: None

    async def swap(self) -> RebuildReport:
        """Build, compare and swap. Keep the generation served so far."""
        return await self._run(swapping=True)

    async def verify(self) -> RebuildReport:
        """Build and compare. Discard the new generation."""
        return await self._run(swapping=False)

    def intent(self) -> RebuildPlan:
        """Return the plan of a rebuild without changing anything."""
        served = self._served()
        number = max(served.number, served.kept or 0) + 1
        resumes = self._generations.exists(number) and self._fits(self._generations.built(number))
        ends = self.source.ends(self.marks())
        records = {f"{topic}/{partition}": end for (topic, partition), end in sorted(ends.items()) if end}
        return RebuildPlan(
            served=served,
            number=number,
            version=self.model.version,
            source=self.source.name,
            records=records,
            resumes=resumes,
        )

    async def roll_back(self) -> tuple[Generation, Generation]:
        """Serve the kept generation again at once. Return the generations served before and now.

        It still has its checkpoints, and the live projectors continue from there.
        """
        with rebuild_lock(self.engine, self.model.name):
            served = self._served()
            if served.kept is None or not self._generations.exists(served.kept):
                raise NothingKept(f"{self.model.name}: no generation before {served.number} is kept")
            return served, await self._swap_in(served.kept)

    def marks(self) -> dict[Place, Checkpoint]:
        """Return the checkpoints of the served generation."""
        reader = Reader(self.model.name, self._served().number)
        with reading(self.engine) as db:
            loaded = load_checkpoints(db, [reader])
        return {
            (topic, partition): mark for (_, topic, partition), mark in loaded.items() if topic in self.model.topics
        }

    def builder(self, number: int) -> GenerationProjector:
        """Return the projector of the generation with this number."""
        return self._job(number).builder()

    async def _run(self, *, swapping: bool) -> RebuildReport:
        with rebuild_lock(self.engine, self.model.name):
            intent = self.intent()
            if not intent.resumes:
                self._generations.create(intent.number, self.model, source=self.source.name)
            builder = self.builder(intent.number)
            try:
                report = await self._built(builder, intent, serving=intent.number if swapping else intent.served.number)
                if swapping:
                    await self._swap_in(intent.number, builder)
            finally:
                builder.engine.dispose()
                await self.source.close()
            over = intent.served.kept if swapping else intent.number
            if over is not None:
                self._generations.clear(over)
            return report

    async def _built(self, builder: GenerationProjector, intent: RebuildPlan, *, serving: int) -> RebuildReport:
        """Build and compare. `serving` is the generation that will be served at the end."""
        begun, before = time.perf_counter(), processed.copy()
        abroad = await self._fill_most(builder, intent)
        await asyncio.to_thread(self._generations.index, intent.number, self.model)
        built = time.perf_counter()
        tables, marks = await self._compared(builder, intent.number)
        ours = processed.since(before)
        return RebuildReport(
            name=self.model.name,
            old=intent.served,
            new=intent.number,
            version=self.model.version,
            source=self.source.name,
            records=intent.total,
            seconds=time.perf_counter() - begun,
            building_seconds=built - begun,
            tables=tables,
            lag=await self.source.behind(marks),
            parked=_parked(builder.engine),
            commands=abroad.commands + ours.commands,
            effects=abroad.effects + ours.effects,
            served=serving,
        )

    async def _fill_most(self, builder: GenerationProjector, intent: RebuildPlan) -> Counters:
        """Populate up to the served generation's checkpoints, with all workers."""
        ends = self.source.ends(self.marks())
        done = await asyncio.to_thread(builder.positions)
        left: dict[int, int] = {}
        for (topic, partition), end in ends.items():
            left[partition] = left.get(partition, 0) + max(0, end - done[topic, partition])
        self.on_total(left)
        if self.workers > 1 and self.engine.dialect.name == "postgresql":
            return await populate_in_workers(self.workers, self._job(intent.number), ends, on_progress=self.on_progress)
        await populate(builder, self.source, ends, on_progress=self.on_progress, batch=self.batch)
        return Counters()

    async def _compared(
        self, projector: Projector, number: int
    ) -> tuple[list[TableDifference], dict[Place, Checkpoint]]:
        """Compare both at the same positions. Take snapshots under the lock, and compare them afterwards."""
        with reading(self.engine) as old, reading(projector.engine) as new:
            with self._generations.lock_held(number):
                marks = await self._caught_up(projector)
                for db in (old, new):
                    if db.dialect.name == "postgresql":
                        db.execution_options(isolation_level="REPEATABLE READ")
                    db.scalar(select(func.count()).select_from(parked))
            return await asyncio.to_thread(compare, old, new, self.model.tables), marks

    async def _swap_in(self, number: int, projector: Projector | None = None) -> Generation:
        """Serve this generation. Let a new one first read what came meanwhile."""
        for attempt in range(1, _SWAP_ATTEMPTS + 1):
            try:
                with self._generations.lock_held(number) as db:
                    if projector is not None:
                        await self._caught_up(projector)
                        projector.engine.dispose()
                    coming = self._generations.built(number)
                    self._generations.swap(db, coming)
                    # A generation that was kept may lack a column that newer code of its version has added.
                    add_missing_columns(db, self.model)
            except OperationalError:
                # A long-running reader: let it finish, and let the queries behind it continue meanwhile.
                if attempt == _SWAP_ATTEMPTS:
                    raise
                _log.warning("swap waits for a long-running reader", read_model=self.model.name)
            else:
                break
        # The copied original, on databases where a swap copies.
        self._generations.clear(number)
        return coming

    async def _caught_up(self, projector: Projector) -> dict[Place, Checkpoint]:
        """Read what the served generation has read meanwhile, within `held`."""
        marks = self.marks()
        self.source.resume(projector.engine)
        await populate(projector, self.source, self.source.ends(marks), on_progress=lambda partition, records: None)
        self.source.settle(projector.engine, marks)
        return marks

    @cached_property
    def _generations(self) -> GenerationStore:
        return open_generation_store(self.engine, self.model.name)

    def _served(self) -> Generation:
        served = self._generations.served()
        if served is None:
            raise NotServed(self.model.name)
        names = served.tables or tuple(table.name for table in self.model.tables)
        return Generation(served.number, served.version, names, served.source, served.kept)

    def _fits(self, begun: Generation) -> bool:
        return begun.version == self.model.version and begun.source == self.source.name == "log"

    def _job(self, number: int) -> Job:
        url = self.engine.url.render_as_string(hide_password=False)
        return Job(url, self.model, number, self.parse, self.partitions, self.source, self.batch)


def _parked(engine: Engine) -> int:
    with reading(engine) as db:
        return db.scalar(select(func.count()).select_from(parked)) or 0
