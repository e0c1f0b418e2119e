"""What loyalty says of its facts: the only place where they become public events."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_events import loyalty as say
from crm_events.event import PublicEvent
from crm_loyalty.domain.card import Card
from crm_loyalty.domain.lots import LotShare
from crm_loyalty.domain.membership import Membership
from crm_loyalty.domain.points_account import PointsAccount


def publish(fact: Any, customer_id: UUID) -> PublicEvent | None:
    """The public event of a fact; None where it stays private. `customer_id` is the stream's partition key."""
    match fact:
        case Membership.Enrolled():
            return say.MemberEnrolled(
                customer_id=customer_id,
                member_id=fact.originator_id,
                level=fact.level.value,
                programme_version=fact.programme_version,
            )
        case Card.Issued():
            return say.CardIssued(
                customer_id=customer_id, member_id=fact.member_id, card_id=fact.originator_id, number=fact.number
            )
        case PointsAccount.Event() if not isinstance(fact, PointsAccount.Opened):
            return _of_account(fact, {"customer_id": customer_id, "member_id": fact.member_id})
        case _:
            return None


def _of_account(fact: Any, member: dict[str, Any]) -> PublicEvent | None:
    member = {**member, "points": fact.points, "balance": fact.balance}
    match fact:
        case PointsAccount.Earned():
            return _earned(fact, member)
        case PointsAccount.TakenBack():
            return say.PointsTakenBack(
                **member,
                return_id=fact.return_id,
                order_id=fact.order_id,
                from_lots=_shares(fact.from_lots),
                shortfall=fact.shortfall,
            )
        case PointsAccount.Redeemed():
            return say.PointsRedeemed(
                **member,
                redemption_id=fact.redemption_id,
                from_lots=_shares(fact.from_lots),
                purpose=fact.purpose,
                unit=fact.unit,
            )
        case PointsAccount.Expired():
            return say.PointsExpired(**member, lot_id=fact.lot_id, expired_on=fact.expired_on)
        case _:
            return None


def _earned(fact: Any, member: dict[str, Any]) -> PublicEvent:
    return say.PointsEarned(
        **member,
        lot_id=fact.lot_id,
        reason=say.EarningReason(fact.reason),
        order_id=fact.order_id,
        case_id=fact.case_id,
        rate=_digits(fact.rate),
        expires_on=fact.expires_on,
        programme_version=fact.programme_version,
    )


def _shares(shares: Iterable[LotShare]) -> tuple[say.LotShare, ...]:
    return tuple(say.LotShare(lot_id=share.lot_id, points=share.points) for share in shares)


def _digits(rate: Decimal | None) -> str | None:
    return None if rate is None else format(rate, "f")
