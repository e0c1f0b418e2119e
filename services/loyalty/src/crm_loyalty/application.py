"""Every command of loyalty: load, ask, record."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from crm_eventlog.aggregate import NotFound
from crm_eventlog.application import Application, Done
from crm_eventlog.circumstances import Circumstances
from crm_loyalty import commands as ask
from crm_loyalty.domain.card import Card, CardNumberTaken, card_id
from crm_loyalty.domain.membership import CustomerAlreadyEnrolled, CustomerNotEnrolled, Membership, member_id
from crm_loyalty.domain.points_account import PointsAccount, account_id
from crm_loyalty.domain.programme import Level, Money, programme_at


class LoyaltyApplication(Application):
    """One method per command; the time of what happened is `said.occurred_at`."""

    name = "loyalty"
    aggregates = (Membership, Card, PointsAccount)

    def enrol(self, command: ask.Enrol, said: Circumstances) -> Done:
        if member_id(command.customer_id) in self.repository:
            raise CustomerAlreadyEnrolled("customer_id", command.customer_id)
        member = Membership(
            customer_id=command.customer_id,
            level=Level(command.level),
            programme_version=programme_at(said.occurred_at).version,
            enrolled_at=said.occurred_at,
        )
        account = PointsAccount(customer_id=command.customer_id, member_id=member.id)
        cards = () if command.card_number is None else (self._new_card(command.card_number, member),)
        return self.record(member, account, *cards, said=said)

    def issue_card(self, command: ask.IssueCard, said: Circumstances) -> Done:
        card = self._new_card(command.number, self._member(command.customer_id, said))
        return self.record(card, said=said)

    def earn_points(self, command: ask.EarnPoints, said: Circumstances) -> Done:
        member, account = self._member(command.customer_id, said), self._account(command.customer_id, said)
        account.earn(
            order_id=command.order_id,
            amount=Money(command.amount, command.currency),
            level=member.level,
            programme=programme_at(said.occurred_at),
            at=said.occurred_at,
        )
        return self.record(account, said=said)

    def take_back_points(self, command: ask.TakeBackPoints, said: Circumstances) -> Done:
        account = self._account(command.customer_id, said)
        account.take_back(
            return_id=command.return_id,
            order_id=command.order_id,
            refund=command.refund,
            order_total=command.order_total,
            at=said.occurred_at,
        )
        return self.record(account, said=said)

    def redeem_points(self, command: ask.RedeemPoints, said: Circumstances) -> Done:
        customer_id = command.customer_id or self._customer_of(command.member_id, said)
        account = self._account(customer_id, said)
        account.redeem(
            redemption_id=command.redemption_id or said.new_id("redemption"),
            points=command.points,
            purpose=command.purpose,
            unit=said.unit,
            at=said.occurred_at,
        )
        return self.record(account, said=said)

    def expire_lot(self, command: ask.ExpireLot, said: Circumstances) -> Done:
        account = self._account(command.customer_id, said)
        account.expire(lot_id=command.lot_id, at=said.occurred_at)
        return self.record(account, said=said)

    def grant_goodwill(self, command: ask.GrantGoodwill, said: Circumstances) -> Done:
        account = self._account(command.customer_id, said)
        account.grant_goodwill(
            case_id=command.case_id,
            waited=command.waited,
            programme=programme_at(said.occurred_at),
            at=said.occurred_at,
        )
        return self.record(account, said=said)

    def _new_card(self, number: str, member: Membership) -> Card:
        if card_id(number) in self.repository:
            raise CardNumberTaken("number", number)
        return Card(number=number, customer_id=member.customer_id, member_id=member.id)

    def _member(self, customer_id: UUID, said: Circumstances) -> Membership:
        try:
            # If-Match speaks of the account or the card, never of the membership beside it.
            return self.load(Membership, member_id(customer_id), replace(said, only_if_version=None))
        except NotFound:
            raise CustomerNotEnrolled("customer_id", customer_id) from None

    def _customer_of(self, member_id: UUID | None, said: Circumstances) -> UUID:
        if member_id is None:
            raise CustomerNotEnrolled("member_id", member_id)
        return self.load(Membership, member_id, replace(said, only_if_version=None)).customer_id

    def _account(self, customer_id: UUID, said: Circumstances) -> PointsAccount:
        try:
            return self.load(PointsAccount, account_id(customer_id), said)
        except NotFound:
            raise CustomerNotEnrolled("customer_id", customer_id) from None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a level is worth on a purchase, in the version of the programme in force."""

    currency: str
    points_per_unit: Decimal
    programme_version: int


def entitlements(level: str, at: datetime) -> tuple[Entitlement, ...]:
    """What members of this level get, as the programme stands at this moment."""
    programme = programme_at(at)
    return tuple(
        Entitlement(rate.currency, rate.points_per_unit, programme.version) for rate in programme.rates_of(Level(level))
    )


def day_of(at: datetime) -> date:
    """The day a moment belongs to, as the programme counts days."""
    return programme_at(at).day_of(at)


def end_of(day: date, at: datetime) -> datetime:
    """The first moment after a day, as the programme of this moment counts days."""
    return programme_at(at).end_of(day)
