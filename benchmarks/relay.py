"""Relaying: from PostgreSQL to Kafka in one process, against a bare producer sending the same bytes."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from benchmarks.figures import Figure
from benchmarks.remarks import NOON, PARTITIONS, Remarks, publish, remark, said
from crm_eventlog.log import Log, Outgoing, open_log
from crm_eventlog.migrate import migrate
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay
from crm_eventlog.store import open_engine, open_store

EVENTS = 100_000
BATCH = 5_000
PEER = 20_000


def measure(fresh_database: Callable[[], str], kafka: str) -> list[Figure]:
    """Facts a second, from the first read to the last checkpoint; the peer sends record by record."""
    return asyncio.run(_measure(fresh_database(), kafka))


def filled(url: str, count: int) -> Remarks:
    """A store with so many remarks, appended a thousand at a time."""
    engine = open_engine(url)
    migrate(engine, partitions=PARTITIONS)
    remarks = Remarks(open_store(engine, source="contacts", partitions=PARTITIONS))
    for begin in range(0, count, 1_000):
        remarks.record(*(remark(number) for number in range(begin, begin + 1_000)), said=said(f"fill-{begin}"))
    return remarks


async def _measure(url: str, kafka: str) -> list[Figure]:
    remarks = await asyncio.to_thread(filled, url, EVENTS)
    log, topic = open_log(f"kafka://{kafka}", lambda: NOON), f"bench-{uuid4().hex[:8]}"
    await log.create_topic(topic, PARTITIONS)
    ours = await _relayed(remarks, log, topic)
    sent = [record for part in range(PARTITIONS) for record in await log.read(topic, part, 0, PEER // PARTITIONS)]
    peer = await _bare(kafka, topic, [Outgoing(r.key or b"", r.value or b"", r.headers) for r in sent])
    await log.close()
    remarks.store.engine.dispose()
    return [
        Figure(
            name="relay to Kafka, one process",
            value=ours,
            unit="events/s",
            against="aiokafka sending the same bytes, one send a record, nothing read or checkpointed",
            peer_value=peer,
            at_least=20_000,
        )
    ]


async def _relayed(remarks: Remarks, log: Log, topic: str) -> float:
    ownership = open_ownership(remarks.store.engine)
    relay = Relay(remarks.store, remarks.mapper, publish, log, ownership, topic=topic, batch=BATCH)
    warm = await relay.step()
    begun = time.perf_counter()
    while await relay.step():
        pass
    seconds = time.perf_counter() - begun
    await relay.release()
    return (EVENTS - warm) / seconds


async def _bare(kafka: str, topic: str, records: Sequence[Outgoing]) -> float:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=2)
    await producer.start()
    begun = time.perf_counter()
    for chunk in _chunks(records):
        sent = [
            await producer.send(topic, r.value, key=r.key, partition=number % PARTITIONS, headers=[*r.headers])
            for number, r in enumerate(chunk)
        ]
        await asyncio.gather(*sent)
    seconds = time.perf_counter() - begun
    await producer.stop()
    return len(records) / seconds


def _chunks(records: Sequence[Outgoing]) -> Iterator[Sequence[Outgoing]]:
    return (records[begin : begin + BATCH] for begin in range(0, len(records), BATCH))
