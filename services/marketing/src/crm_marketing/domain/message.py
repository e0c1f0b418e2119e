"""One campaign's message to one customer."""

from enum import StrEnum
from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, DomainError, LocalizedText, event
from crm_marketing.domain.audience import ConsentChannel, Language
from crm_marketing.domain.judgement import Exclusion

MESSAGES = UUID("3b1f6e52-7c0d-5f0a-8f0e-6f2b1a9d4c03")


class MessageState(StrEnum):
    """How far a message has come; `handed_over` is with the provider, whose answer is awaited."""

    REQUESTED = "requested"
    LEFT_OUT = "left_out"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"
    ANSWERED = "answered"


class MessageAlreadyRequested(DomainError):
    """A campaign writes to a customer once."""

    message = LocalizedText("The campaign has decided about this customer already.", "该活动已对此客户作出决定。")
    hint = LocalizedText(
        "Look at the customer's messages; write again with another campaign.",
        "请查看该客户的消息，如需再次联系请使用其他活动。",
    )


class CustomerAlreadyLeftOut(DomainError):
    """Who was left out of a campaign is not written to by it."""

    message = LocalizedText("The customer was left out of this campaign.", "该客户已被排除在此活动之外。")
    hint = LocalizedText("Write to the customer with another campaign.", "请使用其他活动联系该客户。")


class MessageAlreadyHandedOver(DomainError):
    """A message is handed over at most once."""

    message = LocalizedText("The message was handed over already.", "该消息已交付发送。")
    hint = LocalizedText("Wait for its outcome; it is never sent twice.", "请等待发送结果，同一消息不会重复发送。")


class MessageNotHandedOver(DomainError):
    """What was not handed over has no outcome and no answer."""

    message = LocalizedText("The message was not handed over.", "该消息尚未交付发送。")
    hint = LocalizedText("Check the message and its campaign.", "请检查该消息及其活动。")


class OutcomeAlreadyKnown(DomainError):
    """An outcome stands, but an unknown one can be cleared up and an accepted message can still bounce."""

    message = LocalizedText("The outcome of the message is known already.", "该消息的发送结果已记录。")
    hint = LocalizedText("Look at the message; its outcome stands.", "请查看该消息，其结果不再变更。")


class MessageBouncedBefore(DomainError):
    """A message that did not arrive is not answered."""

    message = LocalizedText("The message could not be delivered.", "该消息未能送达。")
    hint = LocalizedText("Record what the customer said as a touch.", "请将客户所说记录为一次接触。")


UNDECIDED = frozenset({MessageState.HANDED_OVER, MessageState.UNKNOWN})
NEVER_SENT = frozenset({MessageState.REQUESTED, MessageState.LEFT_OUT})


def message_id(campaign_id: UUID, customer_id: UUID) -> UUID:
    """The one message of this campaign to this customer, and the id it is sent under."""
    return uuid5(MESSAGES, f"{campaign_id.hex}/{customer_id.hex}")


class Message(Aggregate):
    """One campaign's word to one customer: requested or left out, handed over once, its outcome, perhaps an answer."""

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
        """Something came to stand against the message between its request and its hand-over."""
        self._refuse_unless_requested()
        self._left_out(self.campaign_id, self.campaign_code, exclusion, rule)

    def hand_over(self, *, language: Language, rule: str) -> None:
        """The message is given to the provider now; whatever happens, it is not given a second time."""
        self._refuse_unless_requested()
        self._handed_over(self.campaign_id, self.campaign_code, self.id, language, rule)

    def accept(self, provider_reference: str | None) -> None:
        """The provider took the message; clears up an unknown outcome too."""
        self._refuse_unless_sent()
        if self.state not in UNDECIDED:
            raise OutcomeAlreadyKnown("message_id", self.id)
        self._accepted(self.campaign_id, self.campaign_code, provider_reference)

    def bounce(self, reason: str) -> None:
        """The message could not be delivered; a provider may say so hours after it took it.

        A request that waited too long bounces without having been handed over.
        """
        if self.state is MessageState.LEFT_OUT:
            raise CustomerAlreadyLeftOut("message_id", self.id)
        if self.state in (MessageState.BOUNCED, MessageState.ANSWERED):
            raise OutcomeAlreadyKnown("message_id", self.id)
        self._bounced(self.campaign_id, self.campaign_code, reason)

    def lose_sight(self, reason: str) -> None:
        """Nobody knows whether the provider took the message; it is not sent again."""
        self._refuse_unless_sent()
        if self.state is not MessageState.HANDED_OVER:
            raise OutcomeAlreadyKnown("message_id", self.id)
        self._lost_sight_of(self.campaign_id, self.campaign_code, reason)

    def answer(self, answer: str) -> None:
        """The customer answered, once or several times."""
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
