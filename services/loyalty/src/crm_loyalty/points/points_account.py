"""Points account: every point of a member, from being earned to being spent, taken back or expired."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import Money
from crm_loyalty.points.errors import (
    AlreadyRedeemed,
    GoodwillAlreadyGranted,
    LotUnknown,
    NotEnoughPoints,
    OrderAlreadyEarned,
    OrderEarnedNothing,
    ReturnAlreadyTakenBack,
)
from crm_loyalty.points.lots import Lot, LotShare, drawn, lot_id, spendable
from crm_loyalty.points.purchase import Purchase
from crm_loyalty.programme import Programme
from crm_loyalty.vocabulary import EarningReason, Level

ACCOUNTS = UUID("3b6e9f0a-7c1d-5e42-9a38-5d0c7b1e2f03")


class PointsAccount(Aggregate):
    """All points of one member: earned in lots, spent soonest expiry first, never below zero.

    At any time earned = spent + taken back + expired + left. The moment of spending decides which points count:
    a lot whose last day is over does not, declared expired or not.
    """

    class Opened(Aggregate.Created):
        customer_id: UUID
        member_id: UUID

    class Earned(Aggregate.Event):
        lot_id: UUID
        member_id: UUID
        points: int
        reason: EarningReason
        programme_version: int
        earned_at: datetime
        expires_on: date
        ends_at: datetime
        balance: int
        order_id: UUID | None
        amount: Decimal | None
        currency: str | None
        level: Level | None
        rate: Decimal | None
        case_id: UUID | None
        waited: timedelta | None

    class TakenBack(Aggregate.Event):
        return_id: UUID
        order_id: UUID
        member_id: UUID
        refund: Decimal
        order_total: Decimal
        points: int
        from_lots: tuple[LotShare, ...]
        lapsed: int
        shortfall: int
        balance: int

    class Redeemed(Aggregate.Event):
        redemption_id: UUID
        member_id: UUID
        points: int
        from_lots: tuple[LotShare, ...]
        purpose: str
        unit: str
        balance: int

    class Expired(Aggregate.Event):
        lot_id: UUID
        member_id: UUID
        points: int
        expired_on: date
        balance: int

    @staticmethod
    def create_id(customer_id: UUID) -> UUID:
        return account_id(customer_id)

    @event(Opened)
    def __init__(self, customer_id: UUID, member_id: UUID) -> None:
        self.customer_id, self.member_id = customer_id, member_id
        self.lots: dict[UUID, Lot] = {}
        self.purchases: dict[UUID, Purchase] = {}
        self.thanked_cases: set[UUID] = set()
        self.returns: set[UUID] = set()
        self.redemptions: set[UUID] = set()
        self.earned = self.spent = self.taken_back = self.expired = self.shortfall = 0

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def available(self, at: datetime) -> int:
        """Return the points that can be spent at this moment."""
        return spendable(self.lots.values(), at)

    def earn(self, *, order_id: UUID, amount: Money, level: Level, programme: Programme, at: datetime) -> None:
        """Credit the points of a purchase, at the level's rate in this version of the programme."""
        if order_id in self.purchases:
            raise OrderAlreadyEarned("order_id", order_id)
        points, last_day = programme.points_for(level, amount), programme.last_day_of(at)
        self._earned(
            lot_id=lot_id(self.id, EarningReason.PURCHASE, order_id),
            member_id=self.member_id,
            points=points,
            reason=EarningReason.PURCHASE,
            programme_version=programme.version,
            earned_at=at,
            expires_on=last_day,
            ends_at=programme.end_of(last_day),
            balance=self.available(at) + points,
            order_id=order_id,
            amount=amount.amount,
            currency=amount.currency,
            level=level,
            rate=programme.rate_for(level, amount.currency),
        )

    def grant_goodwill(self, *, case_id: UUID, waited: timedelta, programme: Programme, at: datetime) -> None:
        """Credit points for a complaint that took long, as many as the programme gives for this wait."""
        if case_id in self.thanked_cases:
            raise GoodwillAlreadyGranted("case_id", case_id)
        points, last_day = programme.goodwill_for(waited), programme.last_day_of(at)
        self._earned(
            lot_id=lot_id(self.id, EarningReason.GOODWILL, case_id),
            member_id=self.member_id,
            points=points,
            reason=EarningReason.GOODWILL,
            programme_version=programme.version,
            earned_at=at,
            expires_on=last_day,
            ends_at=programme.end_of(last_day),
            balance=self.available(at) + points,
            case_id=case_id,
            waited=waited,
        )

    def take_back(
        self, *, return_id: UUID, order_id: UUID, refund: Decimal, order_total: Decimal, at: datetime
    ) -> None:
        """Take back the points of returned goods: from the order's own lot, then from the other lots.

        Points that had expired unspent are owed by nobody. Points that had been spent and cannot be taken from other
        lots are recorded as a shortfall, never as a negative balance.
        """
        if return_id in self.returns:
            raise ReturnAlreadyTakenBack("return_id", return_id)
        purchase = self.purchases.get(order_id)
        if purchase is None:
            raise OrderEarnedNothing("order_id", order_id)
        share = purchase.share_of(refund=refund, order_total=order_total)
        own = self.lots[purchase.lot_id]
        others = [lot for lot in self.lots.values() if lot.lot_id != own.lot_id]
        at = max(at, own.earned_at)  # a return is never before its order, whatever a store's clock says
        reclaim = purchase.reclaim(share, own=own, others=others, at=at)
        self._taken_back(
            return_id=return_id,
            order_id=order_id,
            member_id=self.member_id,
            refund=refund,
            order_total=order_total,
            points=reclaim.points,
            from_lots=reclaim.taken,
            lapsed=reclaim.lapsed,
            shortfall=reclaim.shortfall,
            balance=self.available(at) - reclaim.points,
        )

    def redeem(self, *, redemption_id: UUID, points: int, purpose: str, unit: str, at: datetime) -> None:
        """Spend points in this unit, from the lots that expire soonest."""
        if redemption_id in self.redemptions:
            raise AlreadyRedeemed("redemption_id", redemption_id)
        available = self.available(at)
        if points > available:
            raise NotEnoughPoints("points", points, available=available)
        self._redeemed(
            redemption_id=redemption_id,
            member_id=self.member_id,
            points=points,
            from_lots=drawn(self.lots.values(), points=points, at=at),
            purpose=purpose,
            unit=unit,
            balance=available - points,
        )

    def expire(self, *, lot_id: UUID, at: datetime) -> None:
        """Declare expired what is left of a lot whose last day is over."""
        lot = self.lots.get(lot_id)
        if lot is None:
            raise LotUnknown("lot_id", lot_id)
        self._expired(
            lot_id=lot_id,
            member_id=self.member_id,
            points=lot.to_expire(at),
            expired_on=lot.expired_on,
            balance=self.available(at),
        )

    @event(Earned)
    def _earned(
        self,
        lot_id: UUID,
        member_id: UUID,
        points: int,
        reason: EarningReason,
        programme_version: int,
        earned_at: datetime,
        expires_on: date,
        ends_at: datetime,
        balance: int,
        order_id: UUID | None = None,
        amount: Decimal | None = None,
        currency: str | None = None,
        level: Level | None = None,
        rate: Decimal | None = None,
        case_id: UUID | None = None,
        waited: timedelta | None = None,
    ) -> None:
        self.earned += points
        self.lots[lot_id] = Lot(
            lot_id=lot_id, points=points, earned_at=earned_at, expires_on=expires_on, ends_at=ends_at, left=points
        )
        if order_id is not None:
            self.purchases[order_id] = Purchase(lot_id=lot_id, points=points)
        if case_id is not None:
            self.thanked_cases.add(case_id)

    @event(TakenBack)
    def _taken_back(
        self,
        return_id: UUID,
        order_id: UUID,
        member_id: UUID,
        refund: Decimal,
        order_total: Decimal,
        points: int,
        from_lots: tuple[LotShare, ...],
        lapsed: int,
        shortfall: int,
        balance: int,
    ) -> None:
        self.taken_back += points
        self.shortfall += shortfall
        self.returns.add(return_id)
        share = points + lapsed + shortfall
        self.purchases[order_id] = self.purchases[order_id].after(refund=refund, share=share, lapsed=lapsed)
        self._draw(from_lots)

    @event(Redeemed)
    def _redeemed(
        self,
        redemption_id: UUID,
        member_id: UUID,
        points: int,
        from_lots: tuple[LotShare, ...],
        purpose: str,
        unit: str,
        balance: int,
    ) -> None:
        self.spent += points
        self.redemptions.add(redemption_id)
        self._draw(from_lots)

    @event(Expired)
    def _expired(self, lot_id: UUID, member_id: UUID, points: int, expired_on: date, balance: int) -> None:
        self.expired += points
        self.lots[lot_id] = self.lots[lot_id].ended(points)

    def _draw(self, shares: tuple[LotShare, ...]) -> None:
        for share in shares:
            self.lots[share.lot_id] = self.lots[share.lot_id].without(share.points)


def account_id(customer_id: UUID) -> UUID:
    """Return the id of the one points account of this customer."""
    return uuid5(ACCOUNTS, customer_id.hex)
