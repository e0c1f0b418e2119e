"""Visits that fell due and were neither done nor skipped."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Date, Index, MetaData, Row, Table, Text, Uuid, select

from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.support import VisitDone, VisitFellDue, VisitSkipped

visits_due = Table(
    "visits_due",
    MetaData(),
    Column("visit_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("rule", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Index("visits_due_by_day", "due_on", "visit_id"),
)
SOONEST_FIRST = Keyset(visits_due.c.due_on, visits_due.c.visit_id)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show a visit from the day it falls due until it is done or skipped."""
    for event in events:
        match event.data:
            case VisitFellDue():
                row = event.data.model_dump(include={column.name for column in visits_due.c})
                insert_or_ignore(db, visits_due, [{**row, "rule": event.data.rule.value}])
            case VisitDone() | VisitSkipped():
                db.execute(visits_due.delete().where(visits_due.c.visit_id == event.data.visit_id))


def between(
    db: Connection, first: date | None, last: date | None, *, after: tuple[Any, ...] | None, limit: int
) -> Sequence[Row[Any]]:
    """List the visits due from `first` to `last`, both included, the longest due first."""
    query = select(visits_due)
    if first:
        query = query.where(visits_due.c.due_on >= first)
    if last:
        query = query.where(visits_due.c.due_on <= last)
    return db.execute(SOONEST_FIRST.page(query, after=after, limit=limit)).all()


READ_MODEL = ReadModel(
    name="visits_due", version=1, tables=(visits_due,), topics=frozenset({"crm.support.v1"}), project=project
)
