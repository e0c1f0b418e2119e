"""Consent, channel by channel."""

from crm_events.event import CustomerEvent
from crm_events.values import ConsentChannel, Language


class ConsentGiven(CustomerEvent):
    """The customer allowed us to write or call on this channel, having been shown this text."""

    channel: ConsentChannel
    text_shown: str
    language: Language


class ConsentWithdrawn(CustomerEvent):
    """The customer no longer allows us to write or call on this channel."""

    channel: ConsentChannel
    reason: str
