"""Campaigns, from plan to launch."""

from datetime import date
from typing import Annotated
from uuid import UUID

from crm_events.contacts.vocabulary import ImportanceListing
from crm_events.event import PublicEvent, Value
from crm_events.sentences import the_staff
from crm_events.values import Code, ConsentChannel, Language, LocalizedText, Money, Name, Personal


class AudienceRule(Value):
    """The audience of a campaign: customers with consent on the channel; an empty list means no restriction."""

    consent_channel: ConsentChannel
    languages: tuple[Language, ...] = ()
    importance: tuple[ImportanceListing, ...] = ()
    cities: Annotated[tuple[str, ...], Name()] = ()


class CampaignPlanned(PublicEvent):
    """A campaign was planned: when, for whom, with what budget and what words."""

    EXAMPLE = {
        "code": "CM-2026-048",
        "name": "X2 autumn",
        "starts_on": "2026-11-20",
        "ends_on": "2026-12-04",
        "budget": {"amount": "30000", "currency": "CNY"},
        "audience": {
            "consent_channel": "email",
            "languages": ["zh", "en"],
            "importance": ["red", "general"],
            "cities": ["广州"],
        },
        "subject": {"en": "The new X2 is here", "zh": "全新 X2 上市"},
        "body": {"en": "Come and see it.", "zh": "欢迎到店体验。"},
    }
    SENTENCE = the_staff(
        "planned the campaign {name:plain} ({code:plain}) from {starts_on} to {ends_on}, with a budget of {budget}",
        "策划了营销活动{name:plain}（{code:plain}），{starts_on}至{ends_on}，预算 {budget}",
    )

    campaign_id: UUID
    code: Annotated[str, Code()]
    name: Annotated[str, Name()]
    starts_on: date
    ends_on: date
    budget: Money
    audience: AudienceRule
    subject: LocalizedText
    body: LocalizedText


class CampaignSubmitted(PublicEvent):
    """A planned campaign was handed in for approval."""

    EXAMPLE = {"code": "CM-2026-048"}
    SENTENCE = the_staff("submitted the campaign {code:campaign} for approval", "将营销活动{code:campaign}提交审批")

    campaign_id: UUID
    code: Annotated[str, Code()]


class CampaignApproved(PublicEvent):
    """A submitted campaign may be launched."""

    EXAMPLE = {"code": "CM-2026-048", "remark": "within budget"}
    SENTENCE = the_staff(
        "approved the campaign {code:campaign}[: {remark}]", "批准了营销活动{code:campaign}[：{remark}]"
    )

    campaign_id: UUID
    code: Annotated[str, Code()]
    remark: Annotated[str | None, Personal("note")] = None


class CampaignRejected(PublicEvent):
    """A submitted campaign may not be launched, for the reason named."""

    EXAMPLE = {"code": "CM-2026-048", "reason": "no budget left"}
    SENTENCE = the_staff(
        "rejected the campaign {code:campaign}{reason:because}", "驳回了营销活动{code:campaign}{reason:because}"
    )

    campaign_id: UUID
    code: Annotated[str, Code()]
    reason: Annotated[str, Personal("note")]


class CampaignLaunched(PublicEvent):
    """An approved campaign began; from now on its audience is written to."""

    EXAMPLE = {"code": "CM-2026-048"}
    SENTENCE = the_staff("launched the campaign {code:campaign}", "启动了营销活动{code:campaign}")

    campaign_id: UUID
    code: Annotated[str, Code()]
