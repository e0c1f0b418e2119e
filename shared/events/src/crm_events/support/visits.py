"""Visits after a sale."""

from datetime import date
from uuid import UUID

from crm_events.event import CustomerEvent
from crm_events.support.vocabulary import VisitRule


class VisitFellDue(CustomerEvent):
    """The day came to ask a customer how they are doing with what they bought."""

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    due_on: date


class VisitDone(CustomerEvent):
    """The customer was visited or called after the sale; `outcome` says what came of it."""

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    outcome: str


class VisitSkipped(CustomerEvent):
    """The visit after a sale will not take place, for the reason named."""

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    reason: str
