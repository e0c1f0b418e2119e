"""Serialisation of facts: plain JSON under a stable name, read back only through an allow-list."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypedDict, cast
from uuid import UUID

import msgspec
from eventsourcing.domain import CanInitAggregate, DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from eventsourcing.utils import get_topic

from crm_eventlog.aggregate import UNTIMED, Aggregate

_ENVELOPE_FIELDS = ("originator_id", "originator_version", "timestamp", "originator_topic")


class FactUnknown(Exception):
    """A stored fact whose name is not on the allow-list of this service, or whose version is newer than this code."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """The serialisation of one class of facts."""

    event_class: type[Any]
    name: str
    version: int
    created: dict[str, str]
    decode: Callable[[bytes], dict[str, Any]]
    convert: Callable[[dict[str, Any]], dict[str, Any]]


def _kind(aggregate: type[Aggregate], event_class: type[Any]) -> _Kind:
    fields = fields_of(event_class)
    # Only the call form takes names that are known at run time.
    shape: Any = TypedDict(f"{aggregate.__name__}{event_class.__name__}", fields)  # type: ignore[misc]
    created = {"originator_topic": get_topic(aggregate)} if issubclass(event_class, CanInitAggregate) else {}
    return _Kind(
        event_class=event_class,
        name=f"{aggregate.__name__}.{event_class.__name__}",
        version=getattr(event_class, "class_version", 1),
        created=created,
        decode=cast("Callable[[bytes], dict[str, Any]]", msgspec.json.Decoder(shape).decode),
        convert=lambda raw: cast("dict[str, Any]", msgspec.convert(raw, shape)),
    )


def fields_of(event_class: type[Any]) -> dict[str, Any]:
    """Return the fields of the fact itself, without those of the class that the library puts before it."""
    classes = [kind for kind in reversed(event_class.__mro__) if issubclass(kind, Aggregate.Event)]
    return {name: kind for each in classes for name, kind in inspect.get_annotations(each, eval_str=True).items()}


class FactMapper(Mapper[UUID]):
    """A mapper that writes facts as JSON under `Aggregate.Fact`, with `.vN` from the second version on.

    It upcasts an older version on the raw dict before it validates it (`upcast_v1_v2` on the fact's class).
    """

    def __init__(self, aggregates: Iterable[type[Aggregate]]) -> None:
        super().__init__(JSONTranscoder())
        kinds = [
            _kind(aggregate, event_class)
            for aggregate in aggregates
            for event_class in vars(aggregate).values()
            if inspect.isclass(event_class)
            and issubclass(event_class, Aggregate.Event)
            and event_class.__name__ != "Event"
        ]
        self._by_class = {kind.event_class: kind for kind in kinds}
        self._by_name = {kind.name: kind for kind in kinds}

    @property
    def classes(self) -> dict[str, type[Any]]:
        """Return the class of every fact by its stored name, without a version."""
        return {name: kind.event_class for name, kind in self._by_name.items()}

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        kind = self._by_class[type(domain_event)]
        content = {name: value for name, value in vars(domain_event).items() if name not in _ENVELOPE_FIELDS}
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=kind.name if kind.version == 1 else f"{kind.name}.v{kind.version}",
            state=msgspec.json.encode(content),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        name, _, version = stored_event.topic.partition(".v")
        kind = self._by_name.get(name)
        written_by = int(version or 1)
        if kind is None or written_by > kind.version:
            raise FactUnknown(f"{stored_event.topic} in stream {stored_event.originator_id}")
        content = (
            kind.decode(stored_event.state)
            if written_by == kind.version
            else _upcast(kind, stored_event.state, written_by)
        )
        fact = object.__new__(kind.event_class)
        vars(fact).update(
            originator_id=stored_event.originator_id,
            originator_version=stored_event.originator_version,
            timestamp=UNTIMED,
            **kind.created,
            **content,
        )
        return cast("DomainEventProtocol[UUID]", fact)


def _upcast(kind: _Kind, state: bytes, written_by: int) -> dict[str, Any]:
    raw = msgspec.json.decode(state)
    for version in range(written_by, kind.version):
        getattr(kind.event_class, f"upcast_v{version}_v{version + 1}")(raw)
    return kind.convert(raw)
