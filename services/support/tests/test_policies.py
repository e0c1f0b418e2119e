"""Whenever something becomes true: what support sets a clock for, and what stops it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.reactions import Clear, Set
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
from crm_support.commands import EscalateCase, MakeVisitFallDue
from crm_support.policies import (
    DEADLINES,
    SLOW_COMPLAINT,
    escalate_a_reopened_complaint,
    escalate_a_slow_complaint,
    rest_a_resolved_case,
    rest_an_unresolvable_case,
    spare_a_returned_order,
    visit_after_an_order,
)

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


@pytest.mark.parametrize(
    ("severity", "hours"),
    [(Severity.CRITICAL, 4), (Severity.HIGH, 24), (Severity.NORMAL, 48), (Severity.LOW, 120)],
)
def test_a_complaint_goes_to_the_supervisor_when_its_severitys_time_is_over(severity: Severity, hours: int) -> None:
    clock = escalate_a_slow_complaint(complaint(severity), NOON)

    assert (clock.kind, clock.subject, clock.due_at) == (SLOW_COMPLAINT, CASE, NOON + timedelta(hours=hours))
    assert isinstance(clock.command, EscalateCase)
    assert (clock.command.to, clock.command.by, clock.command.rule) == (
        "service-supervisor",
        "deadline",
        "escalation 2026-1",
    )


@pytest.mark.parametrize("kind", CaseKind)
def test_only_a_reopened_complaint_has_a_clock_again(kind: CaseKind) -> None:
    clock = escalate_a_reopened_complaint(reopened(kind), NOON)

    assert (clock.due_at if clock else None) == (NOON + timedelta(days=1) if kind is CaseKind.COMPLAINT else None)


def test_a_settled_or_explained_case_has_no_clock() -> None:
    resolved = CaseResolved(
        customer_id=CUSTOMER,
        case_id=CASE,
        kind=CaseKind.COMPLAINT,
        resolution="Repaired",
        opened_at=NOON,
        waited=timedelta(days=3),
    )
    unresolvable = CaseDeclaredUnresolvable(
        customer_id=CUSTOMER, case_id=CASE, kind=CaseKind.COMPLAINT, reason="Firmware 2.1"
    )

    steps = [rest_a_resolved_case(resolved, NOON), rest_an_unresolvable_case(unresolvable, NOON)]

    assert steps == [Clear(kind=SLOW_COMPLAINT, subject=CASE)] * 2


def test_visits_fall_due_three_and_thirty_days_after_an_order() -> None:
    clocks = visit_after_an_order(placed(), NOON)

    due = {clock.command.rule: (clock.due_at, clock.command.due_on) for clock in clocks if visits(clock)}
    assert due == {
        VisitRule.THREE_DAYS: (NOON + timedelta(days=3), date(2026, 3, 4)),
        VisitRule.THIRTY_DAYS: (NOON + timedelta(days=30), date(2026, 3, 31)),
    }


def test_the_day_of_a_visit_is_the_day_in_china() -> None:
    late_in_the_evening_in_london = datetime(2026, 3, 1, 20, tzinfo=UTC)

    clocks = visit_after_an_order(placed(), late_in_the_evening_in_london)

    assert [clock.command.due_on for clock in clocks if visits(clock)] == [date(2026, 3, 5), date(2026, 4, 1)]


def test_an_order_that_came_back_whole_is_not_visited() -> None:
    set_kinds = {(clock.kind, clock.subject) for clock in visit_after_an_order(placed(), NOON)}

    cleared = spare_a_returned_order(returned(whole=True), NOON) or ()

    assert {(step.kind, step.subject) for step in cleared} == set_kinds


def test_a_partly_returned_order_is_still_visited() -> None:
    assert spare_a_returned_order(returned(whole=False), NOON) is None


@pytest.mark.parametrize("deadline", DEADLINES, ids=lambda deadline: deadline.name)
def test_every_deadline_says_whenever(deadline: object) -> None:
    assert deadline.then.__doc__.startswith("Whenever ")


def visits(clock: Set) -> bool:
    return isinstance(clock.command, MakeVisitFallDue)
