"""Case: the record of what one customer came to us with, until it is settled."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from crm_eventlog.aggregate import Aggregate, event
from crm_events.support.vocabulary import Priority
from crm_kernel import Channel
from crm_support.cases.errors import (
    CaseAlreadyEscalated,
    CaseAlreadyResolved,
    CaseAlreadyUnresolvable,
    CaseStillOpen,
    RemedyExpectedInThePast,
    ResolvedBeforeItWasOpened,
    UnresolvableCaseEscalated,
)
from crm_support.vocabulary import CaseKind, EscalatedBy, Severity


class CaseState(StrEnum):
    """The state of a case; an unresolvable case still hopes for a remedy."""

    OPEN = "open"
    ANSWERED = "answered"
    UNRESOLVABLE = "unresolvable"
    RESOLVED = "resolved"


class Case(Aggregate):
    """One matter that a customer came to us with: opened, answered or not for a reason, and settled."""

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

    class Prioritised(Aggregate.Event):
        kind: CaseKind
        priority: Priority
        reason: str

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
        self.priority, self.priority_reason = Priority.NORMAL, ""

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

    def prioritise(self, priority: Priority, *, reason: str) -> None:
        """Say how urgent the case is, and why; nothing is recorded where both are known already."""
        self._refuse_when_resolved()
        if (self.priority, self.priority_reason) != (priority, reason):
            self._prioritised(kind=self.kind, priority=priority, reason=reason)

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

    @event(Prioritised)
    def _prioritised(self, kind: CaseKind, priority: Priority, reason: str) -> None:
        self.priority, self.priority_reason = priority, reason
