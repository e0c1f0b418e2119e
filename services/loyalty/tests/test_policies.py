"""Whenever something becomes true: which points loyalty gives, takes back or lets expire."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.reactions import Set
from crm_events.loyalty import EarningReason, PointsEarned
from crm_events.sales import OrderPlaced, OrderReturned
from crm_events.support import CaseKind, CaseResolved
from crm_events.values import Channel, Money
from crm_loyalty.commands import EarnPoints, ExpireLot, GrantGoodwill, TakeBackPoints
from crm_loyalty.domain.programme import PROGRAMMES, ComplaintSettledInTime, Programme
from crm_loyalty.policies import (
    DEADLINES,
    POLICIES,
    SHORTEST_WAIT_THANKED,
    apologise_for_slow_support,
    earn_from_an_order,
    expire_a_lot,
    take_back_on_a_return,
)

MS_CHEN, ORDER, RETURN, CASE, LOT = (UUID(int=number) for number in (7, 9, 5, 2, 4))


def yuan(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="CNY")


def placed(total: str) -> OrderPlaced:
    return OrderPlaced(
        customer_id=MS_CHEN, order_id=ORDER, lines=(), total=yuan(total), unit="tianhe", channel=Channel.STORE
    )


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


@pytest.mark.feature("L29")
@pytest.mark.parametrize(
    ("total", "command"),
    [
        ("4999.00", EarnPoints(customer_id=MS_CHEN, order_id=ORDER, amount=Decimal("4999.00"), currency="CNY")),
        ("0.00", None),
    ],
)
def test_every_order_that_costs_something_earns_points(total: str, command: EarnPoints | None) -> None:
    assert earn_from_an_order(placed(total), NOON) == command


@pytest.mark.parametrize(
    ("refund", "order_total", "taken"),
    [("199.00", "4999.00", True), ("0.00", "4999.00", False), ("0.00", "0.00", False)],
)
def test_a_refund_takes_back_its_share_of_the_orders_points(refund: str, order_total: str, taken: bool) -> None:
    command = TakeBackPoints(
        customer_id=MS_CHEN, return_id=RETURN, order_id=ORDER, refund=Decimal("199.00"), order_total=Decimal("4999.00")
    )

    assert take_back_on_a_return(returned(refund, order_total), NOON) == (command if taken else None)


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

    assert apologise_for_slow_support(resolved(kind, waited), NOON) == (command if thanked else None)


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

    assert expire_a_lot(earned(date(2028, 3, 1)), NOON) == Set(
        kind="expire_lot", subject=LOT, due_at=due_at, command=ExpireLot(customer_id=MS_CHEN, lot_id=LOT)
    )


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda programme: f"version {programme.version}")
def test_a_lot_never_falls_due_before_the_programme_says_its_last_day_is_over(programme: Programme) -> None:
    last_day = programme.last_day_of(NOON)

    assert expire_a_lot(earned(last_day), NOON).due_at >= programme.end_of(last_day)


def test_every_reaction_says_whenever() -> None:
    assert all((reaction.then.__doc__ or "").startswith("Whenever ") for reaction in (*POLICIES, *DEADLINES))
    assert [policy.whenever for policy in POLICIES] == [OrderPlaced, OrderReturned, CaseResolved]
    assert [deadline.whenever for deadline in DEADLINES] == [PointsEarned]
