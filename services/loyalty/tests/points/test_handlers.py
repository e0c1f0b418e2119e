"""Points when two stores ask at once, or one asks again."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.aggregate import DomainError
from crm_eventlog.application import StaleVersion
from crm_eventlog.command import Command
from crm_loyalty.members.errors import CustomerNotEnrolled
from crm_loyalty.points.commands import EarnPoints, ExpireLot, GrantGoodwill, RedeemPoints, TakeBackPoints
from crm_loyalty.points.errors import AlreadyRedeemed, NotEnoughPoints, OrderAlreadyEarned, OrderEarnedNothing
from crm_loyalty.programme.errors import NoProgrammeYet
from crm_loyalty.programme.rules import PROGRAMMES
from services.loyalty.tests.two_stores import TwoStores

MS_CHEN, MR_WU, ORDER = UUID(int=7), UUID(int=8), UUID(int=9)


def redeem(points: int, **named: UUID | None) -> RedeemPoints:
    return RedeemPoints(**{"customer_id": MS_CHEN, **named}, points=points, purpose="Phone case")


def test_two_stores_that_redeem_at_once_never_spend_a_point_twice(stores: TwoStores) -> None:
    refusals = stores.at_once((redeem(200), "tianhe"), (redeem(200), "yuexiu"))

    assert sorted(map(str, refusals)) == sorted(map(str, (None, NotEnoughPoints)))
    assert (stores.account().spent, stores.account().available(NOON)) == (200, 100)


def test_two_stores_that_redeem_at_once_both_get_what_is_there(stores: TwoStores) -> None:
    refusals = stores.at_once((redeem(200), "tianhe"), (redeem(100), "yuexiu"))

    assert refusals == [None, None]
    assert (stores.account().spent, stores.account().available(NOON)) == (300, 0)


def test_one_redemption_that_two_tills_report_at_once_counts_once(stores: TwoStores) -> None:
    once = redeem(100, redemption_id=UUID(int=5))

    refusals = stores.at_once((once, "till 1"), (once, "till 2"))

    assert sorted(map(str, refusals)) == sorted(map(str, (None, AlreadyRedeemed)))
    assert stores.account().spent == 100


@pytest.mark.parametrize(
    "command",
    [
        EarnPoints(customer_id=MR_WU, order_id=ORDER, amount=Decimal(5), currency="CNY"),
        TakeBackPoints(
            customer_id=MR_WU, return_id=UUID(int=1), order_id=ORDER, refund=Decimal(5), order_total=Decimal(5)
        ),
        RedeemPoints(customer_id=MR_WU, points=1, purpose="Phone case"),
        ExpireLot(customer_id=MR_WU, lot_id=UUID(int=1)),
        GrantGoodwill(customer_id=MR_WU, case_id=UUID(int=1), waited=timedelta(days=3)),
    ],
    ids=lambda command: type(command).__name__,
)
def test_points_are_for_members(stores: TwoStores, command: Command) -> None:
    assert stores.refusal(command) is CustomerNotEnrolled


def test_points_can_be_spent_in_the_members_name(stores: TwoStores) -> None:
    command = RedeemPoints(member_id=stores.account().member_id, points=10, purpose="Phone case")

    assert stores.refusal(command, unit="yuexiu") is None
    assert stores.account().spent == 10


def test_an_order_that_is_heard_again_under_another_id_earns_once(stores: TwoStores) -> None:
    again = EarnPoints(customer_id=MS_CHEN, order_id=ORDER, amount=Decimal(300), currency="CNY")

    assert stores.refusal(again) is OrderAlreadyEarned
    assert stores.account().earned == 300


def test_an_order_reported_two_days_late_earns_as_of_the_day_it_happened(stores: TwoStores) -> None:
    late = EarnPoints(customer_id=MS_CHEN, order_id=UUID(int=10), amount=Decimal(50), currency="CNY")

    stores.refusal(late, occurred_at=NOON - timedelta(days=2), recorded_at=NOON)

    ends = [(lot.earned_at, str(lot.expires_on)) for lot in stores.account().lots.values()]
    assert ends == [(NOON, "2028-03-01"), (NOON - timedelta(days=2), "2028-02-27")]


@pytest.mark.parametrize(
    "command",
    [
        EarnPoints(customer_id=MS_CHEN, order_id=UUID(int=10), amount=Decimal(50), currency="CNY"),
        GrantGoodwill(customer_id=MS_CHEN, case_id=UUID(int=1), waited=timedelta(days=3)),
    ],
    ids=lambda command: type(command).__name__,
)
def test_what_happened_before_the_first_version_counts_for_nothing_although_reported_under_it(
    stores: TwoStores, command: Command
) -> None:
    last_moment = PROGRAMMES[0].valid_from - timedelta(microseconds=1)

    assert stores.refusal(command, occurred_at=last_moment, recorded_at=NOON) is NoProgrammeYet
    assert stores.refusal(command, occurred_at=PROGRAMMES[0].valid_from, recorded_at=NOON) is None


def test_a_return_of_an_order_that_earned_nothing_is_refused_by_name(stores: TwoStores) -> None:
    command = TakeBackPoints(
        customer_id=MS_CHEN, return_id=UUID(int=1), order_id=UUID(int=10), refund=Decimal(5), order_total=Decimal(5)
    )

    assert stores.refusal(command) is OrderEarnedNothing


@pytest.mark.parametrize("by", ["member", "order"])
@pytest.mark.parametrize(("version", "refusal"), [(2, None), (1, StaleVersion)])
def test_the_version_a_caller_names_is_that_of_the_account(
    stores: TwoStores, by: str, version: int, refusal: type[DomainError] | None
) -> None:
    redeemed = redeem(10, customer_id=None, member_id=stores.account().member_id)
    bought = EarnPoints(customer_id=MS_CHEN, order_id=UUID(int=10), amount=Decimal(50), currency="CNY")

    assert stores.refusal(redeemed if by == "member" else bought, expected_version=version) is refusal
