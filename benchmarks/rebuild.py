"""Rebuilding the history: from Kafka into PostgreSQL, against a raw COPY of the same rows and the library's runner."""

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.schema import CreateIndex

import crm_events
import crm_history
from benchmarks import peer_projection
from benchmarks.figures import Figure
from benchmarks.filling import filled, on_progress
from benchmarks.remarks import NOON, PARTITIONS
from crm_eventlog.consumer import PollingConsumer
from crm_eventlog.gc_tuning import relax_gc
from crm_eventlog.log import open_log
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.rebuild import LogSource, Rebuild
from crm_eventlog.store import open_engine
from crm_history.copying import copy_rows

SIZES = (10_000, 100_000)
SERVICES = ("contacts", "sales", "marketing", "support", "loyalty")
WORKERS = (1, 2, 4)
PEER = 3_000
_COPY = "a raw COPY of the same rows, and their index"
_LIBRARY = "eventsourcing's ProjectionRunner making the same rows"
_SMALLEST = "that of the smallest log"
_AT_ONCE = 5_000


def measure(fresh_database: Callable[[], str], kafka: str, sizes: Sequence[int] = SIZES) -> list[Figure]:
    """Measure events a second from the topics of five services to rows that can be served; then by processes."""
    library = peer_projection.rate(fresh_database(), PEER)
    figures: list[Figure] = []
    smallest = 0.0
    for size in sizes:
        topics = asyncio.run(_full_topics(fresh_database(), kafka, size))
        url = fresh_database()
        seconds, memory = _apart(url, kafka, topics, 1)
        copied = _copied(url, fresh_database())
        smallest = smallest or memory
        figures += _of_size(size, size / seconds, size / copied, library, memory, smallest)
        if size == sizes[-1]:
            alone = size / seconds
            figures += [_of_workers(size, each, size / _apart(url, kafka, topics, each)[0], alone) for each in WORKERS]
    return figures


def _of_size(size: int, ours: float, copied: float, library: float, memory: float, smallest: float) -> list[Figure]:
    name = f"rebuild the history of {size:,} events, one process"
    asked = size == SIZES[-1]
    speed: dict[str, Any] = {"name": name, "value": ours, "unit": "events/s"}
    return [
        Figure(
            **speed,
            against=_COPY,
            peer_value=copied,
            at_least=25_000 if asked else None,
            ratio_at_least=0.5 if asked else None,
        ),
        Figure(**speed, against=_LIBRARY, peer_value=library, ratio_at_least=20 if asked else None),
        Figure(
            name=f"memory of a rebuild of {size:,} events",
            value=memory,
            unit="MiB",
            against=_SMALLEST,
            peer_value=smallest,
            at_most=400,
        ),
    ]


def _of_workers(size: int, workers: int, rate: float, alone: float) -> Figure:
    # A million events in a minute.
    asked = 1_000_000 / 60 if workers == 2 else None
    return Figure(
        name=f"rebuild the history of {size:,} events, {workers} process{'es' * (workers > 1)}",
        value=rate,
        unit="events/s",
        against="one process",
        peer_value=alone,
        at_least=asked,
    )


async def _full_topics(url: str, kafka: str, size: int) -> tuple[str, ...]:
    """Fill the topics of five services, a fifth of the events each."""
    run = uuid4().hex[:8]
    topics = tuple(f"bench-{run}-{service}" for service in SERVICES)
    remarks = await asyncio.to_thread(filled, url, size // len(SERVICES))
    log = open_log(f"kafka://{kafka}", lambda: NOON)
    for service, topic in zip(SERVICES, topics, strict=True):
        await log.create_topic(topic, PARTITIONS)
        await on_progress(log, topic, remarks, source=service)
    await log.close()
    remarks.store.engine.dispose()
    return topics


def _apart(url: str, kafka: str, topics: Sequence[str], workers: int) -> tuple[float, float]:
    """Return seconds and MiB of a rebuild in a process of its own, with a history that has read everything."""
    asyncio.run(_read_all(url, kafka, topics))
    spawning = multiprocessing.get_context("spawn")
    told = spawning.Queue()
    process = spawning.Process(target=_rebuild, args=(url, kafka, topics, workers, told))
    process.start()
    seconds, memory = told.get(timeout=1_800)
    process.join()
    return seconds, memory


async def _read_all(url: str, kafka: str, topics: Sequence[str]) -> None:
    engine = open_engine(url)
    migrate(engine, partitions=PARTITIONS)
    projector = Projector(engine, (_model(topics),), crm_events.parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    log = open_log(f"kafka://{kafka}", lambda: NOON)
    follower = PollingConsumer(projector, log, topics)
    while await follower.step():
        pass
    await log.close()
    engine.dispose()


def _rebuild(url: str, kafka: str, topics: Sequence[str], workers: int, told: Any) -> None:
    """Time the build: from an empty generation to all rows that the served one has, with indexes."""
    relax_gc()
    engine = open_engine(url)
    rebuild = Rebuild(
        engine, _model(topics), crm_events.parse, PARTITIONS, LogSource(f"kafka://{kafka}"), workers=workers
    )
    report = asyncio.run(rebuild.verify())
    if not report.same:
        raise AssertionError(report)
    told.put((report.building_seconds, _most_memory()))


def _most_memory() -> float:
    """Return the MiB this process ever held; getrusage would also count the process it was made from."""
    (line,) = [each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _copied(url: str, empty: str) -> float:
    """Return seconds to COPY the rows that the history holds into an empty table, and to make its index."""
    table = crm_history.READ_MODEL.tables[0]
    engine = open_engine(url)
    with engine.connect() as db:
        rows = [tuple(row) for row in db.execute(select(table))]
    engine.dispose()
    target = open_engine(empty)
    with target.begin() as db:
        table.create(db)
        for index in table.indexes:
            index.drop(db)
    begun = time.perf_counter()
    for begin in range(0, len(rows), _AT_ONCE):
        with target.begin() as db:
            copy_rows(db, table, rows[begin : begin + _AT_ONCE])
    with target.begin() as db:
        for index in table.indexes:
            db.execute(CreateIndex(index))
    seconds = time.perf_counter() - begun
    with target.connect() as db:
        if db.scalar(select(func.count()).select_from(table)) != len(rows):
            raise AssertionError("rows are missing")
    target.dispose()
    return seconds


def _model(topics: Sequence[str]) -> ReadModel:
    return replace(crm_history.READ_MODEL, topics=frozenset(topics))
