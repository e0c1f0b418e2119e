"""Verifying the hash chains: facts a second, against a bare read of the same rows and against facts as objects."""

import time
from collections.abc import Callable, Sequence

from benchmarks.figures import Figure
from benchmarks.filling import filled
from crm_eventlog.audit import verify_chains
from crm_eventlog.store import GENESIS, EventStore, link

SIZES = (10_000, 100_000)
MILLION = 1_000_000
ENOUGH = 100_000
_PAGE = 5_000
_READ = "SELECT * FROM events WHERE part = %s AND pos > %s ORDER BY pos LIMIT %s"


def measure(fresh_database: Callable[[], str], sizes: Sequence[int] = SIZES) -> list[Figure]:
    """Measure the speed and its growth with the store; the best of three looks at each."""
    figures = []
    for size in sizes:
        store = filled(fresh_database(), size).store
        verified, bare, objects = (_best(each, store, size) for each in (_verified, _bare, _by_objects))
        store.engine.dispose()
        against = "reading the same rows with psycopg, hashing nothing"
        figures.append(_figure(size, verified, against, bare, at_least=ENOUGH if size >= SIZES[-1] else None))
        against = "making objects of the facts, and hashing those"
        figures.append(_figure(size, verified, against, objects, ratio_at_least=1.5 if size >= SIZES[-1] else None))
    return figures


def _figure(size: int, value: float, against: str, peer: float, **asked: float | None) -> Figure:
    name = f"verify the hash chains of {size:,} facts"
    return Figure(name=name, value=value, unit="facts/s", against=against, peer_value=peer, **asked)


def _best(look: Callable[[EventStore], None], store: EventStore, size: int) -> float:
    return max(_rate(look, store, size) for _ in range(3))


def _rate(look: Callable[[EventStore], None], store: EventStore, size: int) -> float:
    begun = time.perf_counter()
    look(store)
    return size / (time.perf_counter() - begun)


def _verified(store: EventStore) -> None:
    if findings := verify_chains(store):
        raise AssertionError(findings)


def _bare(store: EventStore) -> None:
    pooled = store.engine.raw_connection()
    for part in range(store.partitions):
        after = 0
        while rows := pooled.driver_connection.execute(_READ, (part, after, _PAGE)).fetchall():  # type: ignore[union-attr]
            after = rows[-1][5]
    pooled.close()


def _by_objects(store: EventStore) -> None:
    for part, (_, head) in store.heads().items():
        pos, previous = 0, GENESIS
        while facts := store.read(part, pos, _PAGE):
            for fact in facts:
                if link(previous, fact.pos, fact.draft.digest()) != fact.hash:
                    raise AssertionError(fact)
                pos, previous = fact.pos, fact.hash
        if previous != head:
            raise AssertionError(part)
