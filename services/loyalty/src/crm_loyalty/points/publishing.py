"""Public events of points."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import loyalty as events
from crm_events.event import PublicEvent
from crm_loyalty.points.lots import LotShare
from crm_loyalty.points.points_account import PointsAccount


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id."""
    match fact:
        case PointsAccount.Earned():
            return _earned(fact, partition_key)
        case PointsAccount.TakenBack():
            return _taken_back(fact, partition_key)
        case PointsAccount.Redeemed():
            return _redeemed(fact, partition_key)
        case PointsAccount.Expired():
            return _expired(fact, partition_key)
        case _:
            return None


def _earned(fact: PointsAccount.Earned, customer_id: UUID) -> PublicEvent:
    return events.PointsEarned(
        customer_id=customer_id,
        member_id=fact.member_id,
        lot_id=fact.lot_id,
        points=fact.points,
        reason=fact.reason,
        order_id=fact.order_id,
        case_id=fact.case_id,
        rate=_digits(fact.rate),
        expires_on=fact.expires_on,
        balance=fact.balance,
        programme_version=fact.programme_version,
    )


def _taken_back(fact: PointsAccount.TakenBack, customer_id: UUID) -> PublicEvent:
    return events.PointsTakenBack(
        customer_id=customer_id,
        member_id=fact.member_id,
        return_id=fact.return_id,
        order_id=fact.order_id,
        points=fact.points,
        from_lots=_shares(fact.from_lots),
        shortfall=fact.shortfall,
        balance=fact.balance,
    )


def _redeemed(fact: PointsAccount.Redeemed, customer_id: UUID) -> PublicEvent:
    return events.PointsRedeemed(
        customer_id=customer_id,
        member_id=fact.member_id,
        redemption_id=fact.redemption_id,
        points=fact.points,
        from_lots=_shares(fact.from_lots),
        purpose=fact.purpose,
        unit=fact.unit,
        balance=fact.balance,
    )


def _expired(fact: PointsAccount.Expired, customer_id: UUID) -> PublicEvent:
    return events.PointsExpired(
        customer_id=customer_id,
        member_id=fact.member_id,
        lot_id=fact.lot_id,
        points=fact.points,
        expired_on=fact.expired_on,
        balance=fact.balance,
    )


def _shares(shares: Iterable[LotShare]) -> tuple[events.LotShare, ...]:
    return tuple(events.LotShare(lot_id=share.lot_id, points=share.points) for share in shares)


def _digits(rate: Decimal | None) -> str | None:
    return None if rate is None else format(rate, "f")
