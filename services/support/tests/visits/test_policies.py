"""Deadlines that support sets for the visits after an order, and clears."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.reactions import CancelDeadline, ScheduleDeadline
from crm_events.sales import OrderPlaced, OrderReturned
from crm_events.support import (
    VisitRule,
)
from crm_events.values import Channel, Money
from crm_support.visits.commands import MakeVisitFallDue
from crm_support.visits.policies import spare_a_returned_order, visit_after_an_order

CUSTOMER, ORDER = UUID(int=7), UUID(int=9)
PRICE = Money(amount=4999, currency="CNY")


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


def visit(rule: VisitRule, due_at: datetime, due_on: date) -> ScheduleDeadline:
    command = MakeVisitFallDue(
        customer_id=CUSTOMER, order_id=ORDER, rule=rule, due_on=due_on, decided_by="visits 2026-1"
    )
    return ScheduleDeadline(kind=f"visit_after_{rule}", subject=ORDER, due_at=due_at, command=command)


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
