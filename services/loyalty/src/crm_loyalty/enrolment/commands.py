"""Commands about enrolment."""

from uuid import UUID

from crm_eventlog.command import Command
from crm_loyalty.fields import CardNumber
from crm_loyalty.vocabulary import Level


class Enrol(Command):
    """Make a customer a member and open their points account; with a card where its number is named."""

    customer_id: UUID
    level: Level = Level.ORDINARY
    card_number: CardNumber | None = None
