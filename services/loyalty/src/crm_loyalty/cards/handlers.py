"""Handlers of commands about cards."""

from uuid import UUID

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_kernel import NotFound
from crm_loyalty.cards.card import Card, CardNumberTaken, card_id
from crm_loyalty.cards.commands import IssueCard
from crm_loyalty.members import CustomerNotEnrolled, Membership, member_id


def issue_card(command: IssueCard, app: Application, context: CommandContext) -> CommandResult:
    card = new_card(app, command.number, _member(app, command.customer_id))
    return app.save(card, context=context)


def new_card(app: Application, number: str, member: Membership) -> Card:
    """Return a card for this member; `CardNumberTaken` when the number belongs to another card."""
    if card_id(number) in app.repository:
        raise CardNumberTaken("number", number)
    return Card(number=number, customer_id=member.customer_id, member_id=member.id)


def _member(app: Application, customer_id: UUID) -> Membership:
    try:
        return app.load(Membership, member_id(customer_id))
    except NotFound:
        raise CustomerNotEnrolled("customer_id", customer_id) from None
