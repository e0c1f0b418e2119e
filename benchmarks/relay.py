"""Relaying: from PostgreSQL to Kafka in one process: how much, and how soon after the commit."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from benchmarks.figures import Figure, percentiles
from benchmarks.filling import filled
from benchmarks.remarks import NOON, PARTITIONS, Remarks, context, publish, remark
from crm_eventlog.log import Log, LogRecord, Outgoing, open_log
from crm_eventlog.ownership import open_ownership
from crm_eventlog.relay import Relay

SIZES = (10_000, 100_000)
BATCH = 5_000
PEER = 20_000
IDLE, LOADED = 100, 1_500
A_SECOND = 300
_BY_ITSELF = "one record sent by a bare aiokafka producer, until it is acknowledged"


def measure(fresh_database: Callable[[], str], kafka: str, sizes: Sequence[int] = SIZES) -> list[Figure]:
    """Measure facts a second, from the first read to the last checkpoint; the peer sends record by record."""
    return asyncio.run(_measure(fresh_database, kafka, sizes))


async def _measure(fresh_database: Callable[[], str], kafka: str, sizes: Sequence[int]) -> list[Figure]:
    figures: list[Figure] = []
    for size in sizes:
        remarks = await asyncio.to_thread(filled, fresh_database(), size)
        log, topic = open_log(f"kafka://{kafka}", lambda: NOON), f"bench-{uuid4().hex[:8]}"
        await log.create_topic(topic, PARTITIONS)
        ours = await _relayed(remarks, log, topic, size)
        sent = [record for part in range(PARTITIONS) for record in await log.read(topic, part, 0, PEER // PARTITIONS)]
        peer, alone = await _bare(kafka, topic, sent)
        figures.append(
            Figure(
                name=f"relay {size:,} facts to Kafka, one process",
                value=ours,
                unit="events/s",
                against="aiokafka sending the same bytes, one send a record, nothing read or checkpointed",
                peer_value=peer,
                at_least=20_000 if size == SIZES[-1] else None,
            )
        )
        if size == sizes[-1]:
            figures += await _delays(remarks, log, topic, alone)
        await log.close()
        remarks.store.engine.dispose()
    return figures


def _relay_of(remarks: Remarks, log: Log, topic: str, batch: int = BATCH) -> Relay:
    ownership = open_ownership(remarks.store.engine)
    return Relay(remarks.store, remarks.mapper, publish, log, ownership, topic=topic, batch=batch)


async def _relayed(remarks: Remarks, log: Log, topic: str, size: int) -> float:
    relay = _relay_of(remarks, log, topic)
    warm = await relay.step()
    begun = time.perf_counter()
    while await relay.step():
        pass
    seconds = time.perf_counter() - begun
    await relay.release()
    return (size - warm) / seconds


async def _delays(remarks: Remarks, log: Log, topic: str, alone: Sequence[float]) -> list[Figure]:
    """Measure the time from commit to acknowledgement: one command at a time, and under load."""
    figures = []
    for how, count, pace in (("idle", IDLE, 20), (f"at {A_SECOND} commands/s", LOADED, A_SECOND)):
        took = percentiles(await _delay(remarks, log, topic, count, pace))
        figures += [
            Figure(
                name=f"from commit to Kafka, {how}, {share}",
                value=took[share],
                unit="ms",
                against=_BY_ITSELF,
                peer_value=percentiles(alone)[share],
            )
            for share in ("p50", "p99")
        ]
    return figures


class _Noting:
    """A log that notes when its records were safe."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.safe: dict[bytes, float] = {}
        self.enough = asyncio.Event()
        self.count = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._log, name)

    async def append(self, topic: str, batch: dict[int, list[Outgoing]]) -> dict[int, int]:
        """Append, and look at the clock."""
        ends = await self._log.append(topic, batch)
        now = time.perf_counter()
        for record in (record for records in batch.values() for record in records):
            self.safe[dict(record.headers)["ce_subject"] or b""] = now
        if len(self.safe) >= self.count:
            self.enough.set()
        return ends


async def _delay(remarks: Remarks, log: Log, topic: str, count: int, pace: float) -> list[float]:
    noting, stop = _Noting(log), asyncio.Event()
    noting.count = count
    relaying = asyncio.create_task(_relay_of(remarks, noting, topic).run(stop))  # type: ignore[arg-type]
    committed: dict[bytes, float] = {}
    first = 5_000_000 if pace < A_SECOND else 6_000_000

    def write() -> None:
        ticking = threading.Event()
        due = time.perf_counter()
        for number in range(first, first + count):
            made = remark(number)
            remarks.save(made, context=context(f"delay-{number}"))
            committed[str(made.id).encode()] = time.perf_counter()
            due += 1 / pace
            ticking.wait(max(0.0, due - time.perf_counter()))

    await asyncio.to_thread(write)
    await noting.enough.wait()
    stop.set()
    await relaying
    return [(noting.safe[key] - at) * 1_000 for key, at in committed.items()]


async def _bare(kafka: str, topic: str, records: Sequence[LogRecord]) -> tuple[float, list[float]]:
    """Return records a second, and the milliseconds of one alone."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True)
    await producer.start()
    begun = time.perf_counter()
    for chunk in _chunks(records):
        sent = [
            await producer.send(topic, r.value, key=r.key, partition=number % PARTITIONS, headers=[*r.headers])
            for number, r in enumerate(chunk)
        ]
        await asyncio.gather(*sent)
    seconds = time.perf_counter() - begun
    alone = []
    for record in records[:IDLE]:
        one = time.perf_counter()
        await producer.send_and_wait(topic, record.value, key=record.key, headers=[*record.headers])
        alone.append((time.perf_counter() - one) * 1_000)
    await producer.stop()
    return len(records) / seconds, alone


def _chunks(records: Sequence[LogRecord]) -> Iterator[Sequence[LogRecord]]:
    return (records[begin : begin + BATCH] for begin in range(0, len(records), BATCH))
