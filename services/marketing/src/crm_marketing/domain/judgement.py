"""Who may be written to: judged when a message is requested, and again when it is handed over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from crm_marketing.domain.audience import Importance


class LeftOutReason(StrEnum):
    """Why a customer of the audience is not written to."""

    OPEN_COMPLAINT = "open_complaint"
    NO_CONSENT = "no_consent"
    BLACK_LISTED = "black_listed"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a customer is left out; `case_id` names the open complaint where that is the reason."""

    reason: LeftOutReason
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """What is known of a customer when it is judged whether to write to them."""

    customer_id: UUID
    address: str | None
    consented: bool
    importance: Importance
    open_complaint: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRule:
    """What stands against writing to somebody, the first named first, and how long a request may wait."""

    version: str
    against: tuple[LeftOutReason, ...]
    patience: timedelta

    def judge(self, recipient: Recipient) -> Exclusion | None:
        """The first reason that stands against writing to this customer, or None."""
        reason = next((reason for reason in self.against if _stands(reason, recipient)), None)
        if reason is None:
            return None
        return Exclusion(reason, recipient.open_complaint if reason is LeftOutReason.OPEN_COMPLAINT else None)

    def gives_up(self, requested_at: datetime, now: datetime) -> bool:
        """Whether a request is so old that its words may no longer hold."""
        return now - requested_at > self.patience


def _stands(reason: LeftOutReason, recipient: Recipient) -> bool:
    match reason:
        case LeftOutReason.OPEN_COMPLAINT:
            return recipient.open_complaint is not None
        case LeftOutReason.NO_CONSENT:
            return not recipient.consented
        case LeftOutReason.BLACK_LISTED:
            return recipient.importance is Importance.BLACK
        case LeftOutReason.NO_ADDRESS:
            return not recipient.address


SENDING = SendingRule(
    version="sending 2026-1",
    against=(
        LeftOutReason.OPEN_COMPLAINT,
        LeftOutReason.NO_CONSENT,
        LeftOutReason.BLACK_LISTED,
        LeftOutReason.NO_ADDRESS,
    ),
    patience=timedelta(hours=48),
)
