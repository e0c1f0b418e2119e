"""Public events of members."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events.event import PublicEvent
from crm_events.loyalty import MemberEnrolled
from crm_loyalty.members.membership import Membership


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id."""
    match fact:
        case Membership.Enrolled():
            return MemberEnrolled(
                customer_id=partition_key,
                member_id=fact.originator_id,
                level=fact.level.value,
                programme_version=fact.programme_version,
            )
        case _:
            return None
