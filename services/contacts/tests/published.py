"""Public events of facts, as they go on the wire."""

from uuid import UUID

from crm_contacts.service import SERVICE
from crm_eventlog.aggregate import Aggregate

MS_CHEN = UUID(int=7)
CUSTOMER = f'"customer_id":"{MS_CHEN}"'


def published(*aggregates: Aggregate) -> dict[str, str]:
    """Return the last event of every fact that these have decided: the fact's name -> the event's JSON."""
    facts = [fact for aggregate in aggregates for fact in aggregate.pending_events]
    events = [(type(fact).__qualname__, SERVICE.publish(fact, MS_CHEN)) for fact in facts]
    return {name: event.model_dump_json() for name, event in events if event}
