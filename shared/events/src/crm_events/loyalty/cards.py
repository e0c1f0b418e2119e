"""Cards of members."""

from uuid import UUID

from crm_events.loyalty.members import MemberEvent


class CardIssued(MemberEvent):
    """A member was given a card with this number."""

    card_id: UUID
    number: str
