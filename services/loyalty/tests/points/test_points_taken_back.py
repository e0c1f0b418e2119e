"""Returns: the points they take back of an account, and the shortfall."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_kernel import Money
from crm_loyalty.points.errors import OrderEarnedNothing, ReturnAlreadyTakenBack
from crm_loyalty.points.lots import LotShare
from crm_loyalty.points.points_account import PointsAccount
from crm_loyalty.programme.rules import PROGRAMMES
from crm_loyalty.vocabulary import Level

PHONE, CASE_FOR_IT, REFUND = UUID(int=101), UUID(int=102), UUID(int=401)
MONTH = timedelta(days=31)
LAST_MOMENT = datetime.fromisoformat("2028-03-01T23:59:59.999999+08:00")
TOO_LATE = LAST_MOMENT + timedelta(microseconds=1)


def last(account: PointsAccount) -> dict[str, Any]:
    return vars(account.pending_events[-1])


def lot_of(account: PointsAccount, order_id: UUID) -> UUID:
    return account.purchases[order_id].lot_id


def redeem(account: PointsAccount, points: int, at: datetime, number: int = 501) -> None:
    account.redeem(redemption_id=UUID(int=number), points=points, purpose="Phone case", unit="beijing-road", at=at)


def give_back(
    account: PointsAccount, order_id: UUID, refund: str, total: str, at: datetime, return_id: UUID = REFUND
) -> None:
    account.take_back(return_id=return_id, order_id=order_id, refund=Decimal(refund), order_total=Decimal(total), at=at)


def test_a_return_takes_back_the_very_lot_its_order_earned(an_account_with_two_lots: PointsAccount) -> None:
    account = an_account_with_two_lots

    give_back(account, CASE_FOR_IT, "300", "300", at=NOON + MONTH)

    assert last(account)["from_lots"] == (LotShare(lot_of(account, CASE_FOR_IT), 300),)
    assert (last(account)["points"], last(account)["shortfall"], last(account)["balance"]) == (300, 0, 100)


def test_partial_returns_add_up_exactly_to_the_whole(an_empty_account: PointsAccount) -> None:
    yuan = Money(Decimal("100.99"), "CNY")
    an_empty_account.earn(order_id=PHONE, amount=yuan, level=Level.ORDINARY, programme=PROGRAMMES[0], at=NOON)

    for number, refund in enumerate(("33.33", "33.33", "34.33")):
        give_back(an_empty_account, PHONE, refund, "100.99", at=NOON, return_id=UUID(int=number))

    taken = [fact.points for fact in an_empty_account.pending_events[2:]]
    assert (taken, sum(taken), an_empty_account.available(NOON)) == ([33, 33, 34], 100, 0)


def test_no_more_is_taken_back_than_the_order_earned(an_account_with_two_lots: PointsAccount) -> None:
    give_back(an_account_with_two_lots, PHONE, "90", "100", at=NOON + MONTH)

    give_back(an_account_with_two_lots, PHONE, "90", "100", at=NOON + MONTH, return_id=UUID(int=402))

    assert an_account_with_two_lots.taken_back == 100


def test_what_was_spent_of_the_order_is_taken_from_the_other_lots(an_account_with_two_lots: PointsAccount) -> None:
    account = an_account_with_two_lots
    redeem(account, 60, at=NOON + MONTH)

    give_back(account, PHONE, "100", "100", at=NOON + MONTH)

    assert last(account)["from_lots"] == (
        LotShare(lot_of(account, PHONE), 40),
        LotShare(lot_of(account, CASE_FOR_IT), 60),
    )
    assert (last(account)["points"], last(account)["shortfall"], last(account)["balance"]) == (100, 0, 240)


def test_points_already_spent_are_a_shortfall_never_a_negative_balance(
    an_account_with_two_lots: PointsAccount,
) -> None:
    account = an_account_with_two_lots
    redeem(account, 350, at=NOON + MONTH)

    give_back(account, CASE_FOR_IT, "300", "300", at=NOON + MONTH)

    assert (last(account)["points"], last(account)["shortfall"], last(account)["balance"]) == (50, 250, 0)
    assert account.shortfall == 250


def test_shortfalls_of_two_orders_add_up(an_account_with_two_lots: PointsAccount) -> None:
    account = an_account_with_two_lots
    redeem(account, 400, at=NOON + MONTH)

    give_back(account, CASE_FOR_IT, "300", "300", at=NOON + MONTH)
    one = last(account)["shortfall"]
    give_back(account, PHONE, "100", "100", at=NOON + MONTH, return_id=UUID(int=402))

    assert one > 0
    assert account.shortfall == one + last(account)["shortfall"] == 400


@pytest.mark.parametrize("declared", [False, True], ids=["no job has run", "declared expired"])
def test_points_that_expired_unspent_are_owed_by_nobody(
    an_account_with_two_lots: PointsAccount, declared: bool
) -> None:
    account = an_account_with_two_lots
    redeem(account, 30, at=NOON + MONTH)
    if declared:
        account.expire(lot_id=lot_of(account, PHONE), at=TOO_LATE)

    give_back(account, PHONE, "100", "100", at=TOO_LATE)

    taken = last(account)
    assert taken["from_lots"] == (LotShare(lot_of(account, CASE_FOR_IT), 30),)
    assert (taken["points"], taken["lapsed"], taken["shortfall"], taken["balance"]) == (30, 70, 0, 270)


def test_two_returns_do_not_excuse_the_same_expired_points_twice(an_account_with_two_lots: PointsAccount) -> None:
    account = an_account_with_two_lots
    redeem(account, 50, at=NOON + MONTH)

    give_back(account, PHONE, "50", "100", at=TOO_LATE)
    give_back(account, PHONE, "50", "100", at=TOO_LATE, return_id=UUID(int=402))

    assert [(fact.lapsed, fact.points) for fact in account.pending_events[-2:]] == [(50, 0), (0, 50)]


def test_expired_points_that_a_late_report_shows_spent_are_owed_again(
    an_account_with_two_lots: PointsAccount,
) -> None:
    account = an_account_with_two_lots
    give_back(account, PHONE, "50", "100", at=TOO_LATE)
    redeem(account, 100, at=LAST_MOMENT)

    give_back(account, PHONE, "50", "100", at=TOO_LATE, return_id=UUID(int=402))

    assert last(account)["from_lots"] == (LotShare(lot_of(account, CASE_FOR_IT), 50),)


def test_a_return_counts_once(an_account_with_two_lots: PointsAccount) -> None:
    give_back(an_account_with_two_lots, PHONE, "50", "100", at=NOON + MONTH)

    with pytest.raises(ReturnAlreadyTakenBack) as refused:
        give_back(an_account_with_two_lots, PHONE, "50", "100", at=NOON + MONTH)

    assert (refused.value.field, refused.value.value) == ("return_id", REFUND)

    assert an_account_with_two_lots.taken_back == 50


def test_a_return_whose_clock_is_behind_its_order_takes_its_points_all_the_same(
    an_account_with_two_lots: PointsAccount,
) -> None:
    give_back(an_account_with_two_lots, PHONE, "100", "100", at=NOON - timedelta(minutes=1))

    assert (last(an_account_with_two_lots)["points"], last(an_account_with_two_lots)["balance"]) == (100, 0)


def test_an_order_that_earned_nothing_has_nothing_to_take_back(an_empty_account: PointsAccount) -> None:
    with pytest.raises(OrderEarnedNothing) as refused:
        give_back(an_empty_account, PHONE, "100", "100", at=NOON)

    assert (refused.value.field, refused.value.value) == ("order_id", PHONE)
