"""A case: what one customer came to us with, until it is settled."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from crm_eventlog.aggregate import Aggregate, DomainError, LocalizedText, event
from crm_support.domain.channel import Channel


class CaseKind(StrEnum):
    """What a customer came to us with."""

    QUESTION = "question"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    SUGGESTION = "suggestion"
    NEED = "need"
    CRITICISM = "criticism"


class Severity(StrEnum):
    """How bad a complaint is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class EscalatedBy(StrEnum):
    """Whether a person escalated the case or its deadline passed."""

    HAND = "hand"
    DEADLINE = "deadline"


class CaseState(StrEnum):
    """How far a case has come; an unresolvable case still hopes for a remedy."""

    OPEN = "open"
    ANSWERED = "answered"
    UNRESOLVABLE = "unresolvable"
    RESOLVED = "resolved"


class CaseAlreadyResolved(DomainError):
    """A case is resolved once; what happens to it afterwards begins with reopening it."""

    message = LocalizedText("The case is resolved already.", "该服务单已解决。")
    hint = LocalizedText("Reopen it with a reason first, or open a new case.", "请先说明原因重新打开，或新建服务单。")


class CaseStillOpen(DomainError):
    """Only a case that was resolved or declared unresolvable can be reopened."""

    message = LocalizedText("The case has not been closed.", "该服务单尚未关闭。")
    hint = LocalizedText("Answer, resolve or escalate it as it stands.", "请直接答复、解决或升级该服务单。")


class CaseAlreadyUnresolvable(DomainError):
    """The same reason and the same day were told already."""

    message = LocalizedText(
        "The case was declared unresolvable for this very reason.", "该服务单已因同一原因声明暂无法解决。"
    )
    hint = LocalizedText("Name a new reason or another expected day.", "请给出新的原因或新的预计日期。")


class CaseAlreadyEscalated(DomainError):
    """A case is escalated to the same person or desk once."""

    message = LocalizedText("The case was escalated there already.", "该服务单已升级给对方。")
    hint = LocalizedText("Escalate it to somebody else, or settle it.", "请升级给其他人，或直接处理。")


class UnresolvableCaseEscalated(DomainError):
    """A deadline does not escalate a case whose customer was told why there is no remedy yet."""

    message = LocalizedText("The customer was told why there is no remedy yet.", "已告知客户暂无解决办法的原因。")
    hint = LocalizedText("Escalate it by hand if it must move on.", "如仍需推进，请人工升级。")


class ResolvedBeforeItWasOpened(DomainError, ValueError):
    """A case cannot end before it began."""

    message = LocalizedText("The resolution is earlier than the case.", "解决时间早于服务单的打开时间。")
    hint = LocalizedText("Correct the time the resolution is said to have happened.", "请更正解决发生的时间。")


class RemedyExpectedInThePast(DomainError, ValueError):
    """A remedy is expected today or later."""

    message = LocalizedText("The day a remedy is expected has passed.", "预计解决日期已过。")
    hint = LocalizedText("Name a day to come, or none.", "请填写将来的日期，或不填。")


