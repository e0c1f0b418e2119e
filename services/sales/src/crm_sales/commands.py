"""What sales can be asked to do."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from crm_eventlog.command import Command
from crm_events.sales import PaymentMeans
from crm_events.values import Channel

Code = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Quantity = Annotated[int, Field(ge=1, le=100_000)]


class Amount(BaseModel, frozen=True, extra="forbid"):
    """An exact amount in one currency; its digits travel as text, never as a float."""

    amount: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,14}(\.[0-9]{1,4})?$")] = Field(examples=["4999.00"])
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(examples=["CNY"])

    @property
    def exact(self) -> Decimal:
        return Decimal(self.amount)


class OrderedLine(BaseModel, frozen=True, extra="forbid", str_strip_whitespace=True):
    """One article a customer buys; `total` only where it costs less than quantity times unit price."""

    sku: Code = Field(examples=["X2-256-BLK"])
    name: Name = Field(examples=["X2 手机 256 GB"])
    quantity: Quantity = 1
    unit_price: Amount
    total: Amount | None = None
    assistant: Code | None = Field(default=None, examples=["li.na"])


class ReturnedPieces(BaseModel, frozen=True, extra="forbid"):
    """So many pieces of one line of an order."""

    line: int = Field(ge=1, le=1000)
    quantity: Quantity


class CaptureLead(Command):
    """A person showed interest; a salesperson is chosen by the rule at once."""

    lead_id: UUID | None = None
    customer_id: UUID | None = Field(
        default=None, description="A new one when left out: a visitor nobody knows yet, who may register under it."
    )
    source: Code = Field(examples=["web"])
    keyword: Name | None = Field(default=None, examples=["X2 手机"])
    campaign_code: Code | None = Field(default=None, examples=["CM-2026-048"])
    interest: Prose = Field(examples=["X2 phone: price, after-sales service"])
    city: Code | None = Field(default=None, examples=["guangzhou"])


class AssignLead(Command):
    """Give a lead to a salesperson by hand."""

    lead_id: UUID
    salesperson: Code = Field(examples=["li.na"])
    reason: Prose


class ConvertLead(Command):
    """Make an opportunity of a lead; the answer is about the opportunity."""

    lead_id: UUID
    opportunity_id: UUID | None = None
    title: Name = Field(examples=["X2 phone with case"])
    expected: Amount
    stage: Code | None = Field(default=None, description="The first stage when left out.", examples=["interest"])


class OpenOpportunity(Command):
    """Record a sale worth pursuing that no lead announced."""

    opportunity_id: UUID | None = None
    customer_id: UUID
    title: Name = Field(examples=["X2 phone with case"])
    expected: Amount
    stage: Code | None = Field(default=None, description="The first stage when left out.", examples=["interest"])
    salesperson: Code | None = Field(default=None, description="Who opens it, when left out.", examples=["li.na"])
    campaign_code: Code | None = None


class MoveOpportunity(Command):
    """Let an opportunity go to another stage, forwards or backwards, and say why."""

    opportunity_id: UUID
    stage: Code = Field(examples=["offer"])
    why: Prose = Field(examples=["asked for the price"])


class WinOpportunity(Command):
    """An opportunity ended in an order."""

    opportunity_id: UUID
    order_id: UUID


class LoseOpportunity(Command):
    """An opportunity ended without a sale."""

    opportunity_id: UUID
    reason: Prose = Field(examples=["bought elsewhere"])


class PlaceOrder(Command):
    """A customer buys something; an order of an opportunity carries its campaign on unless another is named."""

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
    """Take goods back at whatever touchpoint: the pieces named, or everything that is left when none are named."""

    return_id: UUID | None = None
    order_id: UUID
    lines: tuple[ReturnedPieces, ...] = Field(default=(), max_length=200)
    reason: Prose = Field(examples=["wrong colour"])
