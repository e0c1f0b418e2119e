"""The programme: the points for purchases and for patience, and the time to spend them; a version never changes."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_FLOOR, Decimal

from crm_kernel import Money
from crm_loyalty.programme.errors import AmountEarnsNoPoint, ComplaintSettledInTime, CurrencyEarnsNothing
from crm_loyalty.vocabulary import Level


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
    """One version of the rules, in force from `valid_from` until the next begins.

    `goodwill` begins with the longest wait. Days begin and end in `zone`.
    """

    version: int
    valid_from: datetime
    rates: tuple[LevelRate, ...]
    months_to_spend: int
    goodwill: tuple[GoodwillStep, ...]
    zone: tzinfo

    def rates_of(self, level: Level) -> tuple[LevelRate, ...]:
        """Return the rates of this level, one for each currency."""
        return tuple(rate for rate in self.rates if rate.level is level)

    def rate_for(self, level: Level, currency: str) -> Decimal:
        """Return the points per unit of this currency; `CurrencyEarnsNothing` where there is no rate."""
        rates = {rate.currency: rate.points_per_unit for rate in self.rates_of(level)}
        if currency not in rates:
            raise CurrencyEarnsNothing("currency", currency)
        return rates[currency]

    def points_for(self, level: Level, amount: Money) -> int:
        """Return the whole points for a purchase, rounded down (catalogue L29)."""
        earned = amount.amount * self.rate_for(level, amount.currency)
        points = int(earned.to_integral_value(ROUND_FLOOR))
        if points < 1:
            raise AmountEarnsNoPoint("amount", amount.amount)
        return points

    def goodwill_for(self, waited: timedelta) -> int:
        """Return the points that thank for this wait; `ComplaintSettledInTime` where it was short."""
        steps = (step.points for step in self.goodwill if waited > step.longer_than)
        points = next(steps, 0)
        if not points:
            raise ComplaintSettledInTime("waited", waited)
        return points

    def day_of(self, at: datetime) -> date:
        """Return the day a moment belongs to."""
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """Return the first moment after a day, in UTC."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC)

    def last_day_of(self, earned_at: datetime) -> date:
        """Return the last day to spend points earned now: the same day of the month, or the month's last."""
        earned_on = self.day_of(earned_at)
        years, month = divmod(earned_on.month - 1 + self.months_to_spend, 12)
        year, month = earned_on.year + years, month + 1
        return date(year, month, min(earned_on.day, monthrange(year, month)[1]))
