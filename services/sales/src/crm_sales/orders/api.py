"""Orders and what is owed for them, over HTTP."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from crm_chassis.web import Page, Paged, ReadConnection
from crm_events.values import Money
from crm_kernel import NotFound
from crm_sales.amounts import money
from crm_sales.orders.read_models import orders_of_customer, receivables

router = APIRouter(tags=["sales"])
Currency = Annotated[str | None, Query(pattern=r"^[A-Z]{3}$", description="Only debts in this currency.")]


class Line(BaseModel):
    """One line of an order, and how much of it came back."""

    line: int
    sku: str
    name: str
    quantity: int
    unit_price: Money
    total: Money
    assistant: str | None
    returned: int
    refunded: Money


class Order(BaseModel):
    """An order with its lines, what was paid for it and what came back."""

    order_id: UUID
    customer_id: UUID
    unit: str
    channel: str
    opportunity_id: UUID | None
    campaign_code: str | None
    ordered_at: datetime
    ordered_with: str = Field(description="Who took the order.")
    total: Money
    paid: Money
    refunded: Money = Field(description="What the returned goods cost.")
    paid_back: Money = Field(description="The part of it that was no longer owed, and so was handed back.")
    outstanding: Money
    lines: list[Line]


class AccountEntry(BaseModel):
    """One effect of one event on what is owed; a plus adds to it."""

    event_id: UUID
    kind: str = Field(examples=["ordered", "paid", "refunded", "paid_back"])
    amount: Money
    at: datetime
    by: str
    unit: str


class Account(BaseModel):
    """The account of one order; its entries add up to `outstanding`."""

    order_id: UUID
    ordered_at: datetime
    outstanding: Money
    entries: list[AccountEntry]


class ReceivablesOfCustomer(BaseModel):
    """The debt of a customer altogether, and the orders that it is for."""

    customer_id: UUID
    outstanding: list[Money] = Field(description="By currency; empty where everything is paid.")
    accounts: Page[Account]


class Debt(BaseModel):
    """The debt of one customer in one currency, and for how many orders."""

    model_config = ConfigDict(from_attributes=True)

    customer_id: UUID
    outstanding: Money
    orders: int


@router.get("/customers/{customer_id}/orders")
def orders_of_one_customer(customer_id: UUID, db: ReadConnection, paging: Paged) -> Page[Order]:
    """List everything a customer bought at any touchpoint, the newest first."""
    after = paging.after(*orders_of_customer.NEWEST_FIRST.types)
    rows = orders_of_customer.of_customer(db, customer_id, after=after, limit=paging.fetch)
    lines = orders_of_customer.lines_of(db, [row.order_id for row in rows])
    return paging.page(rows, item=lambda row: _order(row, lines[row.order_id]), key=orders_of_customer.NEWEST_FIRST.of)


@router.get("/orders/{order_id}")
def one_order(order_id: UUID, db: ReadConnection) -> Order:
    """Read one order, for whoever takes its payment or takes it back."""
    row = orders_of_customer.one(db, order_id)
    if row is None:
        raise NotFound("order_id", order_id)
    return _order(row, orders_of_customer.lines_of(db, [order_id])[order_id])


@router.get("/customers/{customer_id}/receivables")
def receivables_of_one_customer(customer_id: UUID, db: ReadConnection, paging: Paged) -> ReceivablesOfCustomer:
    """List what a customer owes and why, order by order, the newest first."""
    after = paging.after(*receivables.NEWEST_FIRST.types)
    rows = receivables.of_customer(db, customer_id, after=after, limit=paging.fetch)
    entries = receivables.entries_of(db, [row.order_id for row in rows])
    accounts = paging.page(rows, item=lambda row: _account(row, entries[row.order_id]), key=receivables.NEWEST_FIRST.of)
    totals = [_amount(row, row.outstanding) for row in receivables.totals_of_customer(db, customer_id)]
    return ReceivablesOfCustomer(customer_id=customer_id, outstanding=totals, accounts=accounts)


@router.get("/receivables")
def all_receivables(db: ReadConnection, paging: Paged, currency: Currency = None) -> Page[Debt]:
    """List the customers who owe us, the largest debt of each currency first."""
    after = paging.after(*receivables.AFTER_CUSTOMER)
    rows = receivables.by_customer(db, currency, after=after, limit=paging.fetch)
    return paging.page(
        rows,
        item=lambda row: Debt(
            customer_id=row.customer_id, outstanding=_amount(row, row.outstanding), orders=row.orders
        ),
        key=lambda row: (row.currency, row.outstanding, row.customer_id),
    )


def _amount(row: Any, minor: int) -> Money:
    return money(minor, row.decimals, row.currency)


def _order(row: Any, lines: Iterable[Any]) -> Order:
    outstanding = row.total - row.paid - row.refunded
    amounts = {
        "total": row.total,
        "paid": row.paid,
        "refunded": row.refunded,
        "paid_back": max(0, -outstanding),
        "outstanding": max(0, outstanding),
    }
    return Order.model_validate(
        {
            **row._mapping,
            **{name: _amount(row, amount) for name, amount in amounts.items()},
            "lines": [_line(row, line) for line in lines],
        }
    )


def _line(order: Any, row: Any) -> dict[str, Any]:
    amounts = ("unit_price", "total", "refunded")
    return {**row._mapping, **{name: _amount(order, row._mapping[name]) for name in amounts}}


def _account(row: Any, entries: Sequence[Any]) -> Account:
    shown = [{**entry._mapping, "amount": _amount(row, entry.amount)} for entry in entries]
    return Account.model_validate({**row._mapping, "outstanding": _amount(row, row.outstanding), "entries": shown})
