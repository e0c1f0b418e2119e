"""Proof that a fact is in the store that a checkpoint was signed over, for a reader without access to the store."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select

from crm_eventlog.audit.checkpoints import Checkpoint
from crm_eventlog.audit.links import PAGE
from crm_eventlog.audit.merkle import Tree, root_from_path, siblings
from crm_eventlog.columns import instant_text
from crm_eventlog.store import FACT_COLUMNS, EventStore, StoredFact, link
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import events


class NotProvable(Exception):
    """A fact that is not signed yet, or that is not the one that was signed."""


def fact_of(store: EventStore, event_id: UUID) -> StoredFact | None:
    """Return the fact of an event, or None if this store does not hold it."""
    with reading(store.engine) as db:
        row = db.execute(select(*FACT_COLUMNS).where(events.c.event_id == event_id)).one_or_none()
    return None if row is None else StoredFact(*row)


def prove(store: EventStore, fact: StoredFact, checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the path from a fact's bytes to the signature: two hashes for every doubling of the store.

    Read the hashes of the fact's partition once, in pages. Raise `NotProvable` if they do not lead to the signature.
    """
    places = {head.part: index for index, head in enumerate(checkpoint.heads)}
    head = checkpoint.heads[places[fact.part]] if fact.part in places else None
    if head is None or fact.pos > head.n:
        raise NotProvable(f"position {fact.part}:{fact.pos} is not signed yet: run crm audit sign")
    path = [
        (each.side, Tree(_hashes(store, fact.part, each.begin, each.end)).root)
        for each in siblings(fact.pos - 1, head.n)
    ]
    leaves = [each.leaf for each in checkpoint.heads]
    upper = [(each.side, Tree(leaves[each.begin : each.end]).root) for each in siblings(places[fact.part], len(leaves))]
    at = link(fact.prev_hash, fact.pos, fact.draft.digest())
    if root_from_path(at, path) != head.root:
        raise NotProvable(
            f"position {fact.part}:{fact.pos} differs from what was signed at {checkpoint.at}: run crm audit verify"
        )
    return {
        "kind": "crm-audit-proof",
        "version": 1,
        "fact": _described(fact),
        "path": [[side, sibling.hex()] for side, sibling in path],
        "partition": {"part": head.part, "n": head.n, "head": head.head.hex(), "root": head.root.hex()},
        "partitions_path": [[side, sibling.hex()] for side, sibling in upper],
        "statement": checkpoint.statement,
        "signature": checkpoint.signature.hex(),
    }


def _hashes(store: EventStore, part: int, begin: int, end: int) -> Iterator[bytes]:
    """Yield the hashes at the positions after `begin`, up to `end`."""
    for after in range(begin, end, PAGE):
        upto = min(after + PAGE, end)
        page = select(events.c.hash).where(events.c.part == part, events.c.pos > after, events.c.pos <= upto)
        with reading(store.engine) as db:
            yield from db.scalars(page.order_by(events.c.pos))


def _described(fact: StoredFact) -> dict[str, Any]:
    """Return the columns of a fact under its digest, as text."""
    return {
        **{name: getattr(fact, name) for name in ("part", "pos", "originator_version")},
        **{name: str(getattr(fact, name)) for name in ("event_id", "originator_id", "partition_key")},
        **{name: getattr(fact, name) for name in ("topic", "command_id", "metadata")},
        "recorded_at": instant_text(fact.recorded_at),
        "state": fact.state.decode(),
        "prev_hash": fact.prev_hash.hex(),
    }
