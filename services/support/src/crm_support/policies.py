"""What support does because something became true: clocks that escalate complaints and make visits fall due.

The hours are plain hours until there are business calendars.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from types import MappingProxyType

from crm_eventlog.reactions import CancelDeadline, Deadline, Policy, ScheduleDeadline
from crm_events.sales import OrderPlaced, OrderReturned
from crm_events.support import (
    CaseDeclaredUnresolvable,
    CaseKind,
    CaseReopened,
    CaseResolved,
    ComplaintFiled,
    EscalatedBy,
    Severity,
    VisitRule,
)
from crm_support.commands import EscalateCase, MakeVisitFallDue

SLOW_COMPLAINT = "escalate_a_slow_complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRule:
    """How long a complaint may stay open before it goes to `to`; a reopened one counts anew, from its reopening."""

    version: str
    to: str
    within: Mapping[Severity, timedelta]
    within_after_reopening: timedelta
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlan:
    """How long after an order each visit falls due, and where the days begin and end."""

    version: str
    after: Mapping[VisitRule, timedelta]
    zone: tzinfo


ESCALATION = EscalationRule(
    version="escalation 2026-1",
    to="service-supervisor",
    within=MappingProxyType(
        {
            Severity.CRITICAL: timedelta(hours=4),
            Severity.HIGH: timedelta(days=1),
            Severity.NORMAL: timedelta(days=2),
            Severity.LOW: timedelta(days=5),
        }
    ),
    within_after_reopening=timedelta(days=1),
    reason="Not settled in time. 未在时限内处理。",
)
VISITS = VisitPlan(
    version="visits 2026-1",
    after=MappingProxyType({VisitRule.THREE_DAYS: timedelta(days=3), VisitRule.THIRTY_DAYS: timedelta(days=30)}),
    zone=timezone(timedelta(hours=8), "China"),
)


def escalate_a_slow_complaint(event: ComplaintFiled, at: datetime) -> ScheduleDeadline:
    """Whenever a complaint is filed, escalate it to the supervisor unless it is settled within its severity's time."""
    return _escalation(event, at + ESCALATION.within[event.severity])


def escalate_a_reopened_complaint(event: CaseReopened, at: datetime) -> ScheduleDeadline | None:
    """Whenever a complaint is reopened, its clock runs anew, shorter than the first time."""
    if event.kind is not CaseKind.COMPLAINT:
        return None
    return _escalation(event, at + ESCALATION.within_after_reopening)


def rest_a_resolved_case(event: CaseResolved, at: datetime) -> CancelDeadline:
    """Whenever a case is resolved, nothing is left to escalate."""
    return CancelDeadline(kind=SLOW_COMPLAINT, subject=event.case_id)


def rest_an_unresolvable_case(event: CaseDeclaredUnresolvable, at: datetime) -> CancelDeadline:
    """Whenever a case is declared unresolvable, the customer was told why: no deadline escalates it any more."""
    return CancelDeadline(kind=SLOW_COMPLAINT, subject=event.case_id)


def visit_after_an_order(event: OrderPlaced, at: datetime) -> tuple[ScheduleDeadline, ...]:
    """Whenever an order is placed, visits fall due three days and 30 days later."""
    return tuple(_visit(event, rule, at + after) for rule, after in VISITS.after.items())


def spare_a_returned_order(event: OrderReturned, at: datetime) -> tuple[CancelDeadline, ...] | None:
    """Whenever nothing of an order is left with the customer, its visits that are still to come are called off."""
    if not event.whole:
        return None
    return tuple(CancelDeadline(kind=_visit_kind(rule), subject=event.order_id) for rule in VISITS.after)


def _escalation(event: ComplaintFiled | CaseReopened, due_at: datetime) -> ScheduleDeadline:
    command = EscalateCase(
        case_id=event.case_id,
        to=ESCALATION.to,
        reason=ESCALATION.reason,
        by=EscalatedBy.DEADLINE,
        rule=ESCALATION.version,
    )
    return ScheduleDeadline(kind=SLOW_COMPLAINT, subject=event.case_id, due_at=due_at, command=command)


def _visit(event: OrderPlaced, rule: VisitRule, due_at: datetime) -> ScheduleDeadline:
    command = MakeVisitFallDue(
        customer_id=event.customer_id,
        order_id=event.order_id,
        rule=rule,
        due_on=due_at.astimezone(VISITS.zone).date(),
        decided_by=VISITS.version,
    )
    return ScheduleDeadline(kind=_visit_kind(rule), subject=event.order_id, due_at=due_at, command=command)


def _visit_kind(rule: VisitRule) -> str:
    return f"visit_after_{rule}"


POLICIES: tuple[Policy, ...] = ()
DEADLINES = (
    Deadline(ComplaintFiled, escalate_a_slow_complaint),
    Deadline(CaseReopened, escalate_a_reopened_complaint),
    Deadline(CaseResolved, rest_a_resolved_case),
    Deadline(CaseDeclaredUnresolvable, rest_an_unresolvable_case),
    Deadline(OrderPlaced, visit_after_an_order),
    Deadline(OrderReturned, spare_a_returned_order),
)
