"""Decisions of a points account: earning, spending and expiry."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_eventlog.aggregate import DomainError
from crm_eventlog.facts import FactMapper
from crm_kernel import Money
from crm_loyalty.points.errors import (
    AlreadyRedeemed,
    GoodwillAlreadyGranted,
    LotNotYetExpired,
    LotUnknown,
    NotEnoughPoints,
    NothingLeftToExpire,
    OrderAlreadyEarned,
)
from crm_loyalty.points.lots import LotShare, lot_id
from crm_loyalty.points.points_account import PointsAccount
from crm_loyalty.programme.programme import LevelRate
from crm_loyalty.programme.rules import PROGRAMMES, programme_at
from crm_loyalty.vocabulary import EarningReason, Level

PHONE, CASE_FOR_IT, COMPLAINT, REFUND = UUID(int=101), UUID(int=102), UUID(int=301), UUID(int=401)
MONTH = timedelta(days=31)
LAST_MOMENT = datetime.fromisoformat("2028-03-01T23:59:59.999999+08:00")
TOO_LATE = LAST_MOMENT + timedelta(microseconds=1)


def facts(account: PointsAccount) -> list[str]:
    return [type(fact).__name__ for fact in account.pending_events]


def last(account: PointsAccount) -> dict[str, Any]:
    return vars(account.pending_events[-1])


def lot_of(account: PointsAccount, order_id: UUID) -> UUID:
    return account.purchases[order_id].lot_id


def buy(account: PointsAccount, order_id: UUID, yuan: str, at: datetime = NOON) -> None:
    amount = Money(Decimal(yuan), "CNY")
    account.earn(order_id=order_id, amount=amount, level=Level.ORDINARY, programme=programme_at(at), at=at)


def redeem(account: PointsAccount, points: int, at: datetime, number: int = 501) -> None:
    account.redeem(redemption_id=UUID(int=number), points=points, purpose="Phone case", unit="beijing-road", at=at)


def give_back(
    account: PointsAccount, order_id: UUID, refund: str, total: str, at: datetime, return_id: UUID = REFUND
) -> None:
    account.take_back(return_id=return_id, order_id=order_id, refund=Decimal(refund), order_total=Decimal(total), at=at)


def thank(account: PointsAccount, waited: timedelta, at: datetime = NOON) -> None:
    account.grant_goodwill(case_id=COMPLAINT, waited=waited, programme=PROGRAMMES[0], at=at)


def test_a_purchase_is_recorded_with_its_rate_level_and_version(an_empty_account: PointsAccount) -> None:
    buy(an_empty_account, PHONE, "99.90")

    earned = last(an_empty_account)
    assert facts(an_empty_account) == ["Opened", "Earned"]
    assert (earned["points"], earned["balance"], earned["expires_on"]) == (99, 99, date(2028, 3, 1))
    assert (earned["rate"], earned["level"], earned["programme_version"]) == (Decimal("1"), Level.ORDINARY, 1)
    assert (earned["amount"], earned["currency"], earned["order_id"]) == (Decimal("99.90"), "CNY", PHONE)


def test_a_new_version_never_rewrites_what_an_old_one_gave(an_empty_account: PointsAccount) -> None:
    doubled = LevelRate(level=Level.ORDINARY, currency="CNY", points_per_unit=Decimal("2"))
    generous = replace(PROGRAMMES[0], version=2, rates=(doubled,))
    yuan = Money(Decimal("10"), "CNY")
    buy(an_empty_account, PHONE, "10")

    an_empty_account.earn(order_id=CASE_FOR_IT, amount=yuan, level=Level.ORDINARY, programme=generous, at=NOON)

    given = [(fact.points, fact.programme_version) for fact in an_empty_account.pending_events[1:]]
    assert given == [(10, 1), (20, 2)]


def test_an_order_earns_once_however_often_it_is_reported(an_account_with_two_lots: PointsAccount) -> None:
    with pytest.raises(OrderAlreadyEarned):
        buy(an_account_with_two_lots, PHONE, "100", at=NOON + MONTH)

    assert an_account_with_two_lots.earned == 400


def test_an_order_reported_late_expires_as_if_it_had_been_reported_at_once(an_empty_account: PointsAccount) -> None:
    buy(an_empty_account, CASE_FOR_IT, "300", at=NOON + MONTH)

    buy(an_empty_account, PHONE, "100", at=NOON)

    assert last(an_empty_account)["expires_on"] == date(2028, 3, 1)
    assert an_empty_account.available(LAST_MOMENT) == 400
    assert an_empty_account.available(TOO_LATE) == 300


def test_a_complaint_that_took_three_days_is_thanked_for_once(an_empty_account: PointsAccount) -> None:
    thank(an_empty_account, timedelta(days=3))

    with pytest.raises(GoodwillAlreadyGranted) as refused:
        thank(an_empty_account, timedelta(days=9))

    assert (refused.value.field, refused.value.value) == ("case_id", COMPLAINT)

    assert (last(an_empty_account)["reason"], last(an_empty_account)["points"]) == (EarningReason.GOODWILL, 200)
    assert (last(an_empty_account)["case_id"], last(an_empty_account)["waited"]) == (COMPLAINT, timedelta(days=3))


def test_an_order_and_a_case_of_the_same_id_are_two_lots(an_empty_account: PointsAccount) -> None:
    buy(an_empty_account, COMPLAINT, "100")

    thank(an_empty_account, timedelta(days=3))

    assert an_empty_account.available(NOON) == 300


def test_the_soonest_to_expire_is_spent_first(an_account_with_two_lots: PointsAccount) -> None:
    account = an_account_with_two_lots

    redeem(account, 150, at=NOON + MONTH)

    assert last(account)["from_lots"] == (
        LotShare(lot_of(account, PHONE), 100),
        LotShare(lot_of(account, CASE_FOR_IT), 50),
    )
    assert (last(account)["balance"], last(account)["unit"]) == (250, "beijing-road")


def test_points_earned_later_that_expire_sooner_are_spent_first(an_account_with_two_lots: PointsAccount) -> None:
    account, half_a_year = an_account_with_two_lots, replace(PROGRAMMES[0], version=2, months_to_spend=6)
    account.grant_goodwill(case_id=COMPLAINT, waited=timedelta(days=3), programme=half_a_year, at=NOON + MONTH)

    redeem(account, 50, at=NOON + MONTH)

    assert last(account)["from_lots"] == (LotShare(lot_id(account.id, EarningReason.GOODWILL, COMPLAINT), 50),)


def test_a_lot_reported_late_is_still_spent_in_its_turn(an_empty_account: PointsAccount) -> None:
    buy(an_empty_account, CASE_FOR_IT, "300", at=NOON + MONTH)
    buy(an_empty_account, PHONE, "100", at=NOON)

    redeem(an_empty_account, 100, at=NOON + MONTH)

    assert last(an_empty_account)["from_lots"] == (LotShare(lot_of(an_empty_account, PHONE), 100),)


def test_a_balance_never_falls_below_zero(an_account_with_two_lots: PointsAccount) -> None:
    with pytest.raises(NotEnoughPoints) as refused:
        redeem(an_account_with_two_lots, 401, at=NOON + MONTH)

    assert facts(an_account_with_two_lots) == ["Opened", "Earned", "Earned"]
    assert (refused.value.message.en, refused.value.message.zh) == (
        "Only 400 points can be spent.",
        "可用积分仅 400 分。",
    )


def test_everything_can_be_spent_to_the_last_point(an_account_with_two_lots: PointsAccount) -> None:
    redeem(an_account_with_two_lots, 400, at=NOON + MONTH)

    assert an_account_with_two_lots.available(NOON + MONTH) == 0


def test_a_redemption_counts_once(an_account_with_two_lots: PointsAccount) -> None:
    redeem(an_account_with_two_lots, 100, at=NOON + MONTH)

    with pytest.raises(AlreadyRedeemed):
        redeem(an_account_with_two_lots, 100, at=NOON + MONTH)

    assert an_account_with_two_lots.spent == 100


def test_points_cannot_be_spent_before_they_were_earned(an_account_with_two_lots: PointsAccount) -> None:
    with pytest.raises(NotEnoughPoints):
        redeem(an_account_with_two_lots, 101, at=NOON + timedelta(days=1))


def test_points_can_be_spent_until_midnight_of_their_last_day(an_account_with_two_lots: PointsAccount) -> None:
    redeem(an_account_with_two_lots, 400, at=LAST_MOMENT)

    assert an_account_with_two_lots.spent == 400


def test_an_expired_point_cannot_be_spent_although_no_job_has_run(an_account_with_two_lots: PointsAccount) -> None:
    with pytest.raises(NotEnoughPoints):
        redeem(an_account_with_two_lots, 301, at=TOO_LATE)

    redeem(an_account_with_two_lots, 300, at=TOO_LATE)

    assert "Expired" not in facts(an_account_with_two_lots)
    assert last(an_account_with_two_lots)["from_lots"] == (
        LotShare(lot_of(an_account_with_two_lots, CASE_FOR_IT), 300),
    )


def test_what_is_left_of_a_lot_expires_when_its_last_day_is_over(an_account_with_two_lots: PointsAccount) -> None:
    account = an_account_with_two_lots
    redeem(account, 30, at=NOON + MONTH)

    account.expire(lot_id=lot_of(account, PHONE), at=TOO_LATE)

    assert (last(account)["points"], last(account)["expired_on"], last(account)["balance"]) == (
        70,
        date(2028, 3, 2),
        300,
    )


@pytest.mark.parametrize(
    ("lot", "at", "refusal"),
    [
        (PHONE, LAST_MOMENT, LotNotYetExpired),
        (COMPLAINT, TOO_LATE, LotUnknown),
    ],
)
def test_a_lot_expires_neither_early_nor_unknown(
    an_account_with_two_lots: PointsAccount, lot: UUID, at: datetime, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        an_account_with_two_lots.expire(lot_id=lot_id(an_account_with_two_lots.id, EarningReason.PURCHASE, lot), at=at)


def test_a_lot_expires_once(an_account_with_two_lots: PointsAccount) -> None:
    account = an_account_with_two_lots
    account.expire(lot_id=lot_of(account, PHONE), at=TOO_LATE)

    with pytest.raises(NothingLeftToExpire):
        account.expire(lot_id=lot_of(account, PHONE), at=TOO_LATE)

    assert account.expired == 100


@pytest.mark.parametrize(
    "act",
    [
        lambda account: redeem(account, 150, at=NOON + MONTH),
        lambda account: give_back(account, PHONE, "33.30", "100", at=NOON + MONTH),
        lambda account: account.expire(lot_id=lot_of(account, PHONE), at=TOO_LATE),
        lambda account: thank(account, timedelta(days=3)),
    ],
    ids=["redeemed", "taken back", "expired", "goodwill"],
)
def test_an_account_read_back_from_its_facts_equals_the_live_one(
    an_account_with_two_lots: PointsAccount, act: Callable[[PointsAccount], None]
) -> None:
    act(an_account_with_two_lots)
    mapper = FactMapper((PointsAccount,))

    replayed = None
    for fact in an_account_with_two_lots.collect_events():
        replayed = mapper.to_domain_event(mapper.to_stored_event(fact)).mutate(replayed)

    assert replayed == an_account_with_two_lots
