"""Receivables: an account of every order, and the entries of which it is the sum.

A receivable is orders less payments less refunds; where a refund is more than what was still owed, the difference was
paid back, and the receivable is nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final
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
    and_,
    cast,
    func,
    or_,
    select,
)

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import Keyset, ReadModel, insert_or_ignore
from crm_events.sales import OrderPlaced, OrderReturned, PaymentTaken
from crm_sales.amounts import decimals, minor

tables = MetaData()
# Amounts are minor units.
receivables = Table(
    "receivables",
    tables,
    Column("order_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("currency", Text, nullable=False),
    Column("decimals", Integer, nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("outstanding", BigInteger, nullable=False),
    Index("receivables_of_customer", "customer_id", "ordered_at", "order_id"),
    Index("receivables_outstanding", "currency", "outstanding"),
)
# The sign is the effect on what is owed; a return that is partly paid back has two entries.
receivable_entries = Table(
    "receivable_entries",
    tables,
    Column("event_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Index("receivable_entries_of_order", "order_id", "sequence"),
)
ORDERED: Final = "ordered"
PAID: Final = "paid"
REFUNDED: Final = "refunded"
PAID_BACK: Final = "paid_back"
NEWEST_FIRST = Keyset(receivables.c.ordered_at.desc(), receivables.c.order_id.desc())
AFTER_CUSTOMER = (str, int, UUID)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Account for every order, payment and return."""
    for event in events:
        match event.data:
            case OrderPlaced():
                insert_or_ignore(db, receivables, [_opened(event)])
                _enter(db, event, {ORDERED: minor(event.data.total)})
            case PaymentTaken():
                _enter(db, event, {PAID: -minor(event.data.amount)})
            case OrderReturned():
                refund = minor(event.data.refund)
                paid_back = max(0, refund - _outstanding(db, event.data.order_id))
                _enter(db, event, {REFUNDED: -refund, PAID_BACK: paid_back})


def of_customer(db: Connection, customer_id: UUID, *, after: tuple[Any, ...] | None, limit: int) -> Sequence[Row[Any]]:
    """Return the accounts of the customer's orders, the newest first; `after` is (ordered_at, order_id)."""
    query = select(receivables).where(receivables.c.customer_id == customer_id)
    return db.execute(NEWEST_FIRST.page(query, after=after, limit=limit)).all()


def entries_of(db: Connection, order_ids: Iterable[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Return the entries of each of these orders in their sequence; their sum is `outstanding`."""
    query = select(receivable_entries).where(receivable_entries.c.order_id.in_(list(order_ids)))
    entries: dict[UUID, list[Row[Any]]] = {}
    # A refund is entered before what was paid back of it.
    for entry in db.execute(query.order_by(receivable_entries.c.sequence, receivable_entries.c.kind.desc())):
        entries.setdefault(entry.order_id, []).append(entry)
    return entries


def totals_of_customer(db: Connection, customer_id: UUID) -> Sequence[Row[Any]]:
    """Return what the customer owes altogether, by currency; no row where everything is paid."""
    return db.execute(_by_customer().where(receivables.c.customer_id == customer_id)).all()


def by_customer(
    db: Connection, currency: str | None, *, after: tuple[Any, ...] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return the debts, the largest of each currency first; `after` is (currency, outstanding, customer_id)."""
    owed = _by_customer().subquery()
    query = select(owed).order_by(owed.c.currency, owed.c.outstanding.desc(), owed.c.customer_id).limit(limit)
    if currency:
        query = query.where(owed.c.currency == currency)
    if after:
        in_currency, outstanding, customer_id = after
        less = or_(
            owed.c.outstanding < outstanding,
            and_(owed.c.outstanding == outstanding, owed.c.customer_id > customer_id),
        )
        query = query.where(or_(owed.c.currency > in_currency, and_(owed.c.currency == in_currency, less)))
    return db.execute(query).all()


def _by_customer() -> Any:
    accounts = receivables.c
    keys = (accounts.customer_id, accounts.currency, accounts.decimals)
    owed = cast(func.sum(accounts.outstanding), BigInteger).label("outstanding")
    return select(*keys, owed, func.count().label("orders")).where(accounts.outstanding > 0).group_by(*keys)


def _opened(event: CloudEvent) -> dict[str, Any]:
    return {
        "order_id": event.data.order_id,
        "customer_id": event.data.customer_id,
        "currency": event.data.total.currency,
        "decimals": decimals(event.data.total),
        "ordered_at": event.time,
        "outstanding": 0,
    }


def _outstanding(db: Connection, order_id: UUID) -> int:
    query = select(receivables.c.outstanding).where(receivables.c.order_id == order_id)
    outstanding: int = db.execute(query).scalar_one()
    return outstanding


def _enter(db: Connection, event: CloudEvent, amounts: dict[str, int]) -> None:
    order_id = event.data.order_id
    rows = [
        {
            "event_id": event.id,
            "kind": kind,
            "order_id": order_id,
            "sequence": event.sequence,
            "amount": amount,
            "at": event.time,
            "by": event.actor,
            "unit": event.unit,
        }
        for kind, amount in amounts.items()
        if amount
    ]
    insert_or_ignore(db, receivable_entries, rows)
    owed = receivables.c.outstanding + sum(amounts.values())
    db.execute(receivables.update().where(receivables.c.order_id == order_id).values(outstanding=owed))


READ_MODEL = ReadModel(
    name="receivables",
    version=1,
    tables=(receivables, receivable_entries),
    topics=frozenset({"crm.sales.v1"}),
    project=project,
)
