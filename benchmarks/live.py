"""Live: from an answered command to its visibility in another service's history, over Kafka, each a process."""

import asyncio
import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import crm_events
import crm_history
from benchmarks.figures import Figure, percentiles
from benchmarks.filling import filled
from benchmarks.remarks import NOON, PARTITIONS, context, publish, remark
from crm_eventlog.consumer.kafka_consumer import KafkaConsumer
from crm_eventlog.gc_tuning import relax_gc
from crm_eventlog.log import LogRecord, open_log
from crm_eventlog.migrate import migrate
from crm_eventlog.ownership import open_ownership
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.relay import Relay
from crm_eventlog.store import open_engine

A_SECOND = 500
SECONDS = 12
WARM = 2
THREADS = 12
_FIRST = 7_000_000
_spawning = multiprocessing.get_context("spawn")


def measure(fresh_database: Callable[[], str], kafka: str) -> list[Figure]:
    """Measure five hundred commands a second for ten seconds; a writer, a relay and a reader, each a process."""
    topic, publisher, reader = f"bench-{uuid4().hex[:8]}", fresh_database(), fresh_database()
    filled(publisher, 0).store.engine.dispose()
    asyncio.run(_make_topic(kafka, topic))
    seen, stop = _spawning.Queue(), _spawning.Event()
    beside = [
        _spawning.Process(target=_relaying, args=(publisher, kafka, topic, stop)),
        _spawning.Process(target=_following, args=(reader, kafka, topic, stop, seen)),
    ]
    for process in beside:
        process.start()
    answered = _written(publisher)
    visible: dict[UUID, float] = {}
    while len(visible) < len(answered):
        visible |= seen.get(timeout=60)
    stop.set()
    for process in beside:
        process.join()
    counted = sorted(answered)[A_SECOND * WARM :]
    took = percentiles([(visible[UUID(int=number + 1)] - answered[number]) * 1_000 for number in counted])
    held = len(counted) / (max(answered[n] for n in counted) - min(answered[n] for n in counted))
    return _figures(took, held)


def _figures(took: dict[str, float], held: float) -> list[Figure]:
    asked = {"p50": 100.0, "p99": 500.0}
    pace = Figure(
        name="live: commands answered meanwhile",
        value=held,
        unit="commands/s",
        against="what was asked of the writer",
        peer_value=A_SECOND,
        ratio_at_least=0.95,
    )
    return [pace] + [
        Figure(
            name=f"live: from the answer to another service's history, at {A_SECOND} commands/s, {share}",
            value=value,
            unit="ms",
            against="what is asked",
            peer_value=asked.get(share, 500.0),
            at_most=asked.get(share),
        )
        for share, value in took.items()
    ]


async def _make_topic(kafka: str, topic: str) -> None:
    log = open_log(f"kafka://{kafka}", lambda: NOON)
    await log.create_topic(topic, PARTITIONS)
    await log.close()


def _written(url: str) -> dict[int, float]:
    """Return each command's number, and when it was answered."""
    remarks, answered = filled(url, 0), {}
    begun = time.monotonic() + 3
    ticking = threading.Event()

    def write(number: int) -> None:
        # Each command has its moment, however long the one before took.
        ticking.wait(max(0.0, begun + (number - _FIRST) / A_SECOND - time.monotonic()))
        remarks.save(remark(number), context=context(f"live-{number}"))
        answered[number] = time.monotonic()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(_FIRST, _FIRST + A_SECOND * SECONDS)))
    remarks.store.engine.dispose()
    return answered


def _relaying(url: str, kafka: str, topic: str, stop: Any) -> None:
    async def relay() -> None:
        remarks, log = filled(url, 0), open_log(f"kafka://{kafka}", lambda: NOON)
        relay = Relay(remarks.store, remarks.mapper, publish, log, open_ownership(remarks.store.engine), topic=topic)
        await _until(stop, relay.run)
        await log.close()

    relax_gc()
    asyncio.run(relay())


def _following(url: str, kafka: str, topic: str, stop: Any, seen: Any) -> None:
    class Noting(Projector):
        """Tells what became visible, and when."""

        def process_batch(self, records: Sequence[LogRecord]) -> None:  # type: ignore[override]
            super().process_batch(records)
            now = time.monotonic()
            seen.put({UUID((dict(record.headers)["ce_subject"] or b"").decode()): now for record in records})

    relax_gc()
    engine = open_engine(url)
    migrate(engine, partitions=PARTITIONS)
    model = crm_history.READ_MODEL
    history = ReadModel(model.name, model.version, model.tables, frozenset({topic}), model.project)
    projector = Noting(engine, (history,), crm_events.parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    asyncio.run(_until(stop, KafkaConsumer(projector, f"kafka://{kafka}", [topic], group=topic).run))
    engine.dispose()


async def _until(stop: Any, run: Callable[[asyncio.Event], Any]) -> None:
    ending = asyncio.Event()
    task = asyncio.create_task(run(ending))
    await asyncio.to_thread(stop.wait)
    ending.set()
    await task
