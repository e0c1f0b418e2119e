"""Every public event by its type, with its publisher and its topic; collected from the packages."""

import sys
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from uuid import UUID

from crm_events import contacts, loyalty, marketing, sales, support
from crm_events.event import PublicEvent, topic_of_publisher
from crm_events.versions import Versions

_PACKAGES = (contacts, sales, marketing, support, loyalty)


def _events_in(package: ModuleType) -> tuple[type[PublicEvent], ...]:
    """Return the events that a publisher's package exports, slice by slice, in the order of their definition.

    A class that another is derived from, such as `CaseEvent`, is a form of events and not an event.
    """
    exported = [kind for kind in vars(package).values() if isinstance(kind, type) and issubclass(kind, PublicEvent)]
    forms = {form for kind in exported for form in kind.__mro__[1:]}
    events = [kind for kind in exported if kind not in forms and package.__name__.rpartition(".")[2] == kind.PUBLISHER]
    return tuple(sorted(events, key=_order_of_definition))


def _order_of_definition(event: type[PublicEvent]) -> tuple[str, int]:
    return event.__module__, list(vars(sys.modules[event.__module__])).index(event.__name__)


EVENTS_BY_PUBLISHER: Mapping[str, tuple[type[PublicEvent], ...]] = MappingProxyType(
    {package.__name__.rpartition(".")[2]: _events_in(package) for package in _PACKAGES}
)
PUBLISHERS: tuple[str, ...] = tuple(EVENTS_BY_PUBLISHER)
TOPICS: tuple[str, ...] = tuple(topic_of_publisher(publisher) for publisher in PUBLISHERS)
EVENTS: Mapping[str, type[PublicEvent]] = MappingProxyType(
    {event.TYPE: event for events in EVENTS_BY_PUBLISHER.values() for event in events}
)


VERSIONS = Versions(EVENTS.values())


def parse(type: str, payload: bytes | str) -> PublicEvent | None:
    """Return the event of this type in this JSON, as its newest version; None where nobody here knows such an event.

    Fields unknown to us pass by. Raised are pydantic's ValidationError for a missing or wrong field, and NewerVersion
    for a version that this reader is too old for; both are ValueErrors.
    """
    return VERSIONS.parse(type, payload)


def publisher_of(type: str) -> str:
    """Return the service that publishes this event; KeyError for an unknown type."""
    return EVENTS[type].PUBLISHER


def topic_of(type: str) -> str:
    """Return the topic this event travels on; KeyError for an unknown type."""
    return topic_of_publisher(publisher_of(type))


def event_like(fact: object, publisher: str, **ids: UUID) -> PublicEvent | None:
    """Return the event of this publisher that is named as a stored fact is: `Case.Resolved` gives `CaseResolved`.

    Its fields come from the fact by name, and from `ids`; what the event does not have stays private. None where no
    event is named so. pydantic's ValidationError where the two disagree about a field.
    """
    name = type(fact).__qualname__.replace(".", "")
    kind = _NAMED.get((publisher, name))
    if kind is None:
        return None
    values = {field: getattr(fact, field) for field in kind.model_fields if field not in ids}
    return kind(**values, **ids)


_NAMED = {(event.PUBLISHER, event.__name__): event for event in EVENTS.values()}
