"""A campaign: planned, approved by somebody else, launched within its dates."""

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, DomainError, LocalizedText, event
from crm_marketing.domain.audience import AudienceRule, ConsentChannel, Language
from crm_marketing.domain.code import SERIES
from crm_marketing.domain.judgement import Exclusion
from crm_marketing.domain.message import Message
from crm_marketing.domain.money import Money
from crm_marketing.domain.template import Template, Words

CAMPAIGNS = UUID("b7a5c1d8-0c4e-5a35-9a0c-2f7e8d6b5a04")
# A campaign's first and last day are days in China, which knows no summer time.
CHINA = timezone(timedelta(hours=8))


class CampaignState(StrEnum):
    """How far a campaign has come."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    LAUNCHED = "launched"


class CodeAlreadyTaken(DomainError):
    """A code names one campaign for ever."""

    message = LocalizedText("Another campaign has this code.", "该编码已被其他活动使用。")
    hint = LocalizedText("Take the next number of the series.", "请使用系列中的下一个编号。")


class CampaignEndsBeforeItStarts(DomainError, ValueError):
    """The last day of a campaign is its first day or a later one."""

    message = LocalizedText("The campaign ends before it starts.", "活动的结束日期早于开始日期。")
    hint = LocalizedText("Correct one of the two days.", "请更正其中一个日期。")


class ChannelNotServed(DomainError, ValueError):
    """A campaign goes by a channel that we can send on."""

    message = LocalizedText(
        "Campaigns go by e-mail; other channels have no sender yet.", "活动目前只通过电子邮件发送。"
    )
    hint = LocalizedText("Plan the campaign for e-mail.", "请将活动规划为电子邮件渠道。")


class CampaignAlreadySubmitted(DomainError):
    """A campaign is handed in for approval once."""

    message = LocalizedText("The campaign was submitted already.", "该活动已提交审批。")
    hint = LocalizedText(
        "Wait for the decision; plan a rejected campaign anew.", "请等待审批；被驳回的活动请重新规划。"
    )


class CampaignNotSubmitted(DomainError):
    """Only what was handed in is decided about."""

    message = LocalizedText("The campaign was not submitted.", "该活动尚未提交审批。")
    hint = LocalizedText("Submit it first.", "请先提交审批。")


class CampaignAlreadyDecided(DomainError):
    """A campaign is approved or rejected once."""

    message = LocalizedText("The campaign was approved or rejected already.", "该活动已被批准或驳回。")
    hint = LocalizedText("Plan a new one under the next code.", "请用下一个编码规划新活动。")


class PlannerDecidedAlone(DomainError):
    """Whoever planned a campaign does not decide about it."""

    message = LocalizedText("The planner may not approve or reject their own campaign.", "规划人不得审批自己的活动。")
    hint = LocalizedText("Ask somebody else to decide.", "请由其他人审批。")


class CampaignNotApproved(DomainError):
    """A campaign is launched only after its approval."""

    message = LocalizedText("The campaign was not approved.", "该活动未获批准。")
    hint = LocalizedText("Have it approved first.", "请先完成审批。")


class CampaignAlreadyLaunched(DomainError):
    """A campaign is launched once."""

    message = LocalizedText("The campaign was launched already.", "该活动已启动。")
    hint = LocalizedText("Look at its results.", "请查看活动结果。")


class OutsideTheDates(DomainError):
    """A campaign writes to customers from its first to its last day."""

    message = LocalizedText("The campaign does not run on this day.", "活动不在此日期内进行。")
    hint = LocalizedText("Launch it between its first and its last day.", "请在活动起止日期之间启动。")


class CampaignNotLaunched(DomainError):
    """Nobody is written to before the launch."""

    message = LocalizedText("The campaign was not launched.", "该活动尚未启动。")
    hint = LocalizedText("Launch it first.", "请先启动活动。")


def campaign_id(code: str) -> UUID:
    """The one campaign with this code."""
    return uuid5(CAMPAIGNS, code)


class Campaign(Aggregate):
    """A word to many customers, from its plan over approval or rejection to its launch."""

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
        """Do not let the campaign be launched."""
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

    def message_to(self, customer_id: UUID, *, exclusion: Exclusion | None, rule: str, at: datetime) -> Message:
        """The message to a customer: requested, or left out where something stands against it."""
        if self.state is not CampaignState.LAUNCHED:
            raise CampaignNotLaunched("campaign_id", self.id)
        self._refuse_outside_the_dates(at)
        return Message(
            campaign_id=self.id,
            campaign_code=self.code,
            customer_id=customer_id,
            channel=self.audience.consent_channel,
            exclusion=exclusion,
            rule=rule,
        )

    def words_for(self, name: str, language: Language) -> Words:
        """What a customer of this name is told."""
        return self.template.words_for(name, language)

    def _refuse_decision_of(self, approver: str) -> None:
        if self.state is CampaignState.PLANNED:
            raise CampaignNotSubmitted("campaign_id", self.id)
        if self.state is not CampaignState.SUBMITTED:
            raise CampaignAlreadyDecided("campaign_id", self.id)
        if approver.casefold() == self.planner.casefold():
            raise PlannerDecidedAlone("Crm-Actor", approver)

    def _refuse_outside_the_dates(self, at: datetime) -> None:
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
