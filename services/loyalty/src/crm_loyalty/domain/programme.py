"""The programme: what purchases and patience earn and for how long; each version is data and stays as it was."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from crm_eventlog.aggregate import DomainError, LocalizedText


class Level(StrEnum):
    """How much the programme thinks of a member."""

    ORDINARY = "ordinary"
    SILVER = "silver"
    GOLD = "gold"


class NoProgrammeYet(DomainError):
    """What happened before the first version of the programme earns nothing."""

    message = LocalizedText("There was no programme at that time.", "当时尚未推出会员计划。")
    hint = LocalizedText("Correct the time it is said to have happened.", "请更正发生的时间。")


class CurrencyEarnsNothing(DomainError):
    """The programme knows no rate for this currency."""

    message = LocalizedText("The programme gives no points for this currency.", "会员计划不支持以此货币累积积分。")
    hint = LocalizedText("State the amount in the programme's currency.", "请以会员计划的货币填写金额。")


class AmountEarnsNoPoint(DomainError):
    """The amount is too small for one whole point."""

    message = LocalizedText("The amount earns less than one point.", "该金额不足以获得一个积分。")
    hint = LocalizedText("Nothing to do: points are whole.", "无需处理：积分以整数计。")


class ComplaintSettledInTime(DomainError):
    """Only a complaint that took long is thanked for with points."""

    message = LocalizedText(
        "The complaint did not wait long enough for goodwill points.", "投诉处理及时，不赠送补偿积分。"
    )
    hint = LocalizedText("Nothing to do, or thank the customer in another way.", "无需处理，或以其他方式致谢。")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217)."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRate:
    """Points a member of this level earns for one unit of the currency."""

    level: Level
    currency: str
    points_per_unit: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodwillStep:
    """Points for a complaint that took longer than this."""

    longer_than: timedelta
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One version of the rules, in force from `valid_from` until the next begins; `goodwill` with the longest first.

    Days begin and end in `zone`.
    """

    version: int
    valid_from: datetime
    rates: tuple[LevelRate, ...]
    months_to_spend: int
    goodwill: tuple[GoodwillStep, ...]
    zone: tzinfo

    def rates_of(self, level: Level) -> tuple[LevelRate, ...]:
        """What the level entitles to, a rate for each currency."""
        return tuple(rate for rate in self.rates if rate.level is level)

    def rate_for(self, level: Level, currency: str) -> Decimal:
        """Points per unit of this currency; `CurrencyEarnsNothing` where there is no rate."""
        rates = {rate.currency: rate.points_per_unit for rate in self.rates_of(level)}
        if currency not in rates:
            raise CurrencyEarnsNothing("currency", currency)
        return rates[currency]

    def points_for(self, level: Level, amount: Money) -> int:
        """Whole points for a purchase, rounded down (catalogue L29)."""
        earned = amount.amount * self.rate_for(level, amount.currency)
        points = int(earned.to_integral_value(ROUND_FLOOR))
        if points < 1:
            raise AmountEarnsNoPoint("amount", amount.amount)
        return points

    def goodwill_for(self, waited: timedelta) -> int:
        """Points that thank for this wait; `ComplaintSettledInTime` where it was short."""
        steps = (step.points for step in self.goodwill if waited > step.longer_than)
        points = next(steps, 0)
        if not points:
            raise ComplaintSettledInTime("waited", waited)
        return points

    def day_of(self, at: datetime) -> date:
        """The day a moment belongs to."""
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """The first moment after a day, in UTC."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC)

    def last_day_of(self, earned_at: datetime) -> date:
        """The last day on which points earned now can be spent: the same day of the month, or the month's last."""
        earned_on = self.day_of(earned_at)
        years, month = divmod(earned_on.month - 1 + self.months_to_spend, 12)
        year, month = earned_on.year + years, month + 1
        return date(year, month, min(earned_on.day, monthrange(year, month)[1]))


PROGRAMMES: tuple[Programme, ...] = (
    Programme(
        version=1,
        valid_from=datetime(2020, 1, 1, tzinfo=UTC),
        rates=(
            LevelRate(level=Level.ORDINARY, currency="CNY", points_per_unit=Decimal("1")),
            LevelRate(level=Level.SILVER, currency="CNY", points_per_unit=Decimal("1.2")),
            LevelRate(level=Level.GOLD, currency="CNY", points_per_unit=Decimal("1.5")),
        ),
        months_to_spend=24,
        goodwill=(
            GoodwillStep(longer_than=timedelta(days=7), points=500),
            GoodwillStep(longer_than=timedelta(days=2), points=200),
        ),
        zone=timezone(timedelta(hours=8), "China"),
    ),
)


def programme_at(at: datetime, versions: Sequence[Programme] = PROGRAMMES) -> Programme:
    """The version in force when something happened; `NoProgrammeYet` before the first."""
    in_force = [version for version in versions if version.valid_from <= at]
    if not in_force:
        raise NoProgrammeYet("occurred_at", at)
    return max(in_force, key=lambda version: version.valid_from)
