"""What support can be asked to do."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_eventlog.command import Command
from crm_events.support import EscalatedBy, FeedbackKind, RatedKind, Severity, VisitRule
from crm_events.values import Channel

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Grade = Annotated[int, Field(ge=1, le=5)]


class OpenCase(Command):
    """What every opening of a case says; `case_id` may be chosen by the caller."""

    case_id: UUID | None = None
    customer_id: UUID
    channel: Channel
    subject: Line = Field(examples=["屏幕闪烁"])
    text: Prose = Field(examples=["Why does the screen flicker in the dark?"])


class AskQuestion(OpenCase):
    """A customer asks something; it is assigned by the rule at once."""

    order_id: UUID | None = None


class FileComplaint(OpenCase):
    """A customer complains; how bad it is decides how soon it is escalated."""

    severity: Severity = Severity.NORMAL
    order_id: UUID | None = None


class GiveFeedback(OpenCase):
    """A customer praises, suggests, wishes for or criticises something."""

    kind: FeedbackKind


class AssignCase(Command):
    """Give a case to a desk and perhaps a person, by hand."""

    case_id: UUID
    desk: Name = Field(examples=["complaints"])
    assignee: Name | None = Field(default=None, examples=["lin.mei"])


class AnswerCase(Command):
    """Tell the customer something; the case stays open."""

    case_id: UUID
    answer: Prose


class ResolveCase(Command):
    """Settle a case."""

    case_id: UUID
    resolution: Prose


class DeclareCaseUnresolvable(Command):
    """Say that there is no remedy now, why, and when one is expected."""

    case_id: UUID
    reason: Prose = Field(examples=["No remedy until firmware 2.1"])
    expected_on: date | None = Field(default=None, examples=["2026-12-03"])


class ReopenCase(Command):
    """Take up again what was settled or given up."""

    case_id: UUID
    reason: Prose


class EscalateCase(Command):
    """Pass a case up; `rule` names the version of the rule whose deadline passed."""

    case_id: UUID
    to: Name = Field(examples=["service-supervisor"])
    reason: Prose
    by: EscalatedBy = EscalatedBy.HAND
    rule: Name | None = None


class RateService(Command):
    """Grade a case or a visit from 1 to 5: what was expected, and what it was."""

    subject_kind: RatedKind
    subject_id: UUID
    expectation: Grade
    experience: Grade
    remark: Prose | None = None


class MakeVisitFallDue(Command):
    """The day came to visit or call a customer after an order; asked by the clock, not by people."""

    customer_id: UUID
    order_id: UUID
    rule: VisitRule
    due_on: date
    decided_by: Name


class DoVisit(Command):
    """A visit after a sale took place."""

    visit_id: UUID
    outcome: Prose


class SkipVisit(Command):
    """A visit after a sale will not take place."""

    visit_id: UUID
    reason: Prose
