"""Commands about leads."""

from uuid import UUID

from pydantic import Field

from crm_eventlog.command import Command
from crm_sales.fields import Amount, Code, Name, Prose


class CaptureLead(Command):
    """Record that a person showed interest; a salesperson is chosen by the rule at once."""

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
