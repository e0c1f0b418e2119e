"""Whenever something becomes true: what support sets a clock for, and what stops it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.reactions import CancelDeadline, ScheduleDeadline
from crm_events.sales import OrderPlaced, OrderReturned
from crm_events.support import (
    CaseDeclaredUnresolvable,
    CaseKind,
    CaseReopened,
    CaseResolved,
    ComplaintFiled,
    Severity,
    VisitRule,
)
from crm_events.values import Channel, Money
from crm_support.cases.commands import EscalateCase
from crm_support.cases.policies import (
    SLOW_COMPLAINT,
    escalate_a_reopened_complaint,
    escalate_a_slow_complaint,
    rest_a_resolved_case,
    rest_an_unresolvable_case,
)
from crm_support.visits.commands import MakeVisitFallDue
from crm_support.visits.policies import spare_a_returned_order, visit_after_an_order

CUSTOMER, CASE, ORDER = UUID(int=7), UUID(int=1), UUID(int=9)
PRICE = Money(amount=4999, currency="CNY")


def complaint(severity: Severity) -> ComplaintFiled:
    return ComplaintFiled(
        customer_id=CUSTOMER, case_id=CASE, channel=Channel.CALL_CENTRE, subject="s", text="t", severity=severity
    )


def reopened(kind: CaseKind) -> CaseReopened:
    return CaseReopened(customer_id=CUSTOMER, case_id=CASE, kind=kind, reason="Again")


def placed() -> OrderPlaced:
    return OrderPlaced(
        customer_id=CUSTOMER, order_id=ORDER, lines=(), total=PRICE, unit="tianhe", channel=Channel.STORE
    )


def returned(*, whole: bool) -> OrderReturned:
    return OrderReturned(
        customer_id=CUSTOMER,
        return_id=UUID(int=5),
        order_id=ORDER,
        lines=(),
        refund=PRICE,
        whole=whole,
        order_total=PRICE,
        reason="It flickers",
    )


def escalation(due_at: datetime) -> ScheduleDeadline:
    command = EscalateCase(
        case_id=CASE,
        to="service-supervisor",
        reason="Not settled in time. 未在时限内处理。",
        by="deadline",
        rule="escalation 2026-1",
    )
    return ScheduleDeadline(kind=SLOW_COMPLAINT, subject=CASE, due_at=due_at, command=command)


def visit(rule: VisitRule, due_at: datetime, due_on: date) -> ScheduleDeadline:
    command = MakeVisitFallDue(
        customer_id=CUSTOMER, order_id=ORDER, rule=rule, due_on=due_on, decided_by="visits 2026-1"
    )
    return ScheduleDeadline(kind=f"visit_after_{rule}", subject=ORDER, due_at=due_at, command=command)


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


def test_visits_fall_due_three_and_thirty_days_after_an_order() -> None:
    assert visit_after_an_order(placed(), NOON) == (
        visit(VisitRule.THREE_DAYS, NOON + timedelta(days=3), date(2026, 3, 4)),
        visit(VisitRule.THIRTY_DAYS, NOON + timedelta(days=30), date(2026, 3, 31)),
    )


@pytest.mark.parametrize(("minutes", "day"), [(-1, 4), (0, 5)])
def test_the_day_of_a_visit_is_the_day_in_china(minutes: int, day: int) -> None:
    midnight_in_china = datetime(2026, 3, 1, 16, tzinfo=UTC)

    third_day, _ = visit_after_an_order(placed(), midnight_in_china + timedelta(minutes=minutes))

    assert third_day.command.due_on == date(2026, 3, day)


def test_an_order_that_came_back_whole_is_not_visited() -> None:
    assert spare_a_returned_order(returned(whole=True), NOON) == (
        CancelDeadline(kind="visit_after_three_days", subject=ORDER),
        CancelDeadline(kind="visit_after_thirty_days", subject=ORDER),
    )


def test_a_partly_returned_order_is_still_visited() -> None:
    assert spare_a_returned_order(returned(whole=False), NOON) is None
