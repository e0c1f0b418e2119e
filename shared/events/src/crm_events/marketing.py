"""What marketing says: campaigns from plan to launch, every message, and who was left out and why."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from crm_events.contacts import ImportanceListing
from crm_events.event import CustomerEvent, PublicEvent, Value
from crm_events.values import ConsentChannel, Language, LocalText, Money, Personal


class LeftOutReason(StrEnum):
    """Why a customer of the audience was not written to."""

    OPEN_COMPLAINT = "open_complaint"
    NO_CONSENT = "no_consent"
    BLACK_LISTED = "black_listed"
    NO_ADDRESS = "no_address"


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


class CampaignMessageEvent(CustomerEvent):
    """A public event about the one message of a campaign to a customer."""

    message_id: UUID
    campaign_id: UUID
    campaign_code: str


class MessageRequested(CampaignMessageEvent):
    """A message to a customer was decided; nothing has been sent yet."""

    channel: ConsentChannel


class MessageHandedOver(CampaignMessageEvent):
    """A message is being given to the provider under this send id, at most once."""

    send_id: UUID


class MessageAccepted(CampaignMessageEvent):
    """The provider took the message, under its own reference where it gave one."""

    provider_reference: str | None = None


class MessageBounced(CampaignMessageEvent):
    """The message could not be delivered, for the reason the provider gave."""

    reason: str


class MessageOutcomeUnknown(CampaignMessageEvent):
    """Nobody knows whether the provider took the message; it is not sent again blindly."""

    reason: str


class MessageAnswered(CampaignMessageEvent):
    """The customer answered the message."""

    answer: Annotated[str, Personal()]


class CustomerLeftOut(CustomerEvent):
    """A customer of the audience was not written to; `case_id` names the open complaint where that is the reason."""

    campaign_id: UUID
    campaign_code: str
    reason: LeftOutReason
    case_id: UUID | None = None
