"""Purchase: an order that earned points, and the share of them that falls to its returns."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from crm_loyalty.points.lots import Lot, LotShare, counted, drawn


@dataclass(frozen=True, slots=True)
class Reclaim:
    """The points a return takes back, and those it cannot: `lapsed` expired unspent, `shortfall` was spent."""

    taken: tuple[LotShare, ...]
    lapsed: int
    shortfall: int

    @property
    def points(self) -> int:
        """All points that are taken back."""
        return counted(self.taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """An order that earned points, and its returns so far.

    `reclaimed` is the share of its points that fell to the returns; `lapsed` the part of that share which had
    expired unspent, so that nobody owes it.
    """

    lot_id: UUID
    points: int
    refunded: Decimal = Decimal(0)
    reclaimed: int = 0
    lapsed: int = 0

    def share_of(self, *, refund: Decimal, order_total: Decimal) -> int:
        """Return the points that fall to this refund.

        The share is taken of all refunds so far and rounded down, less what fell to the earlier ones. So several
        partial returns add up exactly to the whole, and never to more.
        """
        back = min(Fraction(self.refunded) + Fraction(refund), Fraction(order_total))
        return max(0, int(self.points * back / Fraction(order_total)) - self.reclaimed)

    def reclaim(self, share: int, *, own: Lot, others: Iterable[Lot], at: datetime) -> Reclaim:
        """Take a share of the points back: from the order's own lot, and what was spent of it from the other lots."""
        from_own = drawn([own], points=share, at=at)
        rest = share - counted(from_own)
        lapsed = max(0, min(rest, own.never_spent(at) - self.lapsed))
        from_others = drawn(others, points=rest - lapsed, at=at)
        return Reclaim(from_own + from_others, lapsed, rest - lapsed - counted(from_others))

    def after(self, *, refund: Decimal, share: int, lapsed: int) -> "Purchase":
        """Return the purchase after this return."""
        return replace(
            self,
            refunded=self.refunded + refund,
            reclaimed=self.reclaimed + share,
            lapsed=self.lapsed + lapsed,
        )
