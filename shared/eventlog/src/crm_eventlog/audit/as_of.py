"""The state of an aggregate at a moment, from the facts that had happened and were known by then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent
from sqlalchemy import select

from crm_eventlog.aggregate import Aggregate
from crm_eventlog.envelope import context_of
from crm_eventlog.store import FACT_COLUMNS, EventStore, StoredFact
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import events

_LIBRARYS = {"_id", "_version", "_created_on", "_modified_on", "_pending_events"}


class NoStateThen(Exception):
    """A set of facts that makes no state: one of them builds on a fact that happened or was reported later."""


class StateAsOf(NamedTuple):
    """The state of an aggregate at a moment, or None before it existed, with its facts and the number of later ones."""

    aggregate: Aggregate | None
    facts: Sequence[StoredFact]
    later: int

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields of the aggregate as JSON values."""
        known = {} if self.aggregate is None else vars(self.aggregate)
        fields = {name.lstrip("_"): value for name, value in known.items() if name not in _LIBRARYS}
        content: dict[str, Any] = msgspec.to_builtins(fields, str_keys=True, order="deterministic", enc_hook=str)
        return content


def as_of(
    store: EventStore,
    mapper: Mapper[UUID],
    id: UUID,
    *,
    happened_by: datetime | None = None,
    known_by: datetime | None = None,
) -> StateAsOf:
    """Return the aggregate from the facts that had happened and were recorded by then. Raise `NoStateThen`.

    A fact that was reported late counts from when it happened, and is known from when it was recorded.
    """
    with reading(store.engine) as db:
        rows = db.execute(
            select(*FACT_COLUMNS).where(events.c.originator_id == id).order_by(events.c.originator_version)
        )
        facts = [StoredFact(*row) for row in rows]
    then = [fact for fact in facts if _by(fact, happened_by, known_by)]
    return StateAsOf(_folded(mapper, then), then, len(facts) - len(then))


def _by(fact: StoredFact, happened_by: datetime | None, known_by: datetime | None) -> bool:
    happened = happened_by is None or context_of(fact).occurred_at <= happened_by
    return happened and (known_by is None or fact.recorded_at <= known_by)


def _folded(mapper: Mapper[UUID], facts: Sequence[StoredFact]) -> Aggregate | None:
    if not facts or facts[0].originator_version != 1:
        return None
    aggregate: Any = None
    for fact in facts:
        stored = StoredEvent(fact.originator_id, fact.originator_version, fact.topic, fact.state)
        if aggregate is not None:
            # The next fact must not notice the facts left out.
            aggregate.version = fact.originator_version - 1
        try:
            aggregate = mapper.to_domain_event(stored).mutate(aggregate)  # type: ignore[attr-defined]
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            where = f"{fact.topic} at {fact.part}:{fact.pos}"
            raise NoStateThen(f"{where} builds on a fact that happened or was known later ({error!r})") from error
    return aggregate  # type: ignore[no-any-return]
