"""Public events of cases."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import event_like
from crm_events import support as events
from crm_events.event import PublicEvent
from crm_support.cases.case import Case
from crm_support.vocabulary import CaseKind, FeedbackKind


def publish(fact: Aggregate.Event, customer_id: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id.

    After the opening each fact is told by the event of its name: `Case.Resolved` by `CaseResolved`.
    """
    match fact:
        case Case.Opened():
            return _opened(fact, customer_id)
        case Aggregate.Event():
            return event_like(fact, "support", customer_id=customer_id, case_id=fact.originator_id)
        case _:
            return None


def _opened(fact: Case.Opened, customer_id: UUID) -> PublicEvent:
    match fact.kind:
        case CaseKind.QUESTION:
            return events.QuestionAsked(
                customer_id=customer_id,
                case_id=fact.originator_id,
                channel=fact.channel,
                subject=fact.subject,
                text=fact.text,
                order_id=fact.order_id,
            )
        case CaseKind.COMPLAINT:
            return _filed(fact, customer_id)
        case _:
            return events.FeedbackGiven(
                customer_id=customer_id,
                case_id=fact.originator_id,
                channel=fact.channel,
                kind=FeedbackKind(fact.kind),
                subject=fact.subject,
                text=fact.text,
            )


def _filed(fact: Case.Opened, customer_id: UUID) -> PublicEvent:
    return events.ComplaintFiled(
        customer_id=customer_id,
        case_id=fact.originator_id,
        channel=fact.channel,
        subject=fact.subject,
        text=fact.text,
        severity=fact.severity,
        order_id=fact.order_id,
    )
