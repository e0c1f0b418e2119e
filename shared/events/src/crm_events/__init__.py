"""What the services say to each other: one module per publisher, and the catalog of all of it."""

from crm_events.catalog import EVENTS, PUBLISHERS, SAID_BY, TOPICS, parse, publisher_of, topic_of
from crm_events.event import CustomerEvent, PublicEvent, Value, topic_of_publisher
from crm_events.values import Channel, ConsentChannel, Language, LocalText, Money, Personal, personal_fields

__all__ = [
    "EVENTS",
    "PUBLISHERS",
    "SAID_BY",
    "TOPICS",
    "Channel",
    "ConsentChannel",
    "CustomerEvent",
    "Language",
    "LocalText",
    "Money",
    "Personal",
    "PublicEvent",
    "Value",
    "parse",
    "personal_fields",
    "publisher_of",
    "topic_of",
    "topic_of_publisher",
]
