"""Cases: questions, complaints and feedback, from opening to resolution."""

from datetime import date, timedelta
from uuid import UUID

from pydantic import AwareDatetime

from crm_events.event import CustomerEvent
from crm_events.support.vocabulary import CaseKind, EscalatedBy, FeedbackKind, Severity
from crm_events.values import Channel


class QuestionAsked(CustomerEvent):
    """A customer asked something and waits for an answer."""

    case_id: UUID
    channel: Channel
    subject: str
    text: str
    order_id: UUID | None = None


class ComplaintFiled(CustomerEvent):
    """A customer complained; while the complaint is open no campaign should reach them."""

    case_id: UUID
    channel: Channel
    subject: str
    text: str
    severity: Severity
    order_id: UUID | None = None


class FeedbackGiven(CustomerEvent):
    """A customer praised, suggested, wished for or criticised something."""

    case_id: UUID
    channel: Channel
    kind: FeedbackKind
    subject: str
    text: str


class CaseEvent(CustomerEvent):
    """A public event in the life of a case that was opened before."""

    case_id: UUID
    kind: CaseKind


class CaseAssigned(CaseEvent):
    """A case was given to a desk, and to a person where the rule names one."""

    desk: str
    assignee: str | None = None
    rule: str


class CaseAnswered(CaseEvent):
    """The customer was given this answer; the case stays open until it is resolved."""

    answer: str


class CaseResolved(CaseEvent):
    """A case was settled, `waited` after it was opened."""

    resolution: str
    opened_at: AwareDatetime
    waited: timedelta


class CaseDeclaredUnresolvable(CaseEvent):
    """There is no remedy now, for a reason the customer may be told; one may be expected on the day named."""

    reason: str
    expected_on: date | None = None


class CaseReopened(CaseEvent):
    """A case that was settled or given up is open again."""

    reason: str


class CaseEscalated(CaseEvent):
    """A case was passed up to the person or desk named in `to`."""

    to: str
    by: EscalatedBy
    reason: str
