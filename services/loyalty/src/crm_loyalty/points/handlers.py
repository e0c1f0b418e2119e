"""Handlers of commands about points."""

from uuid import UUID

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_kernel import Money, NotFound
from crm_loyalty.members import CustomerNotEnrolled, Membership
from crm_loyalty.points.commands import EarnPoints, ExpireLot, GrantGoodwill, RedeemPoints, TakeBackPoints
from crm_loyalty.points.points_account import PointsAccount, account_id
from crm_loyalty.programme import programme_at


def earn_points(command: EarnPoints, app: Application, context: CommandContext) -> CommandResult:
    account = _account(app, command.customer_id, context)
    member = app.load(Membership, account.member_id)
    account.earn(
        order_id=command.order_id,
        amount=Money(command.amount, command.currency),
        level=member.level,
        programme=programme_at(context.occurred_at),
        at=context.occurred_at,
    )
    return app.save(account, context=context)


def take_back_points(command: TakeBackPoints, app: Application, context: CommandContext) -> CommandResult:
    account = _account(app, command.customer_id, context)
    account.take_back(
        return_id=command.return_id,
        order_id=command.order_id,
        refund=command.refund,
        order_total=command.order_total,
        at=context.occurred_at,
    )
    return app.save(account, context=context)


def redeem_points(command: RedeemPoints, app: Application, context: CommandContext) -> CommandResult:
    customer_id = command.customer_id or _customer_of(app, command.member_id)
    account = _account(app, customer_id, context)
    account.redeem(
        redemption_id=command.redemption_id or context.new_id("redemption"),
        points=command.points,
        purpose=command.purpose,
        unit=context.unit,
        at=context.occurred_at,
    )
    return app.save(account, context=context)


def expire_lot(command: ExpireLot, app: Application, context: CommandContext) -> CommandResult:
    account = _account(app, command.customer_id, context)
    account.expire(lot_id=command.lot_id, at=context.occurred_at)
    return app.save(account, context=context)


def grant_goodwill(command: GrantGoodwill, app: Application, context: CommandContext) -> CommandResult:
    account = _account(app, command.customer_id, context)
    account.grant_goodwill(
        case_id=command.case_id,
        waited=command.waited,
        programme=programme_at(context.occurred_at),
        at=context.occurred_at,
    )
    return app.save(account, context=context)


def _customer_of(app: Application, member_id: UUID | None) -> UUID:
    if member_id is None:
        raise CustomerNotEnrolled("member_id", member_id)
    return app.load(Membership, member_id).customer_id


def _account(app: Application, customer_id: UUID, context: CommandContext) -> PointsAccount:
    try:
        return app.load(PointsAccount, account_id(customer_id), expected_version=context.expected_version)
    except NotFound:
        raise CustomerNotEnrolled("customer_id", customer_id) from None
