"""The versions of the programme, as data: a version that was in force never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from crm_kernel import CHINA
from crm_loyalty.programme.errors import NoProgrammeYet
from crm_loyalty.programme.programme import GoodwillStep, LevelRate, Programme
from crm_loyalty.vocabulary import Level

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
        zone=CHINA,
    ),
)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The worth of a level on a purchase in one currency, and the version of the programme that says so."""

    currency: str
    points_per_unit: Decimal
    programme_version: int


def programme_at(at: datetime, versions: Sequence[Programme] = PROGRAMMES) -> Programme:
    """Return the version in force at this time; `NoProgrammeYet` before the first."""
    in_force = [version for version in versions if version.valid_from <= at]
    if not in_force:
        raise NoProgrammeYet("occurred_at", at)
    return max(in_force, key=lambda version: version.valid_from)


def entitlements(level: Level, at: datetime) -> tuple[Entitlement, ...]:
    """Return what members of this level get at this time, one entitlement for each currency."""
    programme = programme_at(at)
    return tuple(
        Entitlement(rate.currency, rate.points_per_unit, programme.version) for rate in programme.rates_of(level)
    )


def day_of(at: datetime) -> date:
    """Return the day a moment belongs to, as the programme of that moment counts days."""
    return programme_at(at).day_of(at)


def end_of(day: date, at: datetime) -> datetime:
    """Return the first moment after a day, as the programme in force `at` that moment counts days."""
    return programme_at(at).end_of(day)
