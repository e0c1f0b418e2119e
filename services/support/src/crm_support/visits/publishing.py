"""Public events of visits."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events.event import PublicEvent
from crm_events.support import VisitDone, VisitFellDue, VisitSkipped
from crm_support.visits.visit import Visit


def publish(fact: Aggregate.Event, customer_id: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id."""
    match fact:
        case Visit.FellDue(originator_id=visit_id, order_id=order_id, rule=rule):
            return VisitFellDue(
                customer_id=customer_id, visit_id=visit_id, order_id=order_id, rule=rule, due_on=fact.due_on
            )
        case Visit.Done(originator_id=visit_id, order_id=order_id, rule=rule):
            return VisitDone(
                customer_id=customer_id, visit_id=visit_id, order_id=order_id, rule=rule, outcome=fact.outcome
            )
        case Visit.Skipped(originator_id=visit_id, order_id=order_id, rule=rule):
            return VisitSkipped(
                customer_id=customer_id, visit_id=visit_id, order_id=order_id, rule=rule, reason=fact.reason
            )
        case _:
            return None
