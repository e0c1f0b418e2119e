"""Deadlines that support sets for complaints, and clears."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.reactions import CancelDeadline, ScheduleDeadline
from crm_events.support import (
    CaseDeclaredUnresolvable,
    CaseKind,
    CaseReopened,
    CaseResolved,
    ComplaintFiled,
    Severity,
)
from crm_events.values import Channel
from crm_support.cases.commands import EscalateCase
from crm_support.cases.policies import (
    SLOW_COMPLAINT,
    escalate_a_reopened_complaint,
    escalate_a_slow_complaint,
    rest_a_resolved_case,
    rest_an_unresolvable_case,
)

CUSTOMER, CASE = UUID(int=7), UUID(int=1)


def complaint(severity: Severity) -> ComplaintFiled:
    return ComplaintFiled(
        customer_id=CUSTOMER, case_id=CASE, channel=Channel.CALL_CENTRE, subject="s", text="t", severity=severity
    )


def reopened(kind: CaseKind) -> CaseReopened:
    return CaseReopened(customer_id=CUSTOMER, case_id=CASE, kind=kind, reason="Again")


def escalation(due_at: datetime) -> ScheduleDeadline:
    command = EscalateCase(
        case_id=CASE,
        to="service-supervisor",
        reason="Not settled in time. 未在时限内处理。",
        by="deadline",
        rule="escalation 2026-1",
    )
    return ScheduleDeadline(kind=SLOW_COMPLAINT, subject=CASE, due_at=due_at, command=command)


@pytest.mark.parametrize(
    ("severity", "hours"),
    [(Severity.CRITICAL, 4), (Severity.HIGH, 24), (Severity.NORMAL, 48), (Severity.LOW, 120)],
)
def test_a_complaint_goes_to_the_supervisor_when_its_severitys_time_is_over(severity: Severity, hours: int) -> None:
    assert escalate_a_slow_complaint(complaint(severity), NOON) == escalation(NOON + timedelta(hours=hours))


@pytest.mark.parametrize("kind", sorted(set(CaseKind) - {CaseKind.COMPLAINT}))
def test_what_is_no_complaint_has_no_clock_when_it_is_reopened(kind: CaseKind) -> None:
    assert escalate_a_reopened_complaint(reopened(kind), NOON) is None


def test_a_reopened_complaint_goes_to_the_supervisor_after_a_day() -> None:
    assert escalate_a_reopened_complaint(reopened(CaseKind.COMPLAINT), NOON) == escalation(NOON + timedelta(days=1))


def test_a_settled_or_explained_case_has_no_clock() -> None:
    case = {"customer_id": CUSTOMER, "case_id": CASE, "kind": CaseKind.COMPLAINT}
    resolved = CaseResolved(**case, resolution="Repaired", opened_at=NOON, waited=timedelta(days=3))
    unresolvable = CaseDeclaredUnresolvable(**case, reason="Firmware 2.1")

    steps = [rest_a_resolved_case(resolved, NOON), rest_an_unresolvable_case(unresolvable, NOON)]

    assert steps == [CancelDeadline(kind=SLOW_COMPLAINT, subject=CASE)] * 2
