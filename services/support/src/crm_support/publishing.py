"""What support says of its facts: the only place where they become public events."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from crm_events import support as say
from crm_events.values import Channel
from crm_support.domain.case import Case, CaseKind
from crm_support.domain.rating import Rating
from crm_support.domain.visit import Visit


def publish(fact: Any, customer_id: UUID) -> BaseModel | None:
    """The public event of a fact; None where it stays private. `customer_id` is the stream's partition key."""
    match fact:
        case Case.Opened():
            return _opened(fact, customer_id)
        case Case.Event():
            return _of_case(fact, {"customer_id": customer_id, "case_id": fact.originator_id, "kind": fact.kind})
        case Rating.Given():
            return _rated(fact, customer_id)
        case Visit.Event():
            return _of_visit(fact, {"customer_id": customer_id, "visit_id": fact.originator_id})
        case _:
            return None


def _opened(fact: Any, customer_id: UUID) -> BaseModel:
    said = {
        "customer_id": customer_id,
        "case_id": fact.originator_id,
        "channel": Channel(fact.channel),
        "subject": fact.subject,
        "text": fact.text,
    }
    match fact.kind:
        case CaseKind.QUESTION:
            return say.QuestionAsked(**said, order_id=fact.order_id)
        case CaseKind.COMPLAINT:
            return say.ComplaintFiled(**said, severity=say.Severity(fact.severity), order_id=fact.order_id)
        case _:
            return say.FeedbackGiven(**said, kind=say.FeedbackKind(fact.kind))


def _of_case(fact: Any, case: dict[str, Any]) -> BaseModel | None:
    match fact:
        case Case.Assigned():
            return say.CaseAssigned(**case, desk=fact.desk, assignee=fact.assignee, rule=fact.rule)
        case Case.Answered():
            return say.CaseAnswered(**case, answer=fact.answer)
        case Case.Resolved():
            return say.CaseResolved(**case, resolution=fact.resolution, opened_at=fact.opened_at, waited=fact.waited)
        case Case.DeclaredUnresolvable():
            return say.CaseDeclaredUnresolvable(**case, reason=fact.reason, expected_on=fact.expected_on)
        case Case.Reopened():
            return say.CaseReopened(**case, reason=fact.reason)
        case Case.Escalated():
            return say.CaseEscalated(**case, to=fact.to, by=say.EscalatedBy(fact.by), reason=fact.reason)
        case _:
            return None


def _rated(fact: Any, customer_id: UUID) -> BaseModel:
    return say.ServiceRated(
        customer_id=customer_id,
        rating_id=fact.originator_id,
        subject_kind=say.RatedKind(fact.subject_kind),
        subject_id=fact.subject_id,
        expectation=fact.expectation,
        experience=fact.experience,
        satisfaction=fact.satisfaction,
        remark=fact.remark,
    )


def _of_visit(fact: Any, visit: dict[str, Any]) -> BaseModel | None:
    visit = {**visit, "order_id": fact.order_id, "rule": say.VisitRule(fact.rule)}
    match fact:
        case Visit.FellDue():
            return say.VisitFellDue(**visit, due_on=fact.due_on)
        case Visit.Done():
            return say.VisitDone(**visit, outcome=fact.outcome)
        case Visit.Skipped():
            return say.VisitSkipped(**visit, reason=fact.reason)
        case _:
            return None
