"""Rules of the programme: the points of each version, and the time to spend them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from crm_chassis.testing import NOON
from crm_kernel import Money
from crm_loyalty.programme.errors import (
    AmountEarnsNoPoint,
    ComplaintSettledInTime,
    CurrencyEarnsNothing,
    NoProgrammeYet,
)
from crm_loyalty.programme.programme import LevelRate
from crm_loyalty.programme.rules import PROGRAMMES, programme_at
from crm_loyalty.vocabulary import Level

FIRST = PROGRAMMES[0]
GENEROUS = replace(
    FIRST,
    version=2,
    valid_from=datetime(2026, 6, 1, tzinfo=UTC),
    rates=(LevelRate(level=Level.ORDINARY, currency="CNY", points_per_unit=Decimal("2")),),
)


@pytest.mark.parametrize(
    ("level", "yuan", "points"),
    [
        (Level.ORDINARY, "4999.00", 4999),
        (Level.ORDINARY, "99.99", 99),
        (Level.SILVER, "99.99", 119),
        (Level.GOLD, "0.67", 1),
        (Level.GOLD, "999999999999999.99", 1_499_999_999_999_999),
    ],
)
def test_a_purchase_earns_whole_points_at_the_levels_rate_rounded_down(level: Level, yuan: str, points: int) -> None:
    assert FIRST.points_for(level, Money(Decimal(yuan), "CNY")) == points


def test_less_than_a_point_is_not_earned() -> None:
    with pytest.raises(AmountEarnsNoPoint):
        FIRST.points_for(Level.ORDINARY, Money(Decimal("0.99"), "CNY"))


def test_a_currency_without_a_rate_earns_nothing() -> None:
    with pytest.raises(CurrencyEarnsNothing):
        FIRST.points_for(Level.GOLD, Money(Decimal("100"), "USD"))


@pytest.mark.parametrize(
    ("at", "version"),
    [
        (datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 6, 1, tzinfo=UTC), 2),
        (datetime(2030, 1, 1, tzinfo=UTC), 2),
    ],
)
def test_the_version_in_force_when_it_happened_decides(at: datetime, version: int) -> None:
    assert programme_at(at, (GENEROUS, FIRST)).version == version


def test_nothing_is_earned_before_the_first_version() -> None:
    too_early = FIRST.valid_from - timedelta(microseconds=1)

    with pytest.raises(NoProgrammeYet) as refused:
        programme_at(too_early)

    assert (refused.value.field, refused.value.value) == ("occurred_at", too_early)


@pytest.mark.parametrize(
    ("waited", "points"),
    [(timedelta(days=2, seconds=1), 200), (timedelta(days=7), 200), (timedelta(days=7, seconds=1), 500)],
)
def test_the_longer_a_complaint_took_the_more_it_is_thanked_for(waited: timedelta, points: int) -> None:
    assert FIRST.goodwill_for(waited) == points


def test_two_days_are_not_long() -> None:
    with pytest.raises(ComplaintSettledInTime):
        FIRST.goodwill_for(timedelta(days=2))


@pytest.mark.parametrize(
    ("earned_at", "last_day"),
    [
        (NOON, date(2028, 3, 1)),
        (datetime(2026, 2, 28, 15, 59, tzinfo=UTC), date(2028, 2, 28)),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), date(2028, 3, 1)),
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), date(2030, 2, 28)),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), date(2028, 12, 31)),
    ],
)
def test_points_last_two_years_to_the_day_in_china(earned_at: datetime, last_day: date) -> None:
    assert FIRST.last_day_of(earned_at) == last_day


def test_a_day_ends_at_midnight_in_china() -> None:
    assert FIRST.end_of(date(2028, 3, 1)) == datetime(2028, 3, 1, 16, 0, tzinfo=UTC)


def test_every_level_that_can_be_asked_for_is_one_of_the_programme() -> None:
    assert all({rate.level for rate in programme.rates} == set(Level) for programme in PROGRAMMES)
    assert [level.value for level in Level] == ["ordinary", "silver", "gold"]
