"""Public events of opportunities."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent, event_like
from crm_events.sales import OpportunityOpened
from crm_events.values import Money
from crm_sales.opportunities.opportunity import Opportunity


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where the fact stays private.

    After the opening each fact is told by the event of its name: `Opportunity.Won` by `OpportunityWon`.
    """
    match fact:
        case Opportunity.Opened():
            return _opened(fact)
        case Aggregate.Event():
            return event_like(fact, "sales", customer_id=partition_key, opportunity_id=fact.originator_id)
        case _:
            return None


def _opened(fact: Opportunity.Opened) -> OpportunityOpened:
    return OpportunityOpened(
        customer_id=fact.customer_id,
        opportunity_id=fact.originator_id,
        lead_id=fact.lead_id,
        title=fact.title,
        expected=Money(amount=fact.expected.amount, currency=fact.expected.currency),
        stage=fact.stage,
        salesperson=fact.salesperson,
        campaign_code=fact.campaign_code,
    )