class Case(Aggregate):
    """What one customer came to us with, from being opened over its answer or the reason for none, to its end."""

    class Opened(Aggregate.Created):
        case_id: UUID
        customer_id: UUID
        kind: CaseKind
        channel: Channel
        subject: str
        text: str
        opened_at: datetime
        severity: Severity | None
        order_id: UUID | None

    class Assigned(Aggregate.Event):
        kind: CaseKind
        desk: str
        assignee: str | None
        rule: str

    class Answered(Aggregate.Event):
        kind: CaseKind
        answer: str

    class Resolved(Aggregate.Event):
        kind: CaseKind
        resolution: str
        opened_at: datetime
        waited: timedelta

    class DeclaredUnresolvable(Aggregate.Event):
        kind: CaseKind
        reason: str
        expected_on: date | None

    class Reopened(Aggregate.Event):
        kind: CaseKind
        reason: str

    class Escalated(Aggregate.Event):
        kind: CaseKind
        to: str
        reason: str
        by: EscalatedBy
        rule: str | None

    @staticmethod
    def create_id(case_id: UUID) -> UUID:
        return case_id

    @event(Opened)
    def __init__(
        self,
        case_id: UUID,
        customer_id: UUID,
        kind: CaseKind,
        channel: Channel,
        subject: str,
        text: str,
        opened_at: datetime,
        severity: Severity | None = None,
        order_id: UUID | None = None,
    ) -> None:
        self.customer_id, self.kind, self.channel, self.severity = customer_id, kind, channel, severity
        self.opened_at = opened_at
        self.state = CaseState.OPEN
        self.desk = ""
        self.escalated_to: str | None = None
        self.reason: str | None = None
        self.expected_on: date | None = None

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def assign(self, *, desk: str, assignee: str | None, rule: str) -> None:
        """Give the case to a desk and perhaps a person; `rule` names the rule's version, or `by hand`."""
        self._refuse_when_resolved()
        self._assigned(kind=self.kind, desk=desk, assignee=assignee, rule=rule)

    def answer(self, answer: str) -> None:
        """Tell the customer something; the case stays open until it is resolved."""
        self._refuse_when_resolved()
        self._answered(kind=self.kind, answer=answer)

    def resolve(self, *, resolution: str, at: datetime) -> None:
        """Settle the case; how long the customer waited counts from the day it was first opened."""
        self._refuse_when_resolved()
        if at < self.opened_at:
            raise ResolvedBeforeItWasOpened("occurred_at", at)
        self._resolved(kind=self.kind, resolution=resolution, opened_at=self.opened_at, waited=at - self.opened_at)

    def declare_unresolvable(self, *, reason: str, expected_on: date | None, at: datetime) -> None:
        """Say that there is no remedy now, why, and when one is expected; later reasons replace earlier ones."""
        self._refuse_when_resolved()
        # A day is over last at UTC-12: what is past there is past for everybody.
        if expected_on is not None and expected_on < (at - timedelta(hours=12)).date():
            raise RemedyExpectedInThePast("expected_on", expected_on)
        if (self.state, self.reason, self.expected_on) == (CaseState.UNRESOLVABLE, reason, expected_on):
            raise CaseAlreadyUnresolvable("reason", reason)
        self._declared_unresolvable(kind=self.kind, reason=reason, expected_on=expected_on)

    def reopen(self, reason: str) -> None:
        """Take up again what was settled or given up."""
        if self.state not in (CaseState.RESOLVED, CaseState.UNRESOLVABLE):
            raise CaseStillOpen("case_id", self.id)
        self._reopened(kind=self.kind, reason=reason)

    def escalate(self, *, to: str, reason: str, by: EscalatedBy, rule: str | None) -> None:
        """Pass the case up to somebody who can do more; `rule` names the version of the rule whose deadline passed."""
        self._refuse_when_resolved()
        if by is EscalatedBy.DEADLINE and self.state is CaseState.UNRESOLVABLE:
            raise UnresolvableCaseEscalated("case_id", self.id)
        if self.escalated_to == to:
            raise CaseAlreadyEscalated("to", to)
        self._escalated(kind=self.kind, to=to, reason=reason, by=by, rule=rule)

    def _refuse_when_resolved(self) -> None:
        if self.state is CaseState.RESOLVED:
            raise CaseAlreadyResolved("case_id", self.id)

    @event(Assigned)
    def _assigned(self, kind: CaseKind, desk: str, assignee: str | None, rule: str) -> None:
        self.desk = desk

    @event(Answered)
    def _answered(self, kind: CaseKind, answer: str) -> None:
        self.state = CaseState.ANSWERED

    @event(Resolved)
    def _resolved(self, kind: CaseKind, resolution: str, opened_at: datetime, waited: timedelta) -> None:
        self.state = CaseState.RESOLVED

    @event(DeclaredUnresolvable)
    def _declared_unresolvable(self, kind: CaseKind, reason: str, expected_on: date | None) -> None:
        self.state, self.reason, self.expected_on = CaseState.UNRESOLVABLE, reason, expected_on

    @event(Reopened)
    def _reopened(self, kind: CaseKind, reason: str) -> None:
        self.state, self.escalated_to = CaseState.OPEN, None

    @event(Escalated)
    def _escalated(self, kind: CaseKind, to: str, reason: str, by: EscalatedBy, rule: str | None) -> None:
        self.escalated_to = to
