"""Points: earned, taken back, redeemed, expired."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from crm_events.event import Value
from crm_events.examples import example_id
from crm_events.kinds import EntryKind
from crm_events.loyalty.members import MemberEvent
from crm_events.loyalty.vocabulary import EarningReason
from crm_events.sentences import it, the_customer
from crm_events.values import AMOUNT_PATTERN, Code, Personal


class LotShare(Value):
    """The points that were taken from one lot (the points of one earning)."""

    lot_id: UUID
    points: int


class PointsEarned(MemberEvent):
    """A member earned a lot of points; `balance` counts what can be spent after it."""

    KIND = EntryKind.POINTS
    EXAMPLE = {
        "points": 5098,
        "reason": "purchase",
        "order_id": example_id("order_id"),
        "rate": "1.0",
        "expires_on": "2028-11-21",
        "balance": 5098,
        "programme_version": 1,
    }
    SENTENCE = the_customer(
        "earned {points:points} {reason}[ at {rate:plain} per unit of currency], "
        "to be spent until {expires_on}; the balance is {balance:points}",
        "获得 {points:points}（{reason}[，每元 {rate:plain} 分]），有效期至{expires_on}；余额 {balance:points}",
    )

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

    KIND = EntryKind.POINTS
    EXAMPLE = {
        "points": 99,
        "from_lots": [{"lot_id": "00000000-0000-4000-8000-000000000043", "points": 99}],
        "shortfall": 0,
        "balance": 4999,
    }
    SENTENCE = it(
        "{points:points were} taken back from the customer because of a return"
        "[; {shortfall:points} had been spent already]; the balance is {balance:points}",
        "因退货收回客户 {points:points}[；{shortfall:points}此前已用掉]；余额 {balance:points}",
    )

    return_id: UUID
    order_id: UUID
    points: int
    from_lots: tuple[LotShare, ...]
    shortfall: int
    balance: int


class PointsRedeemed(MemberEvent):
    """A member spent points at this unit, from the lots that expire soonest."""

    KIND = EntryKind.POINTS
    EXAMPLE = {
        "points": 1200,
        "from_lots": [
            {"lot_id": "00000000-0000-4000-8000-000000000044", "points": 200},
            {"lot_id": "00000000-0000-4000-8000-000000000043", "points": 1000},
        ],
        "purpose": "screen protector",
        "unit": "GZ-YUEXIU",
        "balance": 3999,
    }
    SENTENCE = the_customer(
        "redeemed {points:points} for {purpose}; the balance is {balance:points}",
        "用 {points:points}兑换{purpose}；余额 {balance:points}",
    )

    redemption_id: UUID
    points: int
    from_lots: tuple[LotShare, ...]
    purpose: Annotated[str, Personal("note")]
    unit: Annotated[str, Code()]
    balance: int


class PointsExpired(MemberEvent):
    """The rest of a lot could not be spent from this day on."""

    KIND = EntryKind.POINTS
    EXAMPLE = {"points": 3999, "expired_on": "2028-11-21", "balance": 0}
    SENTENCE = it(
        "{points:points} of the customer expired on {expired_on}; the balance is {balance:points}",
        "客户的 {points:points}于{expired_on}过期；余额 {balance:points}",
    )

    lot_id: UUID
    points: int
    expired_on: date
    balance: int
