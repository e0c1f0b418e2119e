"""Public events of cards."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events.event import PublicEvent
from crm_events.loyalty import CardIssued
from crm_loyalty.cards.card import Card


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id."""
    match fact:
        case Card.Issued():
            return CardIssued(
                customer_id=partition_key, member_id=fact.member_id, card_id=fact.originator_id, number=fact.number
            )
        case _:
            return None
