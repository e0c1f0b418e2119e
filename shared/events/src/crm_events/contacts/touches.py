"""Touches between a customer and the company."""

from uuid import UUID

from crm_events.contacts.vocabulary import Direction
from crm_events.event import CustomerEvent
from crm_events.values import Channel


class CustomerTouched(CustomerEvent):
    """The customer and the company met: in a store, on the telephone, on the web or anywhere else."""

    touch_id: UUID
    channel: Channel
    place: str
    direction: Direction
    subject: str
    learned: str | None = None
