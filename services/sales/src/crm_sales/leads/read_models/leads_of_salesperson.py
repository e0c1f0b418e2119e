"""The leads that a salesperson follows, what brought each, and what became of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, MetaData, Row, Table, Text, Uuid, select

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.sales import LeadAssigned, LeadCaptured, LeadConverted

leads_of_salesperson = Table(
    "leads_of_salesperson",
    MetaData(),
    Column("lead_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("keyword", Text),
    Column("campaign_code", Text),
    Column("interest", Text, nullable=False),
    Column("captured_at", Instant, nullable=False),
    Column("salesperson", Text),
    Column("rule", Text),
    Column("assigned_at", Instant),
    Column("opportunity_id", Uuid),
    Index("leads_of_salesperson_by_time", "salesperson", "captured_at", "lead_id"),
)
NEWEST_FIRST = Keyset(leads_of_salesperson.c.captured_at.desc(), leads_of_salesperson.c.lead_id.desc())


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show a lead to whoever has it, and the opportunity it became."""
    for event in events:
        match event.data:
            case LeadCaptured():
                row = event.data.model_dump(include={column.name for column in leads_of_salesperson.c})
                insert_or_ignore(db, leads_of_salesperson, [{**row, "captured_at": event.time}])
            case LeadAssigned(lead_id=lead_id, salesperson=salesperson, rule=rule):
                _change(db, lead_id, salesperson=salesperson, rule=rule, assigned_at=event.time)
            case LeadConverted(lead_id=lead_id, opportunity_id=opportunity_id):
                _change(db, lead_id, opportunity_id=opportunity_id)


def of_salesperson(
    db: Connection, salesperson: str, *, unconverted: bool, after: tuple[Any, ...] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return the salesperson's leads, the newest first, all or the unconverted; `after` is (captured_at, lead_id)."""
    leads = leads_of_salesperson.c
    query = select(leads_of_salesperson).where(leads.salesperson == salesperson)
    if unconverted:
        query = query.where(leads.opportunity_id.is_(None))
    return db.execute(NEWEST_FIRST.page(query, after=after, limit=limit)).all()


def _change(db: Connection, lead_id: UUID, **changes: Any) -> None:
    leads = leads_of_salesperson
    db.execute(leads.update().where(leads.c.lead_id == lead_id).values(changes))


READ_MODEL = ReadModel(
    name="leads_of_salesperson",
    version=1,
    tables=(leads_of_salesperson,),
    topics=frozenset({"crm.sales.v1"}),
    project=project,
)
