"""Public events of visits."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import event_like
from crm_events.event import PublicEvent


def publish(fact: Aggregate.Event, customer_id: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id.

    Each fact is told by the event of its name: `Visit.Done` by `VisitDone`.
    """
    match fact:
        case Aggregate.Event():
            return event_like(fact, "support", customer_id=customer_id, visit_id=fact.originator_id)
        case _:
            return None
