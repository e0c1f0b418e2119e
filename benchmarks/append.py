"""Appending: single commands from twelve threads, against the library's own recorder on the same server."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import eventsourcing.application
import eventsourcing.domain
from eventsourcing.domain import event

from benchmarks.figures import Figure
from benchmarks.remarks import PARTITIONS, TEXT, Remarks, remark, said
from crm_eventlog.migrate import migrate
from crm_eventlog.store import open_engine, open_store

THREADS = 12
OURS, PEER = 4_000, 1_200


class PeerRemark(eventsourcing.domain.Aggregate):
    """The same remark as an aggregate of the library."""

    @event("Made")
    def __init__(self, customer_id: UUID, text: str, learned: str) -> None:
        self.customer_id, self.text, self.learned = customer_id, text, learned


class PeerRemarks(eventsourcing.application.Application[UUID]):
    """The library's application on the library's recorder."""


def measure(fresh_database: Callable[[], str]) -> list[Figure]:
    """Commands a second with 12 threads, each command one new aggregate in a transaction of its own."""
    ours = _ours(fresh_database())
    peer = _peer(fresh_database())
    return [
        Figure(
            name=f"append, {THREADS} threads, one fact a command",
            value=ours,
            unit="commands/s",
            against="eventsourcing's own PostgreSQL recorder",
            peer_value=peer,
            ratio_at_least=5,
        )
    ]


def _ours(url: str) -> float:
    engine = open_engine(url)
    migrate(engine, partitions=PARTITIONS)
    remarks = Remarks(open_store(engine, source="contacts", partitions=PARTITIONS))

    def write(number: int) -> None:
        remarks.record(remark(number), said=said(f"c{number}"))

    rate = _rate(write, OURS)
    engine.dispose()
    return rate


def _peer(url: str) -> float:
    remarks = PeerRemarks(env=environment_of(url))
    rate = _rate(lambda _: remarks.save(PeerRemark(uuid4(), TEXT, "nothing")), PEER)
    remarks.close()
    return rate


def environment_of(url: str) -> dict[str, str]:
    """What the library wants to know about a database."""
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


def _rate(write: Callable[[int], object], count: int) -> float:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(count, count + THREADS * 4)))
        begun = time.perf_counter()
        list(pool.map(write, range(count)))
        return count / (time.perf_counter() - begun)
