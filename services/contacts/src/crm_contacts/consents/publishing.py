"""Public events of consent."""

from uuid import UUID

from crm_contacts.consents.consent import Consent
from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent
from crm_events.contacts import ConsentGiven, ConsentWithdrawn


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where the fact stays private."""
    match fact:
        case Consent.Given():
            return ConsentGiven(
                customer_id=partition_key, channel=fact.channel, text_shown=fact.text_shown, language=fact.language
            )
        case Consent.Withdrawn():
            return ConsentWithdrawn(customer_id=partition_key, channel=fact.channel, reason=fact.reason)
        case _:
            return None
