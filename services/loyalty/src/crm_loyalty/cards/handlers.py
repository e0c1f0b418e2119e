"""Handlers of commands about cards."""

from crm_eventlog.application import Application, CommandResult
from crm_eventlog.command_context import CommandContext
from crm_loyalty.cards.card import Card, CardNumberTaken, card_id
from crm_loyalty.cards.commands import IssueCard
from crm_loyalty.members import Membership, membership_of


def issue_card(command: IssueCard, app: Application, context: CommandContext) -> CommandResult:
    card = new_card(app, command.number, membership_of(app, command.customer_id))
    return app.save(card, context=context)


def new_card(app: Application, number: str, member: Membership) -> Card:
    """Return a card for this member; `CardNumberTaken` when the number belongs to another card."""
    if card_id(number) in app.repository:
        raise CardNumberTaken("number", number)
    return Card(number=number, customer_id=member.customer_id, member_id=member.id)
