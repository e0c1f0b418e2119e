"""A customer's history a page at a time, newest first: filtered, and as it was or as it was known at any moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, literal, select, tuple_

from crm_history.cursor import Place, cursor_after, place_of
from crm_history.tables import ORDER_KEY, customer_history

LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """A moment on either clock: what was true by `occurred_by`, what was known by `recorded_by`; both inclusive."""

    occurred_by: datetime | None = None
    recorded_by: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions under which a row was true, and known, at that moment."""
        row, wanted = customer_history.c, []
        if self.occurred_by is not None:
            wanted.append(row.occurred_at <= self.occurred_by)
        if self.recorded_by is not None:
            wanted.append(row.recorded_at <= self.recorded_by)
        return wanted


NOW = AsOf()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A part of a history: from one service, over one channel, of one kind, from `since` to before `until`."""

    source: str | None = None
    channel: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions under which a row is shown."""
        row = customer_history.c
        equal = {row.source: self.source, row.channel: self.channel, row.kind: self.kind}
        wanted: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
        if self.since is not None:
            wanted.append(row.occurred_at >= self.since)
        if self.until is not None:
            wanted.append(row.occurred_at < self.until)
        return wanted


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows, newest first, the event ids of those causes that are in this history too, and where to go on."""

    rows: Sequence[Row[Any]]
    causes: frozenset[UUID]
    next: str | None


def page(
    db: Connection,
    customer_id: UUID,
    wanted: Wanted = EVERYTHING,
    *,
    as_of: AsOf = NOW,
    cursor: str | None = None,
    limit: int = 50,
) -> Slice:
    """Return the newest `limit` rows, or those older than where `cursor` left off; newcomers shift nothing."""
    query = select(customer_history).where(customer_history.c.customer_id == customer_id)
    query = query.where(*wanted.conditions(), *as_of.conditions())
    if cursor is not None:
        query = query.where(_before(place_of(cursor)))
    newest_first = [column.desc() for column in ORDER_KEY]
    found = db.execute(query.order_by(*newest_first).limit(limit + 1)).all()
    shown = found[:limit]
    more = cursor_after(shown[-1]) if len(found) > limit else None
    return Slice(shown, _causes(db, customer_id, shown, as_of), more)


def cause_id(row: Row[Any]) -> UUID | None:
    """Return the id of the event that caused this one, if what is noted as its cause is an event at all."""
    try:
        return UUID(row.causation_id) if row.causation_id else None
    except ValueError:
        return None


def _before(place: Place) -> ColumnElement[bool]:
    key = [literal(value, column.type) for value, column in zip(place, ORDER_KEY, strict=True)]
    return tuple_(*ORDER_KEY) < tuple_(*key)


def _causes(db: Connection, customer_id: UUID, rows: Sequence[Row[Any]], as_of: AsOf) -> frozenset[UUID]:
    named = {cause for row in rows if (cause := cause_id(row)) is not None}
    if not named:
        return frozenset()
    # The customer is compared here, not there: SQLite would rather walk all of a customer's rows than look up ids.
    history = customer_history.c
    query = select(history.event_id, history.customer_id).where(history.event_id.in_(named), *as_of.conditions())
    return frozenset(event_id for event_id, whose in db.execute(query) if whose == customer_id)
