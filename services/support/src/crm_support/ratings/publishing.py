"""Public events of ratings."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events.event import PublicEvent
from crm_events.support import ServiceRated
from crm_support.ratings.rating import Rating


def publish(fact: Aggregate.Event, customer_id: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id."""
    match fact:
        case Rating.Given():
            return ServiceRated(
                customer_id=customer_id,
                rating_id=fact.originator_id,
                subject_kind=fact.subject_kind,
                subject_id=fact.subject_id,
                expectation=fact.expectation,
                experience=fact.experience,
                satisfaction=fact.satisfaction,
                remark=fact.remark,
            )
        case _:
            return None
