"""Worker processes that populate a generation: each takes partitions of its own and ends with its parent."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty
from typing import Any

from crm_eventlog.envelope import Parse
from crm_eventlog.gc_tuning import relax_gc
from crm_eventlog.projection import ReadModel
from crm_eventlog.reactions.counters import Counters, processed
from crm_eventlog.rebuild.generation_projector import GenerationProjector, dropped_offsets
from crm_eventlog.rebuild.generations import open_generation_store
from crm_eventlog.rebuild.populate import ProgressCallback, populate
from crm_eventlog.rebuild.source import Place, Source
from crm_eventlog.store import open_engine

# A fork would copy other threads of the parent half-way.
_processes = multiprocessing.get_context("spawn")


class WorkerFailed(Exception):
    """A worker that ended before its partitions were complete. The next attempt continues from its checkpoints."""


@dataclass(frozen=True)
class Job:
    """The picklable description of a generation to populate."""

    database_url: str
    model: ReadModel
    number: int
    parse: Parse
    partitions: int
    source: Source
    batch: int

    def builder(self) -> GenerationProjector:
        """Return a projector of the generation that is built."""
        engine = open_engine(self.database_url, pool_size=1)
        try:
            building = open_generation_store(engine, self.model.name).open(self.number)
            gone = dropped_offsets(engine, self.model.name, source=self.source.name)
        finally:
            engine.dispose()
        builder = GenerationProjector(
            building, (self.model,), self.parse, lambda: datetime.now(UTC), partitions=self.partitions, gone=gone
        )
        builder.prepare()
        return builder


async def populate_in_workers(
    workers: int, job: Job, ends: Mapping[Place, int], *, on_progress: ProgressCallback
) -> Counters:
    """Populate up to `ends` with several processes. Return their reactions, which must be none."""
    queue: Any = _processes.Queue()
    shares = _shares(ends, workers)
    started = [
        _processes.Process(target=_work, args=(job, share, queue, os.getpid()), name=f"rebuild {number}", daemon=True)
        for number, share in enumerate(shares)
    ]
    for process in started:
        process.start()
    try:
        return await asyncio.to_thread(_listen, queue, started, on_progress)
    finally:
        for process in started:
            process.kill()
            process.join()


def _shares(ends: Mapping[Place, int], workers: int) -> list[dict[Place, int]]:
    """Return an even share for each worker, with all topics of a partition in one share."""
    partitions = sorted({partition for _, partition in ends})
    dealt = [set(partitions[number::workers]) for number in range(workers)]
    return [{place: end for place, end in ends.items() if place[1] in mine} for mine in dealt if mine]


def _listen(queue: Any, started: Sequence[Any], on_progress: ProgressCallback) -> Counters:
    total, ended = Counters(), 0
    while ended < len(started):
        try:
            message = queue.get(timeout=1)
        except Empty:
            if dead := [process.name for process in started if process.exitcode not in (None, 0)]:
                raise WorkerFailed(f"{', '.join(dead)} was killed") from None
            continue
        match message:
            case int(partition), int(records):
                on_progress(partition, records)
            case Counters(commands=commands, effects=effects):
                total = Counters(total.commands + commands, total.effects + effects)
                ended += 1
            case str(reason):
                raise WorkerFailed(reason)
    return total


def _work(job: Job, ends: Mapping[Place, int], queue: Any, parent: int) -> None:
    relax_gc()
    try:
        asyncio.run(_filled(job, ends, _telling(queue, parent)))
    except Exception as error:  # noqa: BLE001 - the parent tells whatever it is
        queue.put(f"{type(error).__name__}: {error}")
    else:
        queue.put(processed.copy())


def _telling(queue: Any, parent: int) -> Callable[[int, int], None]:
    def on_progress(partition: int, records: int) -> None:
        if os.getppid() != parent:
            # The parent is gone. The next attempt continues from the checkpoints.
            os._exit(1)
        queue.put((partition, records))

    return on_progress


async def _filled(job: Job, ends: Mapping[Place, int], on_progress: ProgressCallback) -> None:
    builder = job.builder()
    try:
        await populate(builder, job.source, ends, on_progress=on_progress, batch=job.batch)
    finally:
        await job.source.close()
        builder.engine.dispose()
