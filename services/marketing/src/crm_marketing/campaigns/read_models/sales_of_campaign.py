"""The sales of a campaign: one line from the lead it produced to the order that followed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, MetaData, Row, Table, Text, Uuid, func, select

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.sales import LeadCaptured, LeadConverted, OrderPlaced, OrderReturned

# A line begins with a lead, or with an order that names the campaign itself. Amounts are exact decimals as text.
sales_of_campaign = Table(
    "sales_of_campaign",
    MetaData(),
    Column("line_id", Uuid, primary_key=True),
    Column("campaign_code", Text, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("lead_id", Uuid),
    Column("interest", Text),
    Column("opportunity_id", Uuid),
    Column("order_id", Uuid),
    Column("ordered_at", Instant),
    Column("amount", Text),
    Column("refunded", Text),
    Column("currency", Text),
    Index("sales_of_campaign_by_time", "campaign_code", "began_at", "line_id"),
    Index("sales_of_campaign_by_opportunity", "opportunity_id"),
    Index("sales_of_campaign_by_order", "order_id"),
)
LATEST_FIRST = Keyset(sales_of_campaign.c.began_at.desc(), sales_of_campaign.c.line_id.desc())


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Follow a lead of a campaign to its order, and count every other order that names a campaign."""
    for event in events:
        match event.data:
            case LeadCaptured(campaign_code=str()):
                insert_or_ignore(db, sales_of_campaign, [_lead(event)])
            case LeadConverted(lead_id=lead_id, opportunity_id=opportunity_id):
                _change(db, sales_of_campaign.c.line_id == lead_id, {"opportunity_id": opportunity_id})
            case OrderPlaced():
                _place(event, db)
            case OrderReturned():
                _take_back(event.data, db)


def of_campaign(db: Connection, code: str, *, after: tuple[Any, ...] | None = None, limit: int) -> Sequence[Row[Any]]:
    """Return the lines of a campaign, the latest first; `after` is (began_at, line_id)."""
    query = select(sales_of_campaign).where(sales_of_campaign.c.campaign_code == code)
    return db.execute(LATEST_FIRST.page(query, after=after, limit=limit)).all()


def counts(db: Connection, code: str) -> dict[str, int]:
    """Count the leads and orders that the campaign brought."""
    lines = sales_of_campaign.c
    query = select(func.count(lines.lead_id).label("leads"), func.count(lines.order_id).label("orders"))
    return dict(db.execute(query.where(lines.campaign_code == code)).one()._mapping)


def revenue(db: Connection, code: str) -> dict[str, Decimal]:
    """Return currency -> amount of the campaign's orders, less the refunds."""
    lines = sales_of_campaign.c
    query = select(lines.currency, lines.amount, lines.refunded)
    sums: dict[str, Decimal] = {}
    for currency, amount, refunded in db.execute(query.where(lines.campaign_code == code, lines.order_id.is_not(None))):
        sums[currency] = sums.get(currency, Decimal()) + Decimal(amount) - Decimal(refunded)
    return sums


def _place(event: CloudEvent, db: Connection) -> None:
    order: OrderPlaced = event.data
    ordered = {
        "order_id": order.order_id,
        "ordered_at": event.time,
        "amount": str(order.total.amount),
        "refunded": "0",
        "currency": order.total.currency,
    }
    lead = _waiting_lead(db, order.opportunity_id)
    if lead is not None:
        _change(db, sales_of_campaign.c.line_id == lead, ordered)
    elif order.campaign_code:
        line = {"line_id": order.order_id, "campaign_code": order.campaign_code, "customer_id": order.customer_id}
        insert_or_ignore(db, sales_of_campaign, [{**line, **ordered, "began_at": event.time}])


def _waiting_lead(db: Connection, opportunity_id: UUID | None) -> UUID | None:
    """Return the line of the lead that became this opportunity, unless an order has already followed."""
    if opportunity_id is None:
        return None
    lines = sales_of_campaign.c
    query = select(lines.line_id).where(lines.opportunity_id == opportunity_id, lines.order_id.is_(None))
    return db.scalar(query.limit(1))


def _take_back(returned: OrderReturned, db: Connection) -> None:
    of_order = sales_of_campaign.c.order_id == returned.order_id
    refunded = db.scalar(select(sales_of_campaign.c.refunded).where(of_order))
    if refunded is not None:
        _change(db, of_order, {"refunded": str(Decimal(refunded) + returned.refund.amount)})


def _lead(event: CloudEvent) -> dict[str, Any]:
    return {
        "line_id": event.data.lead_id,
        "campaign_code": event.data.campaign_code,
        "customer_id": event.data.customer_id,
        "began_at": event.time,
        "lead_id": event.data.lead_id,
        "interest": event.data.interest,
    }


def _change(db: Connection, which: Any, changes: dict[str, Any]) -> None:
    db.execute(sales_of_campaign.update().where(which).values(changes))


READ_MODEL = ReadModel(
    name="sales_of_campaign",
    version=1,
    tables=(sales_of_campaign,),
    topics=frozenset({"crm.sales.v1"}),
    project=project,
)
