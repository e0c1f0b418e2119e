"""Commands about opportunities."""

from uuid import UUID

from pydantic import Field

from crm_eventlog.command import Command
from crm_sales.fields import Amount, Code, Name, Prose


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
    """Move an opportunity to another stage, forwards or backwards, with the reason."""

    opportunity_id: UUID
    stage: Code = Field(examples=["offer"])
    why: Prose = Field(examples=["asked for the price"])


class LoseOpportunity(Command):
    """End an opportunity without a sale."""

    opportunity_id: UUID
    reason: Prose = Field(examples=["bought elsewhere"])
