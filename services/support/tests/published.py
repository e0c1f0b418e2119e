"""Public events of aggregates, as JSON."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_support.service import SERVICE

MS_CHEN = UUID(int=7)


def published(*aggregates: Aggregate) -> dict[str, str]:
    """Return what is published of everything these have decided: the fact's name -> the last event's JSON."""
    facts = [fact for aggregate in aggregates for fact in aggregate.pending_events]
    events = [(type(fact).__name__, SERVICE.publish(fact, MS_CHEN)) for fact in facts]
    return {name: event.model_dump_json() for name, event in events if event}
