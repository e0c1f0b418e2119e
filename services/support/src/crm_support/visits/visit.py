"""Visit after a sale: it falls due, and is done or skipped, once."""

from datetime import date
from enum import StrEnum
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import DomainError, LocalizedText
from crm_support.vocabulary import VisitRule

VISIT_NAMESPACE = UUID("1f0d3c52-6b5c-5f43-8a4d-6a1b0a2f9c02")


class VisitState(StrEnum):
    """The state of a visit."""

    DUE = "due"
    DONE = "done"
    SKIPPED = "skipped"


class VisitAlreadyFellDue(DomainError):
    """Each rule makes one visit of one order."""

    message = LocalizedText("This visit already fell due.", "该回访已到期登记。")
    hint = LocalizedText("Do the visit, or skip it with a reason.", "请完成回访，或说明原因跳过。")


class VisitAlreadyDone(DomainError):
    """A visit is done once."""

    message = LocalizedText("The visit is already done.", "该回访已完成。")
    hint = LocalizedText("Record later news as a touch or a case.", "后续情况请记录为接触或服务单。")


class VisitAlreadySkipped(DomainError):
    """A visit that was skipped with a reason does not take place."""

    message = LocalizedText("The visit is already skipped.", "该回访已跳过。")
    hint = LocalizedText("Record a later contact as a touch.", "之后的联系请记录为接触。")


def visit_id(order_id: UUID, rule: VisitRule) -> UUID:
    """Return the id of the one visit that this rule makes of this order."""
    return uuid5(VISIT_NAMESPACE, f"{order_id.hex}/{rule}")


class Visit(Aggregate):
    """One return visit or call after a sale, from falling due to being done or skipped."""

    class FellDue(Aggregate.Created):
        customer_id: UUID
        order_id: UUID
        rule: VisitRule
        due_on: date
        decided_by: str

    class Done(Aggregate.Event):
        order_id: UUID
        rule: VisitRule
        outcome: str

    class Skipped(Aggregate.Event):
        order_id: UUID
        rule: VisitRule
        reason: str

    @staticmethod
    def create_id(order_id: UUID, rule: VisitRule) -> UUID:
        return visit_id(order_id, rule)

    @event(FellDue)
    def __init__(self, customer_id: UUID, order_id: UUID, rule: VisitRule, due_on: date, decided_by: str) -> None:
        self.customer_id, self.order_id, self.rule = customer_id, order_id, rule
        self.state = VisitState.DUE

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def do(self, outcome: str) -> None:
        """Record that the customer was visited or called; `outcome` says what came of it."""
        self._refuse_unless_due()
        self._done(order_id=self.order_id, rule=self.rule, outcome=outcome)

    def skip(self, reason: str) -> None:
        """Record that the visit will not take place."""
        self._refuse_unless_due()
        self._skipped(order_id=self.order_id, rule=self.rule, reason=reason)

    def _refuse_unless_due(self) -> None:
        if self.state is VisitState.DONE:
            raise VisitAlreadyDone("visit_id", self.id)
        if self.state is VisitState.SKIPPED:
            raise VisitAlreadySkipped("visit_id", self.id)

    @event(Done)
    def _done(self, order_id: UUID, rule: VisitRule, outcome: str) -> None:
        self.state = VisitState.DONE

    @event(Skipped)
    def _skipped(self, order_id: UUID, rule: VisitRule, reason: str) -> None:
        self.state = VisitState.SKIPPED
