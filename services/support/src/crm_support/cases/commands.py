"""Commands about cases."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_eventlog.command import Command
from crm_events.support.vocabulary import Priority
from crm_kernel import Channel
from crm_support.fields import Name, Prose
from crm_support.vocabulary import EscalatedBy, FeedbackKind, Severity

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class OpenCase(Command):
    """The form of every command that opens a case; the caller may choose its `case_id`."""

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


class SetCasePriority(Command):
    """Say how urgent a case is, and why; its desk settles the urgent ones first."""

    case_id: UUID
    priority: Priority
    reason: Prose = Field(examples=["Wheelchair user"])
