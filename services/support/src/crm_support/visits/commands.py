"""Commands about visits after a sale."""

from datetime import date
from uuid import UUID

from crm_eventlog.command import Command
from crm_support.fields import Name, Prose
from crm_support.vocabulary import VisitRule


class MakeVisitFallDue(Command):
    """The day came to visit or call a customer after an order; asked by the clock, not by people."""

    customer_id: UUID
    order_id: UUID
    rule: VisitRule
    due_on: date
    decided_by: Name


class DoVisit(Command):
    """A visit after a sale took place."""

    visit_id: UUID
    outcome: Prose


class SkipVisit(Command):
    """A visit after a sale will not take place."""

    visit_id: UUID
    reason: Prose
