"""Verification of the hash chains of a store, up to the first position where one breaks."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, select

from crm_eventlog.audit.links import BEGINNING, Link, links
from crm_eventlog.store import GENESIS, EventStore, link
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import events

# While one partition waits for PostgreSQL, another is hashed. SQLite reads in this process, where two threads
# slow each other down.
_SIDE_BY_SIDE = {"postgresql": 2}


class Finding(NamedTuple):
    """The first altered position of a partition, and the kind of the alteration."""

    part: int
    pos: int
    what: str


Told = Callable[[int, Sequence[bytes]], Finding | None]


class ChainObserver(Protocol):
    """An independent source of the expected contents of a partition."""

    def look(self, first: int, hashes: Sequence[bytes]) -> Finding | None:
        """Check the hashes of consecutive facts from position `first`. Return a finding, or None."""
        ...

    def end(self) -> Finding | None:
        """Check the end of the partition. Return a finding, or None."""
        ...


@dataclass(slots=True)
class ChainVerifier:
    """The verified part of a partition's chain: its last intact position and the hash there."""

    part: int
    pos: int = 0
    head: bytes = GENESIS

    def advance(
        self, store: EventStore, upto: int, observe: Callable[[int, Sequence[bytes]], Finding | None]
    ) -> Finding | None:
        """Verify up to a position. Pass the first position and the hashes of every intact page to `observe`."""
        after = self.pos or BEGINNING
        for page in links(store, self.part, after=after, upto=upto):
            first, hashes, broken = self.pos + 1, [each.hash for each in page], self._along(page)
            wrong = observe(first, hashes[: self.pos + 1 - first]) if self.pos >= first else None
            if (found := wrong or broken) is not None:
                return found
        return Finding(self.part, self.pos + 1, "missing") if self.pos < upto else None

    def _along(self, page: Sequence[Link]) -> Finding | None:
        pos, previous = self.pos, self.head
        for each in page:
            if each.pos != pos + 1 or each.prev_hash != previous or each.digest is None:
                break
            if link(previous, each.pos, each.digest) != each.hash:
                break
            pos, previous = each.pos, each.hash
        broken = page[pos - self.pos] if pos - self.pos < len(page) else None
        self.pos, self.head = pos, previous
        return None if broken is None else self._finding(broken)

    def _finding(self, broken: Link) -> Finding:
        expected = self.pos + 1
        if broken.pos is not None and broken.pos < expected:
            return Finding(self.part, broken.pos, "more than was recorded")
        if broken.pos is not None and broken.pos > expected:
            return Finding(self.part, expected, "missing")
        linked = broken.prev_hash == self.head or broken.digest is None
        return Finding(self.part, expected, "altered" if linked else "not linked to the fact before it")


def verify_chains(
    store: EventStore,
    *,
    progress: Callable[[int], None] = lambda _: None,
    witnesses: Mapping[int, ChainObserver] | None = None,
) -> list[Finding]:
    """Verify every partition from its beginning. Return no finding if nothing was altered, removed or added.

    The store may be in use: later appends are left to the next run. `progress` receives the number of facts checked in
    every page. Memory is bounded by a page or two. Each partition's observer checks it as well.
    """
    heads = store.heads()
    known = witnesses or {}
    telling = Lock()

    def on_progress(checked: int) -> None:
        with telling:
            progress(checked)

    def verify(part: int) -> Finding | None:
        return _verify(store, part, heads[part], known.get(part), on_progress)

    with ThreadPoolExecutor(_SIDE_BY_SIDE.get(store.engine.dialect.name, 1)) as pool:
        findings = [found for found in pool.map(verify, sorted(heads)) if found is not None]
    return sorted(findings + _uncounted(store, heads.keys(), known.keys() | set(range(max(heads, default=0)))))


def _verify(
    store: EventStore,
    part: int,
    counted: tuple[int, bytes],
    witness: ChainObserver | None,
    progress: Callable[[int], None],
) -> Finding | None:
    n, head = counted
    walk = ChainVerifier(part)

    def observe(first: int, hashes: Sequence[bytes]) -> Finding | None:
        progress(len(hashes))
        return witness.look(first, hashes) if witness else None

    if (found := walk.advance(store, n, observe)) is not None:
        return found
    if witness is not None and (found := witness.end()) is not None:
        return found
    if (extra := _more_than_recorded(store, part, n)) is not None:
        return Finding(part, extra, "more than was recorded")
    intact = (walk.pos, walk.head) == (n, head)
    return None if intact else Finding(part, walk.pos, "the head of the chain was altered")


def _more_than_recorded(store: EventStore, part: int, n: int) -> int | None:
    """Return the first fact beyond the counted position. An append counts its facts in the same transaction."""
    while (found := _first_after(store, part, n)) is not None:
        counted = store.heads()[part][0]
        if counted <= n:
            return found
        n = counted
    return None


def _first_after(store: EventStore, part: int, n: int) -> int | None:
    later = select(events.c.pos).where(events.c.part == part, events.c.pos > n).order_by(events.c.pos).limit(1)
    with reading(store.engine) as db:
        return db.scalar(later)


def _uncounted(store: EventStore, counted: Collection[int], expected: Collection[int]) -> list[Finding]:
    """Return a finding for each partition whose counter is missing or that was added."""
    with reading(store.engine) as db:
        added = {part: Finding(part, pos, "more than was recorded") for part, pos in _first_beyond(db, counted)}
    missing = {part: Finding(part, 1, "its counter is missing") for part in expected if part not in counted}
    return [*(added | missing).values()]


def _first_beyond(db: Connection, counted: Collection[int]) -> Sequence[tuple[int, int]]:
    beyond = select(events.c.part, events.c.pos).where(events.c.part.not_in(counted))
    return [(part, pos) for part, pos in db.execute(beyond.order_by(events.c.part, events.c.pos).limit(1))]
