"""Lots: points that were earned together and expire together; they are spent soonest expiry first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from crm_loyalty.points.errors import LotNotYetExpired, NothingLeftToExpire
from crm_loyalty.vocabulary import EarningReason


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
        """Tell if its last day is over; the clock alone decides, and no job needs to have run."""
        return at >= self.ends_at

    def spendable(self, at: datetime) -> int:
        """Return the points that can be spent at this moment: none before it was earned or after its last day."""
        return 0 if self.lapsed(at) or at < self.earned_at else self.left

    def never_spent(self, at: datetime) -> int:
        """Return the points that have expired unspent at this moment, declared or not."""
        return self.expired + (self.left if self.lapsed(at) else 0)

    def to_expire(self, at: datetime) -> int:
        """Return the points left to declare expired; an error before the last day is over, or when none are left."""
        if not self.left:
            raise NothingLeftToExpire("lot_id", self.lot_id)
        if not self.lapsed(at):
            raise LotNotYetExpired("occurred_at", at)
        return self.left

    def without(self, points: int) -> "Lot":
        """Return the lot after these points were spent or taken back."""
        return replace(self, left=self.left - points)

    def ended(self, points: int) -> "Lot":
        """Return the lot after these points expired."""
        return replace(self, left=self.left - points, expired=self.expired + points)


def soonest_first(lots: Iterable[Lot]) -> list[Lot]:
    """Return the lots in the order in which they are spent: the soonest to expire, then the oldest."""
    return sorted(lots, key=lambda lot: (lot.expires_on, lot.earned_at, lot.lot_id))


def spendable(lots: Iterable[Lot], at: datetime) -> int:
    """Return the points of all lots that can be spent at this moment."""
    return sum(lot.spendable(at) for lot in lots)


def drawn(lots: Iterable[Lot], *, points: int, at: datetime) -> tuple[LotShare, ...]:
    """Return shares of up to so many spendable points, from the lots that expire soonest."""
    return tuple(_drawing(soonest_first(lots), points, at))


def _drawing(lots: Iterable[Lot], points: int, at: datetime) -> Iterator[LotShare]:
    for lot in lots:
        share = min(points, lot.spendable(at))
        if share:
            points -= share
            yield LotShare(lot.lot_id, share)


def counted(shares: Iterable[LotShare]) -> int:
    """Return the points of all shares."""
    return sum(share.points for share in shares)


def lot_id(account_id: UUID, reason: EarningReason, earned_by: UUID) -> UUID:
    """Return the id of the lot that this order or case earned on this account."""
    return uuid5(account_id, f"{reason}/{earned_by.hex}")
