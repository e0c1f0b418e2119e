"""Public events of leads."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import PublicEvent
from crm_events.sales import LeadAssigned, LeadCaptured, LeadConverted
from crm_sales.leads.lead import Lead


def publish(fact: Aggregate.Event, partition_key: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where the fact stays private."""
    match fact:
        case Lead.Captured():
            return LeadCaptured(
                customer_id=partition_key,
                lead_id=fact.originator_id,
                source=fact.source,
                keyword=fact.keyword,
                campaign_code=fact.campaign_code,
                interest=fact.interest,
            )
        case Lead.Assigned():
            return LeadAssigned(
                customer_id=partition_key, lead_id=fact.originator_id, salesperson=fact.salesperson, rule=fact.rule
            )
        case Lead.Converted():
            return LeadConverted(
                customer_id=partition_key, lead_id=fact.originator_id, opportunity_id=fact.opportunity_id
            )
        case _:
            return None
