"""Deadlines of cases: a complaint that stays open too long is escalated."""

from datetime import datetime

from crm_eventlog.reactions import CancelDeadline, Deadline, ScheduleDeadline
from crm_events.support import CaseDeclaredUnresolvable, CaseReopened, CaseResolved, ComplaintFiled
from crm_support.cases.commands import EscalateCase
from crm_support.cases.rules import ESCALATION
from crm_support.vocabulary import CaseKind, EscalatedBy

SLOW_COMPLAINT = "escalate_a_slow_complaint"


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
    """Whenever a case is declared unresolvable, the customer was told why: a deadline no longer escalates it."""
    return CancelDeadline(kind=SLOW_COMPLAINT, subject=event.case_id)


def _escalation(event: ComplaintFiled | CaseReopened, due_at: datetime) -> ScheduleDeadline:
    command = EscalateCase(
        case_id=event.case_id,
        to=ESCALATION.to,
        reason=ESCALATION.reason,
        by=EscalatedBy.DEADLINE,
        rule=ESCALATION.version,
    )
    return ScheduleDeadline(kind=SLOW_COMPLAINT, subject=event.case_id, due_at=due_at, command=command)


DEADLINES = (
    Deadline(ComplaintFiled, escalate_a_slow_complaint),
    Deadline(CaseReopened, escalate_a_reopened_complaint),
    Deadline(CaseResolved, rest_a_resolved_case),
    Deadline(CaseDeclaredUnresolvable, rest_an_unresolvable_case),
)
