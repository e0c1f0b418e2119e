"""The handlers of loyalty: load an aggregate, let it decide, save."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from crm_eventlog.aggregate import NotFound
from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_loyalty import commands
from crm_loyalty.domain.card import Card, CardNumberTaken, card_id
from crm_loyalty.domain.membership import CustomerAlreadyEnrolled, CustomerNotEnrolled, Membership, member_id
from crm_loyalty.domain.points_account import PointsAccount, account_id
from crm_loyalty.domain.programme import Level, Money, programme_at


def enrol(command: commands.Enrol, app: Application, context: CommandContext) -> CommandResult:
    if member_id(command.customer_id) in app.repository:
        raise CustomerAlreadyEnrolled("customer_id", command.customer_id)
    member = Membership(
        customer_id=command.customer_id,
        level=Level(command.level),
        programme_version=programme_at(context.occurred_at).version,
        enrolled_at=context.occurred_at,
    )
    account = PointsAccount(customer_id=command.customer_id, member_id=member.id)
    cards = () if command.card_number is None else (_new_card(app, command.card_number, member),)
    return app.save(member, account, *cards, context=context)


def issue_card(command: commands.IssueCard, app: Application, context: CommandContext) -> CommandResult:
    card = _new_card(app, command.number, _member(app, command.customer_id, context))
    return app.save(card, context=context)


def earn_points(command: commands.EarnPoints, app: Application, context: CommandContext) -> CommandResult:
    member, account = _member(app, command.customer_id, context), _account(app, command.customer_id, context)
    account.earn(
        order_id=command.order_id,
        amount=Money(command.amount, command.currency),
        level=member.level,
        programme=programme_at(context.occurred_at),
        at=context.occurred_at,
    )
    return app.save(account, context=context)


def take_back_points(command: commands.TakeBackPoints, app: Application, context: CommandContext) -> CommandResult:
    account = _account(app, command.customer_id, context)
    account.take_back(
        return_id=command.return_id,
        order_id=command.order_id,
        refund=command.refund,
        order_total=command.order_total,
        at=context.occurred_at,
    )
    return app.save(account, context=context)


def redeem_points(command: commands.RedeemPoints, app: Application, context: CommandContext) -> CommandResult:
    customer_id = command.customer_id or _customer_of(app, command.member_id, context)
    account = _account(app, customer_id, context)
    account.redeem(
        redemption_id=command.redemption_id or context.new_id("redemption"),
        points=command.points,
        purpose=command.purpose,
        unit=context.unit,
        at=context.occurred_at,
    )
    return app.save(account, context=context)


def expire_lot(command: commands.ExpireLot, app: Application, context: CommandContext) -> CommandResult:
    account = _account(app, command.customer_id, context)
    account.expire(lot_id=command.lot_id, at=context.occurred_at)
    return app.save(account, context=context)


def grant_goodwill(command: commands.GrantGoodwill, app: Application, context: CommandContext) -> CommandResult:
    account = _account(app, command.customer_id, context)
    account.grant_goodwill(
        case_id=command.case_id,
        waited=command.waited,
        programme=programme_at(context.occurred_at),
        at=context.occurred_at,
    )
    return app.save(account, context=context)


def _new_card(app: Application, number: str, member: Membership) -> Card:
    if card_id(number) in app.repository:
        raise CardNumberTaken("number", number)
    return Card(number=number, customer_id=member.customer_id, member_id=member.id)


def _member(app: Application, customer_id: UUID, context: CommandContext) -> Membership:
    try:
        # If-Match speaks of the account or the card, never of the membership beside it.
        return app.load(Membership, member_id(customer_id))
    except NotFound:
        raise CustomerNotEnrolled("customer_id", customer_id) from None


def _customer_of(app: Application, member_id: UUID | None, context: CommandContext) -> UUID:
    if member_id is None:
        raise CustomerNotEnrolled("member_id", member_id)
    return app.load(Membership, member_id).customer_id


def _account(app: Application, customer_id: UUID, context: CommandContext) -> PointsAccount:
    try:
        return app.load(PointsAccount, account_id(customer_id), expected_version=context.expected_version)
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
