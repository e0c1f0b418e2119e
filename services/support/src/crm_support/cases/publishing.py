"""Public events of cases."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate
from crm_events import support as events
from crm_events.event import PublicEvent
from crm_support.cases.case import Case
from crm_support.vocabulary import CaseKind, FeedbackKind


def publish(fact: Aggregate.Event, customer_id: UUID) -> PublicEvent | None:
    """Return the public event of a fact, or None where it stays private; the partition key is the customer's id."""
    match fact:
        case Case.Opened():
            return _opened(fact, customer_id)
        case Case.Assigned():
            return _assigned(fact, customer_id)
        case Case.Answered():
            return _answered(fact, customer_id)
        case Case.Resolved():
            return _resolved(fact, customer_id)
        case Case.DeclaredUnresolvable():
            return _declared_unresolvable(fact, customer_id)
        case Case.Reopened():
            return _reopened(fact, customer_id)
        case Case.Escalated():
            return _escalated(fact, customer_id)
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


def _assigned(fact: Case.Assigned, customer_id: UUID) -> PublicEvent:
    return events.CaseAssigned(
        customer_id=customer_id,
        case_id=fact.originator_id,
        kind=fact.kind,
        desk=fact.desk,
        assignee=fact.assignee,
        rule=fact.rule,
    )


def _answered(fact: Case.Answered, customer_id: UUID) -> PublicEvent:
    return events.CaseAnswered(customer_id=customer_id, case_id=fact.originator_id, kind=fact.kind, answer=fact.answer)


def _resolved(fact: Case.Resolved, customer_id: UUID) -> PublicEvent:
    return events.CaseResolved(
        customer_id=customer_id,
        case_id=fact.originator_id,
        kind=fact.kind,
        resolution=fact.resolution,
        opened_at=fact.opened_at,
        waited=fact.waited,
    )


def _declared_unresolvable(fact: Case.DeclaredUnresolvable, customer_id: UUID) -> PublicEvent:
    return events.CaseDeclaredUnresolvable(
        customer_id=customer_id,
        case_id=fact.originator_id,
        kind=fact.kind,
        reason=fact.reason,
        expected_on=fact.expected_on,
    )


def _reopened(fact: Case.Reopened, customer_id: UUID) -> PublicEvent:
    return events.CaseReopened(customer_id=customer_id, case_id=fact.originator_id, kind=fact.kind, reason=fact.reason)


def _escalated(fact: Case.Escalated, customer_id: UUID) -> PublicEvent:
    return events.CaseEscalated(
        customer_id=customer_id,
        case_id=fact.originator_id,
        kind=fact.kind,
        to=fact.to,
        by=fact.by,
        reason=fact.reason,
    )
