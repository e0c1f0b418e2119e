"""Rows that read models make of events: the events at their hours, and the rows of each table."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, select

from crm_chassis.testing import NOON, received
from crm_eventlog.envelope import CloudEvent
from crm_events.event import CustomerEvent

MR_WU = UUID(int=8)


def hour(number: int) -> datetime:
    """Return the moment so many hours after noon."""
    return NOON + timedelta(hours=number)


def at(number: int, event: CustomerEvent) -> CloudEvent:
    """Publish this event, so many hours after noon."""
    subject = getattr(event, "case_id", None) or getattr(event, "visit_id", None)
    return received(event, time=hour(number), subject=subject or UUID(int=99), sequence=number + 1)


def rows(db: Connection, table: Table) -> dict[UUID, dict[str, Any]]:
    """Read every row of a table by its case or visit, without what is empty or what a row holds by default."""
    found = [dict(row) for row in db.execute(select(table)).mappings()]
    defaults = {column.name: column.server_default.arg for column in table.columns if column.server_default is not None}
    return {
        next(iter(row.values())): {
            name: value for name, value in row.items() if value is not None and str(value) != defaults.get(name)
        }
        for row in found
    }


def for_mr_wu(event: CloudEvent) -> CloudEvent:
    """Let the same thing happen to another customer."""
    ids = {
        name: UUID(int=value.int + 1000)
        for name, value in event.data
        if isinstance(value, UUID) and name != "customer_id"
    }
    data = event.data.model_copy(update={**ids, "customer_id": MR_WU})
    return received(data, time=event.time, sequence=event.sequence)
