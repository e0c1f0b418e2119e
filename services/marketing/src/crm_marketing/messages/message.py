"""One campaign's message to one customer."""

from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import ConsentChannel, Language
from crm_marketing.messages.errors import (
    CustomerAlreadyLeftOut,
    MessageAlreadyHandedOver,
    MessageBouncedBefore,
    MessageNotHandedOver,
    OutcomeAlreadyKnown,
)
from crm_marketing.vocabulary import Exclusion, MessageState

MESSAGE_NAMESPACE = UUID("3b1f6e52-7c0d-5f0a-8f0e-6f2b1a9d4c03")


UNDECIDED = frozenset({MessageState.HANDED_OVER, MessageState.UNKNOWN})
NEVER_SENT = frozenset({MessageState.REQUESTED, MessageState.LEFT_OUT})


def message_id(campaign_id: UUID, customer_id: UUID) -> UUID:
    """Return the id of the one message of this campaign to this customer; it is also the send id."""
    return uuid5(MESSAGE_NAMESPACE, f"{campaign_id.hex}/{customer_id.hex}")


class Message(Aggregate):
    """One campaign's message to one customer, requested or left out, handed over at most once."""

    class Considered(Aggregate.Created):
        campaign_id: UUID
        campaign_code: str
        customer_id: UUID
        channel: ConsentChannel
        exclusion: Exclusion | None
        rule: str

    class LeftOut(Aggregate.Event):
        campaign_id: UUID
        campaign_code: str
        exclusion: Exclusion
        rule: str

    class HandedOver(Aggregate.Event):
        campaign_id: UUID
        campaign_code: str
        send_id: UUID
        language: Language
        rule: str

    class Accepted(Aggregate.Event):
        campaign_id: UUID
        campaign_code: str
        provider_reference: str | None

    class Bounced(Aggregate.Event):
        campaign_id: UUID
        campaign_code: str
        reason: str

    class LostSightOf(Aggregate.Event):
        campaign_id: UUID
        campaign_code: str
        reason: str

    class Answered(Aggregate.Event):
        campaign_id: UUID
        campaign_code: str
        answer: str

    @staticmethod
    def create_id(campaign_id: UUID, customer_id: UUID) -> UUID:
        return message_id(campaign_id, customer_id)

    @event(Considered)
    def __init__(
        self,
        campaign_id: UUID,
        campaign_code: str,
        customer_id: UUID,
        channel: ConsentChannel,
        exclusion: Exclusion | None,
        rule: str,
    ) -> None:
        self.campaign_id, self.campaign_code, self.customer_id = campaign_id, campaign_code, customer_id
        self.state = MessageState.LEFT_OUT if exclusion else MessageState.REQUESTED

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def leave_out(self, exclusion: Exclusion, *, rule: str) -> None:
        """Call a requested message back, for a reason that arose before its hand-over."""
        self._refuse_unless_requested()
        self._left_out(self.campaign_id, self.campaign_code, exclusion, rule)

    def hand_over(self, *, language: Language, rule: str) -> None:
        """Give the message to the provider now; whatever happens, it is not given a second time."""
        self._refuse_unless_requested()
        self._handed_over(self.campaign_id, self.campaign_code, self.id, language, rule)

    def accept(self, provider_reference: str | None) -> None:
        """Record that the provider took the message; this also clears up an unknown outcome."""
        self._refuse_unless_sent()
        if self.state not in UNDECIDED:
            raise OutcomeAlreadyKnown("message_id", self.id)
        self._accepted(self.campaign_id, self.campaign_code, provider_reference)

    def bounce(self, reason: str) -> None:
        """Record that the message could not be delivered; a provider may say so hours after it took it.

        A request that waited too long bounces without having been handed over.
        """
        if self.state is MessageState.LEFT_OUT:
            raise CustomerAlreadyLeftOut("message_id", self.id)
        if self.state in (MessageState.BOUNCED, MessageState.ANSWERED):
            raise OutcomeAlreadyKnown("message_id", self.id)
        self._bounced(self.campaign_id, self.campaign_code, reason)

    def mark_outcome_unknown(self, reason: str) -> None:
        """Record that nobody knows if the provider took the message; it is not sent again."""
        self._refuse_unless_sent()
        if self.state is not MessageState.HANDED_OVER:
            raise OutcomeAlreadyKnown("message_id", self.id)
        self._lost_sight_of(self.campaign_id, self.campaign_code, reason)

    def answer(self, answer: str) -> None:
        """Record an answer of the customer; there may be several."""
        self._refuse_unless_sent()
        if self.state is MessageState.BOUNCED:
            raise MessageBouncedBefore("message_id", self.id)
        self._answered(self.campaign_id, self.campaign_code, answer)

    def _refuse_unless_requested(self) -> None:
        if self.state is MessageState.LEFT_OUT:
            raise CustomerAlreadyLeftOut("message_id", self.id)
        if self.state is not MessageState.REQUESTED:
            raise MessageAlreadyHandedOver("message_id", self.id)

    def _refuse_unless_sent(self) -> None:
        if self.state in NEVER_SENT:
            raise MessageNotHandedOver("message_id", self.id)

    @event(LeftOut)
    def _left_out(self, campaign_id: UUID, campaign_code: str, exclusion: Exclusion, rule: str) -> None:
        self.state = MessageState.LEFT_OUT

    @event(HandedOver)
    def _handed_over(self, campaign_id: UUID, campaign_code: str, send_id: UUID, language: Language, rule: str) -> None:
        self.state = MessageState.HANDED_OVER

    @event(Accepted)
    def _accepted(self, campaign_id: UUID, campaign_code: str, provider_reference: str | None) -> None:
        self.state = MessageState.ACCEPTED

    @event(Bounced)
    def _bounced(self, campaign_id: UUID, campaign_code: str, reason: str) -> None:
        self.state = MessageState.BOUNCED

    @event(LostSightOf)
    def _lost_sight_of(self, campaign_id: UUID, campaign_code: str, reason: str) -> None:
        self.state = MessageState.UNKNOWN

    @event(Answered)
    def _answered(self, campaign_id: UUID, campaign_code: str, answer: str) -> None:
        self.state = MessageState.ANSWERED
