"""Events of marketing: campaigns from plan to launch, every message, and who was left out and why."""

from crm_events.marketing.campaigns import (
    AudienceRule,
    CampaignApproved,
    CampaignLaunched,
    CampaignPlanned,
    CampaignRejected,
    CampaignSubmitted,
)
from crm_events.marketing.messages import (
    CampaignMessageEvent,
    CustomerLeftOut,
    MessageAccepted,
    MessageAnswered,
    MessageBounced,
    MessageHandedOver,
    MessageOutcomeUnknown,
    MessageRequested,
)
from crm_events.marketing.vocabulary import LeftOutReason

__all__ = [
    "AudienceRule",
    "CampaignApproved",
    "CampaignLaunched",
    "CampaignMessageEvent",
    "CampaignPlanned",
    "CampaignRejected",
    "CampaignSubmitted",
    "CustomerLeftOut",
    "LeftOutReason",
    "MessageAccepted",
    "MessageAnswered",
    "MessageBounced",
    "MessageHandedOver",
    "MessageOutcomeUnknown",
    "MessageRequested",
]
