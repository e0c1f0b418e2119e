"""Consent, channel by channel."""

from typing import Annotated

from crm_events.event import CustomerEvent
from crm_events.kinds import EntryKind
from crm_events.sentences import the_customer
from crm_events.values import ConsentChannel, Language, Name, Personal


class ConsentGiven(CustomerEvent):
    """The customer allowed us to write or call on this channel, having been shown this text."""

    KIND = EntryKind.CONSENT
    EXAMPLE = {"channel": "email", "text_shown": "我同意接收优惠信息。", "language": "zh"}
    SENTENCE = the_customer(
        "agreed to be contacted by {channel}, having been shown {text_shown}",
        "同意通过{channel}接收联系，所见文字为{text_shown}",
    )

    channel: ConsentChannel
    text_shown: Annotated[str, Name()]
    language: Language


class ConsentWithdrawn(CustomerEvent):
    """The customer no longer allows us to write or call on this channel."""

    KIND = EntryKind.CONSENT
    EXAMPLE = {"channel": "sms", "reason": "too many messages"}
    SENTENCE = the_customer(
        "no longer agrees to be contacted by {channel}{reason:because}", "不再同意通过{channel}接收联系{reason:because}"
    )

    channel: ConsentChannel
    reason: Annotated[str, Personal("note")]
