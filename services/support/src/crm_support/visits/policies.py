"""Deadlines of visits: each falls due some days after an order, unless all of it came back."""

from datetime import datetime

from crm_eventlog.reactions import CancelDeadline, Deadline, ScheduleDeadline
from crm_events.sales import OrderPlaced, OrderReturned
from crm_support.visits.commands import MakeVisitFallDue
from crm_support.visits.rules import VISIT_PLAN
from crm_support.vocabulary import VisitRule


def visit_after_an_order(event: OrderPlaced, at: datetime) -> tuple[ScheduleDeadline, ...]:
    """Whenever an order is placed, visits fall due three days and 30 days later."""
    return tuple(_visit(event, rule, at + after) for rule, after in VISIT_PLAN.after.items())


def spare_a_returned_order(event: OrderReturned, at: datetime) -> tuple[CancelDeadline, ...] | None:
    """Whenever nothing of an order is left with the customer, its visits that are still to come are called off."""
    if not event.whole:
        return None
    return tuple(CancelDeadline(kind=_visit_kind(rule), subject=event.order_id) for rule in VISIT_PLAN.after)


def _visit(event: OrderPlaced, rule: VisitRule, due_at: datetime) -> ScheduleDeadline:
    command = MakeVisitFallDue(
        customer_id=event.customer_id,
        order_id=event.order_id,
        rule=rule,
        due_on=due_at.astimezone(VISIT_PLAN.zone).date(),
        decided_by=VISIT_PLAN.version,
    )
    return ScheduleDeadline(kind=_visit_kind(rule), subject=event.order_id, due_at=due_at, command=command)


def _visit_kind(rule: VisitRule) -> str:
    return f"visit_after_{rule}"


DEADLINES = (Deadline(OrderPlaced, visit_after_an_order), Deadline(OrderReturned, spare_a_returned_order))
