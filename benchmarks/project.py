"""Projecting: the history from Kafka into PostgreSQL in one process, against the library's ProjectionRunner."""

import asyncio
import time
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import func, select

import crm_events
import crm_history
from benchmarks import peer_projection
from benchmarks.figures import Figure
from benchmarks.filling import fill_topic
from benchmarks.remarks import NOON, PARTITIONS
from crm_eventlog.consumer.kafka_consumer import KafkaConsumer
from crm_eventlog.log import open_log
from crm_eventlog.migrate import migrate
from crm_eventlog.projection import Projector, ReadModel
from crm_eventlog.store import open_engine

EVENTS, PEER = 100_000, 3_000


def measure(fresh_database: Callable[[], str], kafka: str) -> list[Figure]:
    """Measure events a second from a full topic to committed rows; the peer makes the same row of each event."""
    ours = asyncio.run(_ours(fresh_database, kafka))
    peer = peer_projection.rate(fresh_database(), PEER)
    return [
        Figure(
            name="project the history, Kafka to PostgreSQL, one process",
            value=ours,
            unit="events/s",
            against="eventsourcing's ProjectionRunner making the same rows",
            peer_value=peer,
            at_least=20_000,
            ratio_at_least=15,
        )
    ]


async def _ours(fresh_database: Callable[[], str], kafka: str) -> float:
    topic = f"bench-{uuid4().hex[:8]}"
    log = open_log(f"kafka://{kafka}", lambda: NOON)
    await log.create_topic(topic, PARTITIONS)
    await fill_topic(log, topic, fresh_database(), EVENTS)
    engine = open_engine(fresh_database())
    migrate(engine, partitions=PARTITIONS)
    model = crm_history.READ_MODEL
    history = ReadModel(model.name, model.version, model.tables, frozenset({topic}), model.project)
    projector = Projector(engine, (history,), crm_events.parse, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    rows = select(func.count()).select_from(model.tables[0])

    def projected() -> int:
        with engine.connect() as db:
            return db.scalar(rows) or 0

    stop = asyncio.Event()
    following = asyncio.create_task(KafkaConsumer(projector, f"kafka://{kafka}", [topic], group=topic).run(stop))
    # From the first committed batch on, so that joining the group is not counted.
    first = await asyncio.to_thread(_wait_for, projected, 1)
    begun = time.perf_counter()
    now = await asyncio.to_thread(_wait_for, projected, EVENTS)
    seconds = time.perf_counter() - begun
    stop.set()
    await following
    await log.close()
    engine.dispose()
    return (now - first) / seconds


def _wait_for(projected: Callable[[], int], count: int) -> int:
    while (now := projected()) < count:
        time.sleep(0.01)
    return now
