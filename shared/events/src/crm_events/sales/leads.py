"""Leads: captured, assigned, converted."""

from uuid import UUID

from crm_events.event import CustomerEvent


class LeadCaptured(CustomerEvent):
    """A customer showed interest; `keyword` and `campaign_code` say what brought them, where that is known."""

    lead_id: UUID
    source: str
    keyword: str | None = None
    campaign_code: str | None = None
    interest: str


class LeadAssigned(CustomerEvent):
    """A lead was given to a salesperson by the named rule."""

    lead_id: UUID
    salesperson: str
    rule: str


class LeadConverted(CustomerEvent):
    """A lead became an opportunity."""

    lead_id: UUID
    opportunity_id: UUID
