"""A lead: a customer's interest, until somebody makes an opportunity of it."""

from uuid import UUID

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import DomainError, LocalizedText
from crm_sales.leads.rules import BY_HAND, AssignmentRule, LeadAttributes


class LeadAlreadyConverted(DomainError):
    """A lead becomes an opportunity once; what happens afterwards happens to the opportunity."""

    message = LocalizedText("The lead has already become an opportunity.", "该线索已转为商机。")
    hint = LocalizedText("Continue with the opportunity, or capture a new lead.", "请跟进该商机，或登记新的线索。")


class LeadAlreadyTheirs(DomainError):
    """A lead is given to somebody else, not to the person who has it."""

    message = LocalizedText("The lead is already assigned to this salesperson.", "该线索已由此销售人员负责。")
    hint = LocalizedText("Choose another salesperson.", "请指定其他销售人员，或保持不变。")


class Lead(Aggregate):
    """One customer's interest, from being captured and given to a salesperson to becoming an opportunity."""

    class Captured(Aggregate.Created):
        lead_id: UUID
        customer_id: UUID
        source: str
        interest: str
        unit: str
        keyword: str | None
        campaign_code: str | None
        city: str | None

    class Assigned(Aggregate.Event):
        before: str | None
        salesperson: str
        rule: str
        reason: str | None

    class Converted(Aggregate.Event):
        opportunity_id: UUID

    @staticmethod
    def create_id(lead_id: UUID) -> UUID:
        return lead_id

    @event(Captured)
    def __init__(
        self,
        lead_id: UUID,
        customer_id: UUID,
        source: str,
        interest: str,
        unit: str,
        keyword: str | None = None,
        campaign_code: str | None = None,
        city: str | None = None,
    ) -> None:
        self.customer_id, self.campaign_code = customer_id, campaign_code
        self.attributes = LeadAttributes(source=source, keyword=keyword, city=city, unit=unit)
        self.salesperson: str | None = None
        self.opportunity_id: UUID | None = None

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def assign_by(self, rule: AssignmentRule) -> None:
        """Give the lead to the salesperson that the rule chooses."""
        salesperson, chosen_by = rule.salesperson_for(self.id, self.attributes)
        self._assigned(before=self.salesperson, salesperson=salesperson, rule=chosen_by, reason=None)

    def assign_to(self, salesperson: str, *, reason: str) -> None:
        """Give the lead to somebody by hand."""
        self._refuse_when_converted()
        if salesperson == self.salesperson:
            raise LeadAlreadyTheirs("salesperson", salesperson)
        self._assigned(before=self.salesperson, salesperson=salesperson, rule=BY_HAND, reason=reason)

    def convert(self, opportunity_id: UUID) -> None:
        """Let the lead become this opportunity."""
        self._refuse_when_converted()
        self._converted(opportunity_id=opportunity_id)

    def _refuse_when_converted(self) -> None:
        if self.opportunity_id is not None:
            raise LeadAlreadyConverted("lead_id", self.id)

    @event(Assigned)
    def _assigned(self, before: str | None, salesperson: str, rule: str, reason: str | None) -> None:
        self.salesperson = salesperson

    @event(Converted)
    def _converted(self, opportunity_id: UUID) -> None:
        self.opportunity_id = opportunity_id
