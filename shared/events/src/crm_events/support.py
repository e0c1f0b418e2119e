"""What support says: questions, complaints and other cases, ratings, and visits after a sale."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from crm_events.event import CustomerEvent
from crm_events.values import Channel

Grade = Annotated[int, Field(ge=1, le=5)]


class CaseKind(StrEnum):
    """What a customer came to us with."""

    QUESTION = "question"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    NEED = "need"
    CRITICISM = "criticism"


class FeedbackKind(StrEnum):
    """The kinds of case that are neither a question nor a complaint."""

    PRAISE = "praise"
    SUGGESTION = "suggestion"
    NEED = "need"
    CRITICISM = "criticism"


class Severity(StrEnum):
    """How bad a complaint is, which decides how soon it is escalated."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class EscalatedBy(StrEnum):
    """Whether a person escalated the case or its deadline passed."""

    HAND = "hand"
    DEADLINE = "deadline"


class RatedKind(StrEnum):
    """What a rating is about."""

    CASE = "case"
    VISIT = "visit"


class VisitRule(StrEnum):
    """How long after the order the visit is due."""

    THREE_DAYS = "three_days"
    THIRTY_DAYS = "thirty_days"


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


class ServiceRated(CustomerEvent):
    """A customer rated a case or a visit, 1 to 5; satisfaction is experience less expectation, so -4 to 4."""

    rating_id: UUID
    subject_kind: RatedKind
    subject_id: UUID
    expectation: Grade
    experience: Grade
    satisfaction: int
    remark: str | None = None


class VisitFellDue(CustomerEvent):
    """The day came to ask a customer how they are doing with what they bought."""

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    due_on: date


class VisitDone(CustomerEvent):
    """The customer was visited or called after the sale; `outcome` says what came of it."""

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    outcome: str


class VisitSkipped(CustomerEvent):
    """The visit after a sale will not take place, for the reason named."""

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    reason: str
