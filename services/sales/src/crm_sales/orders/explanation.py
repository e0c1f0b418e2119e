"""The explanation of a receivable by the orders, payments and returns behind it."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, select

from crm_chassis.breakdown import Breakdown, Entry
from crm_sales.orders.read_models import receivables

_REASONS = {
    receivables.ORDERED: ("ordered", "订购"),
    receivables.PAID: ("paid", "付款"),
    receivables.REFUNDED: ("refund for returned goods", "退货退款"),
    receivables.PAID_BACK: ("paid back to the customer", "退还客户"),
}


def receivable_of(db: Connection, order_id: UUID, *, language: str) -> Breakdown | None:
    """Explain the amount still to be paid of an order; None where the order does not exist."""
    table = receivables.receivables
    account = db.execute(select(table).where(table.c.order_id == order_id)).one_or_none()
    if account is None:
        return None
    unit = Decimal(10) ** -account.decimals
    entries = [
        Entry(row.event_id, row.amount * unit, _REASONS[row.kind][language == "zh"])
        for row in receivables.entries_of(db, [order_id]).get(order_id, [])
    ]
    about = {"order_id": order_id, "customer_id": account.customer_id, "currency": account.currency}
    return Breakdown(about, account.outstanding * unit, entries)
