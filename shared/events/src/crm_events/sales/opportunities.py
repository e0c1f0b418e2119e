"""Opportunities, from the first stage to the last."""

from uuid import UUID

from crm_events.event import CustomerEvent
from crm_events.values import Money


class OpportunityOpened(CustomerEvent):
    """A sale worth pursuing was recorded, with what we expect it to bring."""

    opportunity_id: UUID
    lead_id: UUID | None = None
    title: str
    expected: Money
    stage: str
    salesperson: str | None = None
    """Who pursues it."""
    campaign_code: str | None = None


class OpportunityMoved(CustomerEvent):
    """An opportunity went from one stage to another."""

    opportunity_id: UUID
    before: str
    after: str
    why: str


class OpportunityWon(CustomerEvent):
    """An opportunity ended in this order."""

    opportunity_id: UUID
    order_id: UUID


class OpportunityLost(CustomerEvent):
    """An opportunity ended without a sale, in the stage and for the reason named."""

    opportunity_id: UUID
    stage: str
    reason: str
