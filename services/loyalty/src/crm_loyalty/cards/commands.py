"""Commands about cards."""

from uuid import UUID

from crm_eventlog.command import Command
from crm_loyalty.fields import CardNumber


class IssueCard(Command):
    """Give a member a card, good at once; its number is never given to another card."""

    customer_id: UUID
    number: CardNumber
