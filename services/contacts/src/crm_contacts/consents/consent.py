"""A customer's consent: a ledger of what they allowed after which text, and what they took back."""

from uuid import UUID, uuid5

from crm_eventlog.aggregate import Aggregate, event
from crm_kernel import ConsentChannel, DomainError, Language, LocalizedText

LEDGER_NAMESPACE = UUID("b7a3f2d4-6c1e-5b0a-8f27-5d9e1c4a7b03")


class ConsentAlreadyGiven(DomainError):
    """Consent stands until it is withdrawn; it is not given twice."""

    message = LocalizedText("The customer has already given consent on this channel.", "客户已就此渠道表示同意。")
    hint = LocalizedText("Leave the consent as it is, or record its withdrawal first.", "请保持不变，或先记录撤回。")


class ConsentNotGiven(DomainError):
    """Only what was given can be withdrawn."""

    message = LocalizedText(
        "The customer has no consent on this channel to withdraw.", "客户在此渠道没有可撤回的同意。"
    )
    hint = LocalizedText(
        "No action is needed: without consent the customer is not contacted.", "无需操作：未经同意不会联系客户。"
    )


def ledger_id(customer_id: UUID) -> UUID:
    """Return the id of the one consent ledger of this customer."""
    return uuid5(LEDGER_NAMESPACE, customer_id.hex)


class Consent(Aggregate):
    """One customer's consent, channel by channel, from the first time it was asked; every entry stays as proof."""

    class Opened(Aggregate.Created):
        customer_id: UUID

    class Given(Aggregate.Event):
        channel: ConsentChannel
        text_shown: str
        language: Language

    class Withdrawn(Aggregate.Event):
        channel: ConsentChannel
        reason: str

    @staticmethod
    def create_id(customer_id: UUID) -> UUID:
        return ledger_id(customer_id)

    @event(Opened)
    def __init__(self, customer_id: UUID) -> None:
        self.customer_id = customer_id
        self.given: frozenset[ConsentChannel] = frozenset()

    @property
    def partition_key(self) -> UUID:
        return self.customer_id

    def give(self, channel: ConsentChannel, *, text_shown: str, language: Language) -> None:
        """Allow us to use this channel, after the customer was shown this text."""
        if channel in self.given:
            raise ConsentAlreadyGiven("channel", channel)
        self._given(channel=channel, text_shown=text_shown, language=language)

    @event(Given)
    def _given(self, channel: ConsentChannel, text_shown: str, language: Language) -> None:
        self.given |= {channel}

    def withdraw(self, channel: ConsentChannel, *, reason: str) -> None:
        """Forbid us to use this channel from now on."""
        if channel not in self.given:
            raise ConsentNotGiven("channel", channel)
        self._withdrawn(channel=channel, reason=reason)

    @event(Withdrawn)
    def _withdrawn(self, channel: ConsentChannel, reason: str) -> None:
        self.given -= {channel}
