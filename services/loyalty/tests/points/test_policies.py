"""Policies: the points that loyalty gives, takes back or lets expire whenever something happens."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.command import Command
from crm_eventlog.reactions import ScheduleDeadline
from crm_events.loyalty import EarningReason, PointsEarned
from crm_events.sales import OrderPlaced, OrderReturned
from crm_events.support import CaseKind, CaseResolved
from crm_events.values import Channel, Money
from crm_loyalty.points.commands import EarnPoints, ExpireLot, GrantGoodwill, TakeBackPoints
from crm_loyalty.points.policies import SHORTEST_WAIT_THANKED, expire_a_lot
from crm_loyalty.programme.errors import ComplaintSettledInTime
from crm_loyalty.programme.programme import Programme
from crm_loyalty.programme.rules import PROGRAMMES
from crm_loyalty.service import SERVICE

MS_CHEN, ORDER, RETURN, CASE, LOT = (UUID(int=number) for number in (7, 9, 5, 2, 4))


def yuan(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="CNY")


def placed(total: str, currency: str = "CNY") -> OrderPlaced:
    money = Money(amount=Decimal(total), currency=currency)
    return OrderPlaced(customer_id=MS_CHEN, order_id=ORDER, lines=(), total=money, unit="tianhe", channel=Channel.STORE)


def asked_for(event: Any) -> list[Command | None]:
    """Return the commands that the policies give for this event."""
    return [policy.then(event, NOON) for policy in SERVICE.policies if isinstance(event, policy.whenever)]


def returned(refund: str, order_total: str) -> OrderReturned:
    return OrderReturned(
        customer_id=MS_CHEN,
        return_id=RETURN,
        order_id=ORDER,
        lines=(),
        refund=yuan(refund),
        whole=False,
        order_total=yuan(order_total),
        reason="Too small",
    )


def resolved(kind: CaseKind, waited: timedelta) -> CaseResolved:
    return CaseResolved(
        customer_id=MS_CHEN, case_id=CASE, kind=kind, resolution="Repaired", opened_at=NOON, waited=waited
    )


@pytest.mark.parametrize(
    ("total", "currency", "earns"),
    [("4999.00", "CNY", True), ("0.01", "USD", True), ("0.00", "CNY", False)],
)
def test_every_order_that_costs_something_earns_points(total: str, currency: str, earns: bool) -> None:
    command = EarnPoints(customer_id=MS_CHEN, order_id=ORDER, amount=Decimal(total) or 1, currency=currency)

    assert asked_for(placed(total, currency)) == [command if earns else None]


@pytest.mark.parametrize(
    ("refund", "order_total", "taken"),
    [
        ("199.00", "4999.00", True),
        ("0.01", "0.01", True),
        ("0.00", "4999.00", False),
        ("199.00", "0.00", False),
        ("0.00", "0.00", False),
    ],
)
def test_a_refund_takes_back_its_share_of_the_orders_points(refund: str, order_total: str, taken: bool) -> None:
    command = TakeBackPoints(
        customer_id=MS_CHEN,
        return_id=RETURN,
        order_id=ORDER,
        refund=Decimal(refund) or 1,
        order_total=Decimal(order_total) or 1,
    )

    assert asked_for(returned(refund, order_total)) == [command if taken else None]


@pytest.mark.parametrize(
    ("kind", "waited", "thanked"),
    [
        (CaseKind.COMPLAINT, timedelta(days=2), False),
        (CaseKind.COMPLAINT, timedelta(days=2, seconds=1), True),
        (CaseKind.COMPLAINT, timedelta(days=130_000), True),
        (CaseKind.QUESTION, timedelta(days=3), False),
    ],
)
def test_only_slow_support_earns_goodwill(kind: CaseKind, waited: timedelta, thanked: bool) -> None:
    command = GrantGoodwill(customer_id=MS_CHEN, case_id=CASE, waited=waited)

    assert asked_for(resolved(kind, waited)) == [command if thanked else None]


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda programme: f"version {programme.version}")
def test_no_version_of_the_programme_thanks_for_a_wait_that_is_passed_over(programme: Programme) -> None:
    with pytest.raises(ComplaintSettledInTime):
        programme.goodwill_for(SHORTEST_WAIT_THANKED)


def earned(expires_on: date) -> PointsEarned:
    return PointsEarned(
        customer_id=MS_CHEN,
        member_id=UUID(int=8),
        lot_id=LOT,
        points=100,
        reason=EarningReason.PURCHASE,
        order_id=ORDER,
        rate="1",
        expires_on=expires_on,
        balance=100,
    )


def test_a_lot_falls_due_at_the_end_of_its_last_day() -> None:
    due_at = datetime(2028, 3, 1, 16, 0, tzinfo=UTC)

    assert expire_a_lot(earned(date(2028, 3, 1)), NOON) == ScheduleDeadline(
        kind="expire_lot", subject=LOT, due_at=due_at, command=ExpireLot(customer_id=MS_CHEN, lot_id=LOT)
    )


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda programme: f"version {programme.version}")
def test_a_lot_never_falls_due_before_the_programme_says_its_last_day_is_over(programme: Programme) -> None:
    last_day = programme.last_day_of(NOON)

    assert expire_a_lot(earned(last_day), NOON).due_at >= programme.end_of(last_day)


def test_the_end_of_points_is_set_whenever_they_are_earned() -> None:
    (deadline,) = SERVICE.deadlines

    assert deadline.whenever is PointsEarned
    assert deadline.then(earned(date(2028, 3, 1)), NOON) == expire_a_lot(earned(date(2028, 3, 1)), NOON)
