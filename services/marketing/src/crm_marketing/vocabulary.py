"""Enums and value types that several slices of marketing use."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from crm_events.contacts import ImportanceListing
from crm_events.marketing import LeftOutReason

__all__ = ["CampaignState", "Exclusion", "ImportanceListing", "LeftOutReason", "MessageState"]


class CampaignState(StrEnum):
    """The progress of a campaign."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    LAUNCHED = "launched"


class MessageState(StrEnum):
    """The progress of a message; `handed_over` is with the provider, whose answer is awaited."""

    REQUESTED = "requested"
    LEFT_OUT = "left_out"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The reason for leaving a customer out; `case_id` names the open complaint where that is the reason."""

    reason: LeftOutReason
    case_id: UUID | None = None
