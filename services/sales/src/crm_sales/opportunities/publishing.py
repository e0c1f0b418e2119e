"""Public events of opportunities."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent
from crm_events.sales import OpportunityLost, OpportunityMoved, OpportunityOpened, OpportunityWon
from crm_events.values import Money
from crm_sales.opportunities.opportunity import Opportunity


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where the fact stays private."""
    match fact:
        case Opportunity.Opened():
            return _opened(fact)
        case Opportunity.Moved():
            return OpportunityMoved(
                customer_id=partition_key,
                opportunity_id=fact.originator_id,
                before=fact.before,
                after=fact.after,
                why=fact.why,
            )
        case Opportunity.Won():
            return OpportunityWon(customer_id=partition_key, opportunity_id=fact.originator_id, order_id=fact.order_id)
        case Opportunity.Lost():
            return OpportunityLost(
                customer_id=partition_key, opportunity_id=fact.originator_id, stage=fact.stage, reason=fact.reason
            )
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
