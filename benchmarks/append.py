"""Appending: commands a second and how long one takes, against the library's own recorder and a bare INSERT."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import eventsourcing.application
import eventsourcing.domain
import psycopg
from eventsourcing.domain import event
from psycopg_pool import ConnectionPool

from benchmarks.figures import Figure, percentiles
from benchmarks.filling import filled
from benchmarks.remarks import NOON, PARTITIONS, TEXT, Remarks, context, remark
from crm_eventlog.migrate import migrate
from crm_eventlog.store import open_engine, open_store

SIZES = (10_000, 100_000)
PROCESSES = (1, 2, 4)
THREADS = 12
BATCH = 100
COUNTS = {1: 1_000, THREADS: 4_000}
_LIBRARY = "eventsourcing's own PostgreSQL recorder"
_BARE = "a bare INSERT of the same bytes in psycopg, a transaction each"
_BARE_TABLE = """
CREATE TABLE bare (id uuid, version bigint, topic text, state bytea, part smallint, event_id uuid, said text,
                   at timestamptz, PRIMARY KEY (id, version))
"""
_INSERT = "INSERT INTO bare VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"

# Does the n-th command, and that many facts with it.
Write = Callable[[int, int], object]


class PeerRemark(eventsourcing.domain.Aggregate):
    """The same remark as an aggregate of the library."""

    @event("Made")
    def __init__(self, customer_id: UUID, text: str, learned: str) -> None:
        self.customer_id, self.text, self.learned = customer_id, text, learned


class PeerRemarks(eventsourcing.application.Application[UUID]):
    """The library's application on the library's recorder."""


def measure(fresh_database: Callable[[], str], sizes: Sequence[int] = SIZES) -> list[Figure]:
    """Measure single commands and batches, alone and from twelve threads; then how that grows."""
    figures = []
    for threads, batch in ((1, 1), (THREADS, 1), (THREADS, BATCH)):
        ours, library, bare = (_timed(of, fresh_database(), threads, batch) for of in (_ours, _library, _bare))
        figures += _compared(threads, batch, ours, library, bare)
    return [*figures, *_growing(fresh_database, sizes), *_by_processes(fresh_database)]


def _compared(threads: int, batch: int, *measured: tuple[float, list[float]]) -> list[Figure]:
    (rate, took), (library_rate, _), (bare_rate, bare_took) = measured
    how = f"append, {threads} thread{'s' * (threads > 1)}, {batch} fact{'s' * (batch > 1)} a command"
    asked = 5 if (threads, batch) == (THREADS, 1) else None
    unit = "commands/s"
    rates = [
        Figure(name=how, value=rate, unit=unit, against=_LIBRARY, peer_value=library_rate, ratio_at_least=asked),
        Figure(name=how, value=rate, unit=unit, against=_BARE, peer_value=bare_rate),
    ]
    slow = percentiles(bare_took)
    return rates + [
        Figure(name=f"{how}, {share}", value=value, unit="ms", against=_BARE, peer_value=slow[share])
        for share, value in percentiles(took).items()
    ]


def _growing(fresh_database: Callable[[], str], sizes: Sequence[int]) -> list[Figure]:
    """Measure the same on a store that is full of facts."""
    found = []
    for size in sizes:
        url = fresh_database()
        filled(url, size).store.engine.dispose()
        found.append(_timed(_ours, url, THREADS, 1)[0])
    return [
        Figure(
            name=f"append, {THREADS} threads, into a store of {size:,} facts",
            value=rate,
            unit="commands/s",
            against=f"into a store of {sizes[0]:,}",
            peer_value=found[0],
        )
        for size, rate in zip(sizes, found, strict=True)
    ]


def _by_processes(fresh_database: Callable[[], str]) -> list[Figure]:
    """Measure several processes of one service, four threads each, on one store."""
    found = {number: _with_processes(fresh_database(), number) for number in PROCESSES}
    return [
        Figure(
            name=f"append, {number} process{'es' * (number > 1)} of 4 threads",
            value=rate,
            unit="commands/s",
            against="one process of 4 threads",
            peer_value=found[1],
        )
        for number, rate in found.items()
    ]


def _with_processes(url: str, number: int) -> float:
    with _ours(url):
        pass
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(number, mp_context=spawning) as pool:
        return sum(pool.map(_share, [(url, each) for each in range(number)]))


def _share(of: tuple[str, int]) -> float:
    url, number = of
    with _ours(url) as write:
        return _run(write, 4, 1, 1_000, first=1_000_000 * (number + 1))[0]


def _timed(opened: Any, url: str, threads: int, batch: int) -> tuple[float, list[float]]:
    count = max(60, COUNTS[threads] // batch) if batch > 1 else COUNTS[threads]
    with opened(url) as write:
        return _run(write, threads, batch, count)


def _run(write: Write, threads: int, batch: int, count: int, *, first: int = 2_000_000) -> tuple[float, list[float]]:
    """Return commands a second, and the milliseconds each took."""

    def timed(number: int) -> float:
        begun = time.perf_counter()
        write(first + number * batch, batch)
        return (time.perf_counter() - begun) * 1_000

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(timed, range(count, count + threads * 4)))
        begun = time.perf_counter()
        took = list(pool.map(timed, range(count)))
        return count / (time.perf_counter() - begun), took


@contextmanager
def _ours(url: str) -> Any:
    engine = open_engine(url)
    migrate(engine, partitions=PARTITIONS)
    remarks = Remarks(open_store(engine, source="contacts", partitions=PARTITIONS))

    def write(number: int, batch: int) -> None:
        # What one command says is about one customer.
        facts = [remark(number + each, customer=number) for each in range(batch)]
        remarks.save(*facts, context=context(f"c{number}"))

    yield write
    engine.dispose()


@contextmanager
def _library(url: str) -> Any:
    remarks = PeerRemarks(env=environment_of(url))
    yield lambda _, batch: remarks.save(*(PeerRemark(uuid4(), TEXT, "nothing") for _ in range(batch)))
    remarks.close()


@contextmanager
def _bare(url: str) -> Any:
    columns = (
        "id uuid, version bigint, topic text, state bytea, part smallint, event_id uuid, said text, at timestamptz"
    )
    with psycopg.connect(url) as db:
        db.execute(f"CREATE TABLE bare ({columns}, PRIMARY KEY (id, version))")

    def write(number: int, batch: int) -> None:
        rows = [
            (uuid4(), 1, "Remark.Made", TEXT.encode() * 2, number % PARTITIONS, uuid4(), TEXT, NOON)
            for _ in range(batch)
        ]
        with pool.connection() as db:
            if batch == 1:
                db.execute(_INSERT, rows[0], prepare=True)
            else:
                db.cursor().executemany(_INSERT, rows)

    with ConnectionPool(url, min_size=THREADS, max_size=THREADS, open=True) as pool:
        pool.wait()
        yield write


def environment_of(url: str) -> dict[str, str]:
    """Return the variables by which the library finds a database."""
    at = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": at.path.removeprefix("/"),
        "POSTGRES_HOST": at.hostname or "",
        "POSTGRES_PORT": str(at.port or 5432),
        "POSTGRES_USER": at.username or "",
        "POSTGRES_PASSWORD": at.password or "-",
        "POSTGRES_POOL_SIZE": "20",
        "POSTGRES_MAX_OVERFLOW": "20",
    }
