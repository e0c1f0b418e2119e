"""Campaigns, from plan to launch."""

from datetime import date
from uuid import UUID

from crm_events.contacts.vocabulary import ImportanceListing
from crm_events.event import PublicEvent, Value
from crm_events.values import ConsentChannel, Language, LocalText, Money


class AudienceRule(Value):
    """Whom a campaign is for: customers with consent on the channel; an empty list means no restriction."""

    consent_channel: ConsentChannel
    languages: tuple[Language, ...] = ()
    importance: tuple[ImportanceListing, ...] = ()
    cities: tuple[str, ...] = ()


class CampaignPlanned(PublicEvent):
    """A campaign was planned: when, for whom, with what budget and what words."""

    campaign_id: UUID
    code: str
    name: str
    starts_on: date
    ends_on: date
    budget: Money
    audience: AudienceRule
    subject: LocalText
    body: LocalText


class CampaignSubmitted(PublicEvent):
    """A planned campaign was handed in for approval."""

    campaign_id: UUID
    code: str


class CampaignApproved(PublicEvent):
    """A submitted campaign may be launched."""

    campaign_id: UUID
    code: str
    remark: str | None = None


class CampaignRejected(PublicEvent):
    """A submitted campaign may not be launched, for the reason named."""

    campaign_id: UUID
    code: str
    reason: str


class CampaignLaunched(PublicEvent):
    """An approved campaign began; from now on its audience is written to."""

    campaign_id: UUID
    code: str
