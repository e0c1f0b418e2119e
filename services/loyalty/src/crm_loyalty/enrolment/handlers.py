"""Handlers of commands about enrolment."""

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_loyalty.cards import new_card
from crm_loyalty.enrolment.commands import Enrol
from crm_loyalty.members import CustomerAlreadyEnrolled, Membership, member_id
from crm_loyalty.points import PointsAccount
from crm_loyalty.programme import programme_at


def enrol(command: Enrol, app: Application, context: CommandContext) -> CommandResult:
    if member_id(command.customer_id) in app.repository:
        raise CustomerAlreadyEnrolled("customer_id", command.customer_id)
    member = Membership(
        customer_id=command.customer_id,
        level=command.level,
        programme_version=programme_at(context.occurred_at).version,
        enrolled_at=context.occurred_at,
    )
    account = PointsAccount(customer_id=command.customer_id, member_id=member.id)
    cards = () if command.card_number is None else (new_card(app, command.card_number, member),)
    return app.save(member, account, *cards, context=context)
