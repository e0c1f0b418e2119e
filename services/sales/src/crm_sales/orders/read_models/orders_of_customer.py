"""Every purchase of a customer, whichever touchpoint sold it: its lines, what was paid and what came back."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    Uuid,
    select,
)

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.sales import OrderPlaced, OrderReturned, PaymentTaken
from crm_sales.amounts import decimals, minor

tables = MetaData()
# Amounts are minor units; `refunded` is what the returned goods cost, `outstanding` what is still to be paid.
orders_of_customer = Table(
    "orders_of_customer",
    tables,
    Column("order_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("unit", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("opportunity_id", Uuid),
    Column("campaign_code", Text),
    Column("currency", Text, nullable=False),
    Column("decimals", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("ordered_with", Text, nullable=False),
    Index("orders_of_customer_by_time", "customer_id", "ordered_at", "order_id"),
)
order_lines = Table(
    "order_lines",
    tables,
    Column("order_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("sku", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("assistant", Text),
    Column("returned", Integer, nullable=False),
    Column("refunded", BigInteger, nullable=False),
)
NEWEST_FIRST = Keyset(orders_of_customer.c.ordered_at.desc(), orders_of_customer.c.order_id.desc())


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show an order from the moment it is placed, with every payment and return that follows."""
    for event in events:
        match event.data:
            case OrderPlaced():
                insert_or_ignore(db, orders_of_customer, [_placed(event)])
                insert_or_ignore(db, order_lines, _lines(event.data))
            case PaymentTaken(order_id=order_id, amount=amount):
                _add(db, order_id, paid=minor(amount))
            case OrderReturned(order_id=order_id, refund=refund):
                _add(db, order_id, refunded=minor(refund))
                _take_back(db, event.data)


def of_customer(db: Connection, customer_id: UUID, *, after: tuple[Any, ...] | None, limit: int) -> Sequence[Row[Any]]:
    """Return the customer's orders, the newest first; `after` is (ordered_at, order_id)."""
    query = select(orders_of_customer).where(orders_of_customer.c.customer_id == customer_id)
    return db.execute(NEWEST_FIRST.page(query, after=after, limit=limit)).all()


def one(db: Connection, order_id: UUID) -> Row[Any] | None:
    """Return the row of one order."""
    return db.execute(select(orders_of_customer).where(orders_of_customer.c.order_id == order_id)).one_or_none()


def lines_of(db: Connection, order_ids: Iterable[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Return the lines of these orders by order, sorted by their number."""
    query = select(order_lines).where(order_lines.c.order_id.in_(list(order_ids)))
    lines: dict[UUID, list[Row[Any]]] = {}
    for line in db.execute(query.order_by(order_lines.c.order_id, order_lines.c.line)):
        lines.setdefault(line.order_id, []).append(line)
    return lines


def _placed(event: CloudEvent) -> dict[str, Any]:
    order: OrderPlaced = event.data
    return {
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "unit": order.unit,
        "channel": order.channel.value,
        "opportunity_id": order.opportunity_id,
        "campaign_code": order.campaign_code,
        "currency": order.total.currency,
        "decimals": decimals(order.total),
        "total": minor(order.total),
        "paid": 0,
        "refunded": 0,
        "ordered_at": event.time,
        "ordered_with": event.actor,
    }


def _lines(order: OrderPlaced) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order.order_id,
            "line": line.line,
            "sku": line.sku,
            "name": line.name,
            "quantity": line.quantity,
            "unit_price": minor(line.unit_price),
            "total": minor(line.total),
            "assistant": line.assistant,
            "returned": 0,
            "refunded": 0,
        }
        for line in order.lines
    ]


def _add(db: Connection, order_id: UUID, **amounts: int) -> None:
    sums = {name: orders_of_customer.c[name] + amount for name, amount in amounts.items()}
    db.execute(orders_of_customer.update().where(orders_of_customer.c.order_id == order_id).values(sums))


def _take_back(db: Connection, event: OrderReturned) -> None:
    for line in event.lines:
        db.execute(
            order_lines.update()
            .where(order_lines.c.order_id == event.order_id, order_lines.c.line == line.line)
            .values(
                returned=order_lines.c.returned + line.quantity,
                refunded=order_lines.c.refunded + minor(line.refund),
            )
        )


READ_MODEL = ReadModel(
    name="orders_of_customer",
    version=1,
    tables=(orders_of_customer, order_lines),
    topics=frozenset({"crm.sales.v1"}),
    project=project,
)
