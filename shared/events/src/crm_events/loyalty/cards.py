"""Cards of members."""

from typing import Annotated
from uuid import UUID

from crm_events.kinds import EntryKind
from crm_events.loyalty.members import MemberEvent
from crm_events.sentences import the_staff
from crm_events.values import Personal


class CardIssued(MemberEvent):
    """A member was given a card with this number."""

    KIND = EntryKind.CARD
    EXAMPLE = {"number": "6010000000417"}
    SENTENCE = the_staff("gave the customer the member card {number:plain}", "为客户发放会员卡 {number:plain}")

    card_id: UUID
    number: Annotated[str, Personal("identity")]
