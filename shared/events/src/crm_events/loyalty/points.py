"""Points: earned, taken back, redeemed, expired."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from crm_events.event import Value
from crm_events.loyalty.members import MemberEvent
from crm_events.loyalty.vocabulary import EarningReason
from crm_events.values import AMOUNT_PATTERN


class LotShare(Value):
    """How many points were taken from one lot (the points of one earning)."""

    lot_id: UUID
    points: int


class PointsEarned(MemberEvent):
    """A member earned a lot of points; `balance` counts what can be spent after it."""

    lot_id: UUID
    points: int
    reason: EarningReason
    order_id: UUID | None = None
    case_id: UUID | None = None
    rate: Annotated[str, StringConstraints(pattern=AMOUNT_PATTERN)] | None = None
    """Points per unit of currency, an exact decimal, where a purchase earned them."""
    expires_on: date
    balance: int
    programme_version: int | None = None
    """The version of the programme whose rules gave them."""


class PointsTakenBack(MemberEvent):
    """A return took back the points its goods had earned; `shortfall` is what had been spent already."""

    return_id: UUID
    order_id: UUID
    points: int
    from_lots: tuple[LotShare, ...]
    shortfall: int
    balance: int


class PointsRedeemed(MemberEvent):
    """A member spent points at this unit, from the lots that expire soonest."""

    redemption_id: UUID
    points: int
    from_lots: tuple[LotShare, ...]
    purpose: str
    unit: str
    balance: int


class PointsExpired(MemberEvent):
    """What was left of a lot could not be spent from this day on."""

    lot_id: UUID
    points: int
    expired_on: date
    balance: int
