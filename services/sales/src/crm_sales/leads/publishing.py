"""Public events of leads."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent, event_like


def publish(fact: Aggregate.Event, customer_id: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id.

    Each fact is told by the event of its name: `Lead.Captured` by `LeadCaptured`.
    """
    match fact:
        case Aggregate.Event():
            return event_like(fact, "sales", customer_id=customer_id, lead_id=fact.originator_id)
        case _:
            return None
