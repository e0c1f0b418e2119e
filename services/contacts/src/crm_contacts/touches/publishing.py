"""The public event of touches."""

from uuid import UUID

from crm_contacts.touches.touch import Touch
from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent
from crm_events.contacts import CustomerTouched


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where the fact stays private."""
    match fact:
        case Touch.Recorded():
            return CustomerTouched(
                customer_id=partition_key,
                touch_id=fact.originator_id,
                channel=fact.channel,
                place=fact.place,
                direction=fact.direction,
                subject=fact.subject,
                learned=fact.learned,
            )
        case _:
            return None
