"""Recomputes the hash chains of a store and names the first position where one breaks."""

from collections.abc import Callable
from typing import NamedTuple

from crm_eventlog.store import GENESIS, EventStore, StoredFact, link

_PAGE = 5_000


class Finding(NamedTuple):
    """The first position of a partition that is not as it was recorded, and what is wrong with it."""

    part: int
    pos: int
    what: str


def verify_chains(store: EventStore, *, progress: Callable[[int], None] = lambda _: None) -> list[Finding]:
    """Read every partition from its beginning; an empty list means that nothing was altered, removed or added.

    The store may be at work: what is appended meanwhile is left to the next look. `progress` is told after every page
    how many facts were checked in it. Memory is bounded by one page.
    """
    heads = store.heads()
    findings = (_verify(store, part, *heads[part], progress) for part in sorted(heads))
    return [finding for finding in findings if finding is not None]


def _verify(store: EventStore, part: int, n: int, head: bytes, progress: Callable[[int], None]) -> Finding | None:
    pos, previous = 0, GENESIS
    while pos < n:
        if (facts := _page(store, part, pos, min(_PAGE, n - pos))) is None:
            return Finding(part, pos + 1, "cannot be read")
        if not facts:
            return Finding(part, pos + 1, "missing")
        for fact in facts:
            if (wrong := _wrong(fact, pos + 1, previous)) is not None:
                return Finding(part, min(fact.pos, pos + 1), wrong)
            pos, previous = fact.pos, fact.hash
        progress(len(facts))
    if _more_than_recorded(store, part, n):
        return Finding(part, n + 1, "more than was recorded")
    return None if previous == head else Finding(part, pos, "the head of the chain was altered")


def _page(store: EventStore, part: int, after: int, limit: int) -> list[StoredFact] | None:
    """The facts before the first that holds something else than its columns may hold; None when it is the next."""
    while True:
        try:
            return store.read(part, after, limit)
        except (TypeError, ValueError):
            if limit == 1:
                return None
            limit //= 2


def _more_than_recorded(store: EventStore, part: int, n: int) -> bool:
    """Whether facts follow the last position that was counted; an append counts what it adds in its transaction."""
    while store.read(part, n, 1):
        counted = store.heads()[part][0]
        if counted <= n:
            return True
        n = counted
    return False


def _wrong(fact: StoredFact, expected: int, previous: bytes) -> str | None:
    if fact.pos != expected:
        return "missing"
    if fact.prev_hash != previous:
        return "not linked to the fact before it"
    return None if _intact(fact, previous) else "altered"


def _intact(fact: StoredFact, previous: bytes) -> bool:
    try:
        return link(previous, fact.pos, fact.draft.digest()) == fact.hash
    except (AttributeError, TypeError):
        # SQLite keeps text in a column of bytes when somebody writes it there.
        return False
