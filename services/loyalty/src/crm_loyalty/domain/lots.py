"""Lots: points that were earned together, are spent soonest expiry first, and expire together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from crm_eventlog.aggregate import DomainError, LocalizedText


class NotEnoughPoints(DomainError):
    """A balance never falls below zero, and what has expired cannot be spent."""

    hint = LocalizedText("Redeem no more than that.", "兑换数不得超过可用余额。")

    def __init__(self, field: str, value: int, *, available: int) -> None:
        self.message = LocalizedText(f"Only {available} points can be spent.", f"可用积分仅 {available} 分。")
        super().__init__(field, value)


class LotNotYetExpired(DomainError):
    """Points expire when their last day is over, not before."""

    message = LocalizedText("The lot's last day is not over.", "该批积分的有效期尚未结束。")
    hint = LocalizedText("Wait for the day after.", "请在到期次日处理。")


class NothingLeftToExpire(DomainError):
    """Of this lot everything was spent, taken back or declared expired."""

    message = LocalizedText("Nothing is left of the lot.", "该批积分已无剩余。")
    hint = LocalizedText("Nothing to do.", "无需处理。")


@dataclass(frozen=True, slots=True)
class LotShare:
    """Points of one lot."""

    lot_id: UUID
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """The points of one earning; `left` is what was neither spent, taken back nor declared expired.

    `expires_on` is the last day to spend them, `ends_at` the first moment after it.
    """

    lot_id: UUID
    points: int
    earned_at: datetime
    expires_on: date
    ends_at: datetime
    left: int
    expired: int = 0

    @property
    def expired_on(self) -> date:
        """The first day on which nothing of it can be spent."""
        return self.expires_on + timedelta(days=1)

    def lapsed(self, at: datetime) -> bool:
        """Whether its last day is over, told by the clock alone: no job needs to have run."""
        return at >= self.ends_at

    def spendable(self, at: datetime) -> int:
        """What can be spent of it at this moment: nothing before it was earned or after its last day."""
        return 0 if self.lapsed(at) or at < self.earned_at else self.left

    def never_spent(self, at: datetime) -> int:
        """What of it has expired unspent at this moment, declared or not."""
        return self.expired + (self.left if self.lapsed(at) else 0)

    def to_expire(self, at: datetime) -> int:
        """What is left to be declared expired, once the last day is over."""
        if not self.left:
            raise NothingLeftToExpire("lot_id", self.lot_id)
        if not self.lapsed(at):
            raise LotNotYetExpired("occurred_at", at)
        return self.left

    def without(self, points: int) -> "Lot":
        """The lot after these points were spent or taken back."""
        return replace(self, left=self.left - points)

    def ended(self, points: int) -> "Lot":
        """The lot after these points expired."""
        return replace(self, left=self.left - points, expired=self.expired + points)


def soonest_first(lots: Iterable[Lot]) -> list[Lot]:
    """In the order in which they are spent: the soonest to expire, then the oldest."""
    return sorted(lots, key=lambda lot: (lot.expires_on, lot.earned_at, lot.lot_id))


def spendable(lots: Iterable[Lot], at: datetime) -> int:
    """What can be spent of all of them at this moment."""
    return sum(lot.spendable(at) for lot in lots)


def drawn(lots: Iterable[Lot], *, points: int, at: datetime) -> tuple[LotShare, ...]:
    """Up to so many spendable points, from the lots that expire soonest."""
    return tuple(_drawing(soonest_first(lots), points, at))


def _drawing(lots: Iterable[Lot], points: int, at: datetime) -> Iterator[LotShare]:
    for lot in lots:
        share = min(points, lot.spendable(at))
        if share:
            points -= share
            yield LotShare(lot.lot_id, share)


def counted(shares: Iterable[LotShare]) -> int:
    """All points of these shares."""
    return sum(share.points for share in shares)
