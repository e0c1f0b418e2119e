"""A campaign: planned, approved by somebody else, launched within its dates."""

from datetime import date, datetime
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import CHINA, ConsentChannel, Language, Money
from crm_marketing.campaigns.audience import AudienceRule
from crm_marketing.campaigns.campaign_code import SERIES
from crm_marketing.campaigns.errors import (
    CampaignAlreadyDecided,
    CampaignAlreadyLaunched,
    CampaignAlreadySubmitted,
    CampaignEndsBeforeItStarts,
    CampaignNotApproved,
    CampaignNotLaunched,
    CampaignNotSubmitted,
    ChannelNotServed,
    OutsideTheDates,
    PlannerDecidedAlone,
)
from crm_marketing.campaigns.template import Template, Words
from crm_marketing.vocabulary import CampaignState

CAMPAIGN_NAMESPACE = UUID("b7a5c1d8-0c4e-5a35-9a0c-2f7e8d6b5a04")


def campaign_id(code: str) -> UUID:
    """Return the id of the one campaign with this code."""
    return uuid5(CAMPAIGN_NAMESPACE, code)


class Campaign(Aggregate):
    """One message to many customers, from its plan over approval or rejection to its launch."""

    class Planned(Aggregate.Created):
        code: str
        name: str
        starts_on: date
        ends_on: date
        budget: Money
        audience: AudienceRule
        template: Template
        planner: str
        series: str

    class Submitted(Aggregate.Event):
        code: str

    class Approved(Aggregate.Event):
        code: str
        approver: str
        remark: str | None

    class Rejected(Aggregate.Event):
        code: str
        approver: str
        reason: str

    class Launched(Aggregate.Event):
        code: str

    @staticmethod
    def create_id(code: str) -> UUID:
        return campaign_id(code)

    @classmethod
    def plan(
        cls,
        *,
        code: str,
        name: str,
        starts_on: date,
        ends_on: date,
        budget: Money,
        audience: AudienceRule,
        template: Template,
        planner: str,
    ) -> "Campaign":
        """Plan a campaign under a code of the uniform series."""
        SERIES.refuse_outsiders(code)
        if ends_on < starts_on:
            raise CampaignEndsBeforeItStarts("ends_on", ends_on)
        if audience.consent_channel is not ConsentChannel.EMAIL:
            raise ChannelNotServed("audience.consent_channel", audience.consent_channel.value)
        template.refuse_what_cannot_be_filled()
        return cls(
            code=code,
            name=name,
            starts_on=starts_on,
            ends_on=ends_on,
            budget=budget,
            audience=audience,
            template=template,
            planner=planner,
            series=SERIES.version,
        )

    @event(Planned)
    def __init__(
        self,
        code: str,
        name: str,
        starts_on: date,
        ends_on: date,
        budget: Money,
        audience: AudienceRule,
        template: Template,
        planner: str,
        series: str,
    ) -> None:
        self.code, self.starts_on, self.ends_on = code, starts_on, ends_on
        self.audience, self.template, self.planner = audience, template, planner
        self.state = CampaignState.PLANNED

    def submit(self) -> None:
        """Hand the plan in for approval."""
        if self.state is not CampaignState.PLANNED:
            raise CampaignAlreadySubmitted("campaign_id", self.id)
        self._submitted(code=self.code)

    def approve(self, *, approver: str, remark: str | None) -> None:
        """Let the campaign be launched."""
        self._refuse_decision_of(approver)
        self._approved(code=self.code, approver=approver, remark=remark)

    def reject(self, *, approver: str, reason: str) -> None:
        """Reject the campaign, so that it is never launched."""
        self._refuse_decision_of(approver)
        self._rejected(code=self.code, approver=approver, reason=reason)

    def launch(self, at: datetime) -> None:
        """Begin to write to the audience."""
        if self.state is CampaignState.LAUNCHED:
            raise CampaignAlreadyLaunched("campaign_id", self.id)
        if self.state is not CampaignState.APPROVED:
            raise CampaignNotApproved("campaign_id", self.id)
        self._refuse_outside_the_dates(at)
        self._launched(code=self.code)

    def refuse_unless_running(self, at: datetime) -> None:
        """Let a message pass only after the launch and within the dates of the campaign."""
        if self.state is not CampaignState.LAUNCHED:
            raise CampaignNotLaunched("campaign_id", self.id)
        self._refuse_outside_the_dates(at)

    def words_for(self, name: str, language: Language) -> Words:
        """Return the words for a customer of this name."""
        return self.template.words_for(name, language)

    def _refuse_decision_of(self, approver: str) -> None:
        if self.state is CampaignState.PLANNED:
            raise CampaignNotSubmitted("campaign_id", self.id)
        if self.state is not CampaignState.SUBMITTED:
            raise CampaignAlreadyDecided("campaign_id", self.id)
        if approver.casefold() == self.planner.casefold():
            raise PlannerDecidedAlone("actor", approver)

    def _refuse_outside_the_dates(self, at: datetime) -> None:
        # The first and the last day of a campaign are days in China.
        day = at.astimezone(CHINA).date()
        if not self.starts_on <= day <= self.ends_on:
            raise OutsideTheDates("occurred_at", day)

    @event(Submitted)
    def _submitted(self, code: str) -> None:
        self.state = CampaignState.SUBMITTED

    @event(Approved)
    def _approved(self, code: str, approver: str, remark: str | None) -> None:
        self.state = CampaignState.APPROVED

    @event(Rejected)
    def _rejected(self, code: str, approver: str, reason: str) -> None:
        self.state = CampaignState.REJECTED

    @event(Launched)
    def _launched(self, code: str) -> None:
        self.state = CampaignState.LAUNCHED
