"""An opportunity: a sale worth pursuing, until it is won or lost."""

from enum import StrEnum
from uuid import UUID

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import DomainError, LocalizedText, Money
from crm_sales.opportunities.rules import StageList


class OpportunityState(StrEnum):
    """State of an opportunity: still pursued, or ended one way or the other."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class OpportunityAlreadyClosed(DomainError):
    """An opportunity that was won or lost no longer moves."""

    message = LocalizedText("The opportunity was already won or lost.", "该商机已赢单或丢单。")
    hint = LocalizedText("Open a new opportunity for a new sale.", "如有新的商机，请新建商机。")


class OpportunityAlreadyInStage(DomainError):
    """A move goes from one stage to another."""

    message = LocalizedText("The opportunity is already in this stage.", "该商机已处于此阶段。")
    hint = LocalizedText("Enter the stage that it moves to.", "请填写要转入的阶段。")


class MoveNotExplained(DomainError, ValueError):
    """Every move says why, above all one that goes backwards."""

    message = LocalizedText("A move to another stage needs a reason.", "阶段变更必须说明原因。")
    hint = LocalizedText("Describe briefly what happened.", "请简要说明发生了什么。")


class OrderOfAnotherCustomer(DomainError):
    """An opportunity and the order it ends in belong to one customer."""

    message = LocalizedText("The order and the opportunity are of different customers.", "订单与商机属于不同的客户。")
    hint = LocalizedText("Enter an opportunity and an order of the same customer.", "请填写同一客户的商机和订单。")


class Opportunity(Aggregate):
    """One sale worth pursuing, from being opened over its stages to being won or lost."""

    class Opened(Aggregate.Created):
        opportunity_id: UUID
        customer_id: UUID
        title: str
        expected: Money
        stage: str
        stages_version: str
        salesperson: str
        lead_id: UUID | None
        campaign_code: str | None

    class Moved(Aggregate.Event):
        before: str
        after: str
        why: str
        stages_version: str

    class Won(Aggregate.Event):
        stage: str
        order_id: UUID

    class Lost(Aggregate.Event):
        stage: str
        reason: str

    @staticmethod
    def create_id(opportunity_id: UUID) -> UUID:
        return opportunity_id

    @classmethod
    def open(
        cls,
        opportunity_id: UUID,
        *,
        customer_id: UUID,
        title: str,
        expected: Money,
        stage: str | None,
        stages: StageList,
        salesperson: str,
        lead_id: UUID | None = None,
        campaign_code: str | None = None,
    ) -> "Opportunity":
        """Return a new opportunity in the stage named, else in the first of the list."""
        stage = stage or stages.first
        stages.refuse_unknown(stage)
        return cls(
            opportunity_id=opportunity_id,
            customer_id=customer_id,
            title=title,
            expected=expected,
            stage=stage,
            stages_version=stages.version,
            salesperson=salesperson,
            lead_id=lead_id,
            campaign_code=campaign_code,
        )

    @event(Opened)
    def __init__(
        self,
        opportunity_id: UUID,
        customer_id: UUID,
        title: str,
        expected: Money,
        stage: str,
        stages_version: str,
        salesperson: str,
        lead_id: UUID | None,
        campaign_code: str | None,
    ) -> None:
        self.customer_id, self.salesperson, self.campaign_code = customer_id, salesperson, campaign_code
        self.stage, self.state = stage, OpportunityState.OPEN

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def move(self, stage: str, *, why: str, stages: StageList) -> None:
        """Go to another stage of the list, forwards or backwards."""
        self._refuse_when_closed()
        stages.refuse_unknown(stage)
        if stage == self.stage:
            raise OpportunityAlreadyInStage("stage", stage)
        if not why.strip():
            raise MoveNotExplained("why", why)
        self._moved(before=self.stage, after=stage, why=why, stages_version=stages.version)

    def win(self, order_id: UUID, *, ordered_by: UUID) -> None:
        """End the opportunity in this order of the customer `ordered_by`."""
        self._refuse_when_closed()
        self.refuse_other_customer(ordered_by)
        self._won(stage=self.stage, order_id=order_id)

    def lose(self, reason: str) -> None:
        """End the opportunity without a sale."""
        self._refuse_when_closed()
        self._lost(stage=self.stage, reason=reason)

    def refuse_other_customer(self, customer_id: UUID) -> None:
        """Raise `OrderOfAnotherCustomer` unless the opportunity is this customer's."""
        if customer_id != self.customer_id:
            raise OrderOfAnotherCustomer("customer_id", customer_id)

    def _refuse_when_closed(self) -> None:
        if self.state is not OpportunityState.OPEN:
            raise OpportunityAlreadyClosed("opportunity_id", self.id)

    @event(Moved)
    def _moved(self, before: str, after: str, why: str, stages_version: str) -> None:
        self.stage = after

    @event(Won)
    def _won(self, stage: str, order_id: UUID) -> None:
        self.state = OpportunityState.WON

    @event(Lost)
    def _lost(self, stage: str, reason: str) -> None:
        self.state = OpportunityState.LOST
