"""Eligibility of a customer for a message, judged at its request and again at its hand-over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from crm_marketing.vocabulary import Exclusion, ImportanceListing, LeftOutReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A customer as known when their eligibility is judged."""

    customer_id: UUID
    address: str | None
    consented: bool
    importance: ImportanceListing
    open_complaint: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRule:
    """The reasons against writing to a customer, in order of precedence, and how long a request may wait."""

    version: str
    against: tuple[LeftOutReason, ...]
    patience: timedelta

    def judge(self, recipient: Recipient) -> Exclusion | None:
        """Return the first reason against writing to this customer, or None."""
        reason = next((reason for reason in self.against if _stands(reason, recipient)), None)
        if reason is None:
            return None
        return Exclusion(reason, recipient.open_complaint if reason is LeftOutReason.OPEN_COMPLAINT else None)

    def gives_up(self, requested_at: datetime, now: datetime) -> bool:
        """Tell if a request is so old that its words may no longer hold."""
        return now - requested_at > self.patience


def _stands(reason: LeftOutReason, recipient: Recipient) -> bool:
    match reason:
        case LeftOutReason.OPEN_COMPLAINT:
            return recipient.open_complaint is not None
        case LeftOutReason.NO_CONSENT:
            return not recipient.consented
        case LeftOutReason.BLACK_LISTED:
            return recipient.importance is ImportanceListing.BLACK
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
