"""Touches between a customer and the company."""

from typing import Annotated
from uuid import UUID

from crm_events.contacts.vocabulary import Direction
from crm_events.event import CustomerEvent
from crm_events.kinds import EntryKind
from crm_events.sentences import choose, the_customer, the_staff
from crm_events.values import Channel, Personal


class CustomerTouched(CustomerEvent):
    """The customer and the company met: in a store, on the telephone, on the web or anywhere else."""

    KIND = EntryKind.TOUCH
    EXAMPLE = {
        "channel": "call_centre",
        "place": "hotline",
        "direction": "in",
        "subject": "price of the X2 phone",
        "learned": "compares with last year's model",
    }
    SENTENCE = choose(
        "direction",
        {
            Direction.IN: the_customer(
                "got in touch ({place:plain}) about {subject}[; learned: {learned}]",
                "与我们联系（{place:plain}），事由：{subject}[；得知：{learned}]",
            ),
            Direction.OUT: the_staff(
                "got in touch with the customer ({place:plain}) about {subject}[; learned: {learned}]",
                "联系了客户（{place:plain}），事由：{subject}[；得知：{learned}]",
            ),
        },
    )

    touch_id: UUID
    channel: Channel
    place: Annotated[str, Personal("note")]
    direction: Direction
    subject: Annotated[str, Personal("note")]
    learned: Annotated[str | None, Personal("note")] = None
