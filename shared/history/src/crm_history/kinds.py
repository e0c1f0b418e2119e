"""The kind of each event in a customer's history, and the events that say where it took place."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from crm_events import EVENTS, Channel, CustomerEvent, PublicEvent
from crm_events.kinds import EntryKind, KindOf


def _kind_of(event: type[CustomerEvent]) -> str | KindOf:
    """Return the kind of all events of a class, or where an event itself says it."""
    return event.KIND.value if isinstance(event.KIND, EntryKind) else event.KIND


def _says(event: type[PublicEvent], name: str, kind: type[str]) -> bool:
    field = event.model_fields.get(name)
    return field is not None and field.annotation is kind


_ABOUT_CUSTOMERS = {event for event in EVENTS.values() if issubclass(event, CustomerEvent)}
KIND_OF: Mapping[type[Any], str | KindOf] = MappingProxyType({event: _kind_of(event) for event in _ABOUT_CUSTOMERS})
"""Each class of event about a customer: its kind, or how one of its events tells its kind."""

SAYS_CHANNEL = frozenset(event for event in _ABOUT_CUSTOMERS if _says(event, "channel", Channel))
SAYS_UNIT = frozenset(event for event in _ABOUT_CUSTOMERS if _says(event, "unit", str))
"""The events that themselves say where customer and company met: it may differ from where that was written down."""

KINDS: tuple[str, ...] = tuple(sorted(kind.value for kind in EntryKind))
"""Every kind there is."""
