"""Public events as they go on the wire."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_sales.service import SERVICE

MS_CHEN = UUID(int=7)
CUSTOMER = '"customer_id":"00000000-0000-0000-0000-000000000007"'
LEAD = f'{{{CUSTOMER},"lead_id":"00000000-0000-0000-0000-000000000001"'
OPPORTUNITY = f'{{{CUSTOMER},"opportunity_id":"00000000-0000-0000-0000-000000000002"'
ORDER_ID = '"order_id":"00000000-0000-0000-0000-000000000003"'


def yuan(amount: str) -> str:
    """Write an amount of yuan."""
    return f'{{"amount":"{amount}","currency":"CNY"}}'


def published(aggregate: Aggregate) -> dict[str, str]:
    """Return the event's JSON by the fact's name for everything this has decided."""
    events = [(type(fact).__name__, SERVICE.publish(fact, MS_CHEN)) for fact in aggregate.pending_events]
    return {name: event.model_dump_json() for name, event in events if event}
