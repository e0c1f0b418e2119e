"""Messages of campaigns, and the customers who were left out."""

from typing import Annotated
from uuid import UUID

from crm_events.event import CustomerEvent
from crm_events.marketing.vocabulary import LeftOutReason
from crm_events.values import ConsentChannel, Personal


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
