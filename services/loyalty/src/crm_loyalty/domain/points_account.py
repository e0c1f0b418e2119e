"""Points account: every point of a member, from being earned to being spent, taken back or expired."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, DomainError, LocalizedText, NotFound, event
from crm_loyalty.domain.lots import Lot, LotShare, NotEnoughPoints, drawn, spendable
from crm_loyalty.domain.programme import Level, Money, Programme
from crm_loyalty.domain.purchase import Purchase

ACCOUNTS = UUID("3b6e9f0a-7c1d-5e42-9a38-5d0c7b1e2f03")


class Reason(StrEnum):
    """What points were given for."""

    PURCHASE = "purchase"
    GOODWILL = "goodwill"


class OrderAlreadyEarned(DomainError):
    """An order earns points once, however often it is reported."""

    message = LocalizedText("This order earned its points already.", "该订单已累积积分。")
    hint = LocalizedText("Nothing to do: the points are on the account.", "无需处理：积分已入账。")


class GoodwillAlreadyGranted(DomainError):
    """A case is thanked for once, also when it was reopened and settled again."""

    message = LocalizedText("Goodwill points were given for this case already.", "该服务单已赠送补偿积分。")
    hint = LocalizedText("Nothing to do: the points are on the account.", "无需处理：积分已入账。")


class ReturnAlreadyTakenBack(DomainError):
    """A return takes points back once."""

    message = LocalizedText("This return took its points back already.", "该退货已扣回积分。")
    hint = LocalizedText("Nothing to do: the account is right.", "无需处理：账户无误。")


class OrderEarnedNothing(DomainError):
    """Only points that an order earned are taken back with it."""

    message = LocalizedText("This order earned no points.", "该订单未累积积分。")
    hint = LocalizedText("Nothing to take back; check the order's id otherwise.", "无需扣回；如有疑问请核对订单编号。")


class AlreadyRedeemed(DomainError):
    """A redemption counts once."""

    message = LocalizedText("This redemption was counted already.", "该笔兑换已入账。")
    hint = LocalizedText("Take a new redemption id for another redemption.", "如需再次兑换，请使用新的兑换编号。")


class LotUnknown(NotFound):
    """Every earning of an account is a lot of its own."""

    message = LocalizedText("The account has no such lot.", "该账户没有此批积分。")


class PointsAccount(Aggregate):
    """All points of one member: earned in lots, spent soonest expiry first, never below zero.

    At any time earned = spent + taken back + expired + left. What can be spent is decided by the moment of spending:
    a lot whose last day is over is not counted, whether or not it was declared expired.
    """

    class Opened(Aggregate.Created):
        customer_id: UUID
        member_id: UUID

    class Earned(Aggregate.Event):
        lot_id: UUID
        member_id: UUID
        points: int
        reason: Reason
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
        """What can be spent at this moment."""
        return spendable(self.lots.values(), at)

    def earn(self, *, order_id: UUID, amount: Money, level: Level, programme: Programme, at: datetime) -> None:
        """Points for a purchase, at the level's rate in the version of the programme in force `at` that time."""
        if order_id in self.purchases:
            raise OrderAlreadyEarned("order_id", order_id)
        points, last_day = programme.points_for(level, amount), programme.last_day_of(at)
        self._earned(
            lot_id=lot_id(self.id, Reason.PURCHASE, order_id),
            member_id=self.member_id,
            points=points,
            reason=Reason.PURCHASE,
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
        """Points for a customer whose complaint took long, as many as the programme gives for this wait."""
        if case_id in self.thanked_cases:
            raise GoodwillAlreadyGranted("case_id", case_id)
        points, last_day = programme.goodwill_for(waited), programme.last_day_of(at)
        self._earned(
            lot_id=lot_id(self.id, Reason.GOODWILL, case_id),
            member_id=self.member_id,
            points=points,
            reason=Reason.GOODWILL,
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
        """Take back what the returned goods had earned: from the order's own lot, then from the other lots.

        What had expired unspent is owed by nobody; what had been spent and cannot be taken from other lots is recorded
        as a shortfall, never as a negative balance.
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
        reason: Reason,
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
    """The one points account of this customer."""
    return uuid5(ACCOUNTS, customer_id.hex)


def lot_id(account: UUID, reason: Reason, earned_by: UUID) -> UUID:
    """The lot that this order or case earned on this account."""
    return uuid5(account, f"{reason}/{earned_by.hex}")
