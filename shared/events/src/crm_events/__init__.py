"""Public events of the services: one package per publisher, one module per slice, and the catalog of all of them."""

from crm_events.catalog import (
    EVENTS,
    EVENTS_BY_PUBLISHER,
    PUBLISHERS,
    TOPICS,
    event_like,
    parse,
    publisher_of,
    topic_of,
)
from crm_events.event import CustomerEvent, PublicEvent, Value, topic_of_publisher
from crm_events.values import (
    Channel,
    ConsentChannel,
    Language,
    LocalizedText,
    Money,
    Personal,
    field_classes,
    personal_fields,
)

__all__ = [
    "EVENTS",
    "EVENTS_BY_PUBLISHER",
    "PUBLISHERS",
    "TOPICS",
    "Channel",
    "ConsentChannel",
    "CustomerEvent",
    "Language",
    "LocalizedText",
    "Money",
    "Personal",
    "PublicEvent",
    "Value",
    "event_like",
    "field_classes",
    "parse",
    "personal_fields",
    "publisher_of",
    "topic_of",
    "topic_of_publisher",
]
