"""Commands about orders, and about the opportunity that ends in one."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from crm_eventlog.command import Command, CommandPart
from crm_kernel import Channel
from crm_sales.fields import Amount, Code, Name, Prose
from crm_sales.vocabulary import PaymentMeans

Pieces = Annotated[int, Field(ge=1, le=100_000)]


class OrderedLine(CommandPart):
    """One article a customer buys; `total` only where it costs less than quantity times unit price."""

    sku: Code = Field(examples=["X2-256-BLK"])
    name: Name = Field(examples=["X2 手机 256 GB"])
    quantity: Pieces = 1
    unit_price: Amount
    total: Amount | None = None
    assistant: Code | None = Field(default=None, examples=["li.na"])


class ReturnedPieces(CommandPart):
    """So many pieces of one line of an order."""

    line: int = Field(ge=1, le=1000)
    quantity: Pieces


class PlaceOrder(Command):
    """Record what a customer buys; the order of an opportunity keeps its campaign unless another is named."""

    order_id: UUID | None = None
    customer_id: UUID
    lines: tuple[OrderedLine, ...] = Field(min_length=1, max_length=200)
    channel: Channel
    unit: Code | None = Field(default=None, description="The store that sold; the caller's unit when left out.")
    opportunity_id: UUID | None = None
    campaign_code: Code | None = None


class TakePayment(Command):
    """Take money for an order, at most what is outstanding."""

    payment_id: UUID | None = None
    order_id: UUID
    amount: Amount
    means: PaymentMeans


class ReturnOrder(Command):
    """Take goods back at any touchpoint: the pieces named, or everything that is left when none are named."""

    return_id: UUID | None = None
    order_id: UUID
    lines: tuple[ReturnedPieces, ...] = Field(default=(), max_length=200)
    reason: Prose = Field(examples=["wrong colour"])


class WinOpportunity(Command):
    """End an opportunity in an order."""

    opportunity_id: UUID
    order_id: UUID
