"""Stored facts and log records as CloudEvents 1.0 in binary mode. Structured mode is accepted on input."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar, Protocol
from urllib.parse import quote, unquote
from uuid import UUID

import msgspec
import orjson

from crm_eventlog.command_context import CommandContext
from crm_eventlog.log.headers import Headers
from crm_eventlog.store import StoredFact

Parse = Callable[[str, bytes], object | None]
JSON = b"application/json"
STRUCTURED = b"application/cloudevents+json"
# CloudEvents attributes and their fields. Other attributes are ignored.
_FIELDS = {
    "id": "id",
    "source": "source",
    "type": "type",
    "subject": "subject",
    "sequence": "sequence",
    "time": "time",
    "recordedtime": "recorded_at",
    "partitionkey": "partition_key",
    "position": "position",
    "actor": "actor",
    "role": "role",
    "store": "unit",
    "channel": "channel",
    "correlationid": "correlation_id",
    "causationid": "causation_id",
    "traceparent": "traceparent",
}
_HEADERS = {f"ce_{attribute}": name for attribute, name in _FIELDS.items()}
_WHEN_ABSENT: dict[str, Any] = {
    "actor": "",
    "role": "",
    "unit": "",
    "channel": "",
    "correlation_id": "",
    "causation_id": None,
    "traceparent": None,
}
_REQUIRED = frozenset(_FIELDS.values()) - _WHEN_ABSENT.keys()


class Public(Protocol):
    """A public event, as the contracts define it."""

    TYPE: ClassVar[str]

    def model_dump_json(self) -> str:
        """Return the event as JSON."""
        ...


class Undecodable(Exception):
    """A log record that is not a readable event, with the part that is wrong."""


class _Stored(msgspec.Struct):
    """The part of a command's context in the metadata column. The time stays text."""

    actor: str
    role: str
    unit: str
    channel: str
    occurred_at: str
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


_read_metadata = msgspec.json.Decoder(_Stored).decode


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """One public event with its envelope. `data` is the event itself.

    `time` is when it happened, `recorded_at` when its service learned of it. `subject` is the stream and `sequence` its
    version there. `position` is `part:pos` in the store of `source`. `raw` is the event's JSON as received, or empty if
    it was never sent.
    """

    id: UUID
    source: str
    type: str
    subject: UUID
    sequence: int
    time: datetime
    recorded_at: datetime
    partition_key: UUID
    position: str
    actor: str
    role: str
    unit: str
    channel: str
    correlation_id: str
    causation_id: str | None
    traceparent: str | None
    data: Any
    raw: bytes = field(default=b"", compare=False, repr=False)

    @property
    def pos(self) -> int:
        """Return the position in its partition of the publisher's store. It only grows, except after redelivery."""
        return int(self.position.rpartition(":")[2])

    @property
    def order_key(self) -> tuple[datetime, str, str, int]:
        """Return the sort key of a customer's history, independent of arrival."""
        return (self.time, self.source, self.subject.hex, self.sequence)


def context_of(fact: StoredFact) -> CommandContext:
    """Return the context in which a stored fact was recorded."""
    stored = msgspec.structs.asdict(_read_metadata(fact.metadata))
    stored["occurred_at"] = _instant(stored["occurred_at"])
    return CommandContext(command_id=fact.command_id, recorded_at=fact.recorded_at, **stored)


def caused_by(
    event: CloudEvent, *, command_id: str, actor: str, recorded_at: datetime, occurred_at: datetime | None = None
) -> CommandContext:
    """Return the context of a command that the system gives because of an event, at the event's time by default."""
    return CommandContext(
        command_id=command_id,
        actor=actor,
        role="system",
        unit=event.unit,
        channel=event.channel,
        occurred_at=occurred_at or event.time,
        recorded_at=recorded_at,
        correlation_id=event.correlation_id,
        causation_id=str(event.id),
        traceparent=event.traceparent,
    )


def to_record(source: str, fact: StoredFact, event: Public) -> tuple[bytes, bytes, Headers]:
    """Return key, value and headers of a public event. The same fact always gives the same bytes."""
    metadata = _read_metadata(fact.metadata)
    key = str(fact.partition_key).encode()
    headers = [
        ("content-type", JSON),
        ("ce_specversion", b"1.0"),
        ("ce_id", str(fact.event_id).encode()),
        ("ce_source", _ascii(source)),
        ("ce_type", _ascii(event.TYPE)),
        ("ce_subject", str(fact.originator_id).encode()),
        ("ce_time", metadata.occurred_at.encode()),
        ("ce_dataschema", _ascii(f"urn:crm:events:{event.TYPE}")),
        ("ce_partitionkey", key),
        ("ce_position", b"%d:%d" % (fact.part, fact.pos)),
        ("ce_sequence", b"%d" % fact.originator_version),
        ("ce_recordedtime", _rfc3339(fact.recorded_at)),
        ("ce_correlationid", _ascii(metadata.correlation_id)),
        ("ce_actor", _ascii(metadata.actor)),
        ("ce_role", _ascii(metadata.role)),
        ("ce_store", _ascii(metadata.unit)),
        ("ce_channel", _ascii(metadata.channel)),
    ]
    if metadata.causation_id is not None:
        headers.append(("ce_causationid", _ascii(metadata.causation_id)))
    if metadata.traceparent is not None:
        headers.append(("ce_traceparent", _ascii(metadata.traceparent)))
    return key, event.model_dump_json().encode(), tuple(headers)


def from_record(headers: Iterable[tuple[str, bytes | None]], value: bytes | None, parse: Parse) -> CloudEvent | None:
    """Return the event in a record, or None if its type is unknown. Raise `Undecodable` if it is not an event."""
    if not value:
        raise Undecodable("the value is empty")
    attributes = _binary(headers)
    if attributes is None:
        attributes, value = _structured(value)
    if not attributes.keys() >= _REQUIRED:
        missing = [attribute for attribute, name in _FIELDS.items() if name in _REQUIRED - attributes.keys()]
        raise Undecodable(f"CloudEvent attributes are missing: {', '.join(missing)}")
    try:
        data = parse(attributes["type"], value)
        return None if data is None else _event(attributes, data, value)
    except (ValueError, OverflowError) as error:
        raise Undecodable(f"{attributes['type']}: {error}") from error


def _event(attributes: dict[str, str], data: object, raw: bytes) -> CloudEvent:
    """Convert all attributes in one pass, because this runs for every event of every topic."""
    sequence = int(attributes["sequence"])
    event = msgspec.convert({**_WHEN_ABSENT, **attributes, "sequence": sequence, "data": data, "raw": raw}, CloudEvent)
    if event.time.tzinfo is UTC and event.recorded_at.tzinfo is UTC:
        return event
    return replace(event, time=_utc(event.time), recorded_at=_utc(event.recorded_at))


def _binary(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str] | None:
    """Return the attributes in headers, or None if the value holds them. One pass, since this runs for every record."""
    attributes: dict[str, str] = {}
    try:
        for name, raw in headers:
            if not raw:
                continue
            if (field := _HEADERS.get(name)) is not None:
                text = raw.decode("ascii")
                attributes[field] = unquote(text, errors="strict") if "%" in text else text
            elif name == "content-type" and raw.startswith(STRUCTURED):
                return None
    except UnicodeDecodeError as error:
        raise Undecodable(f"a header is not ASCII text: {error.reason}") from error
    return attributes


def _structured(value: bytes) -> tuple[dict[str, str], bytes]:
    try:
        whole = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise Undecodable(f"structured CloudEvent: {error}") from error
    if not isinstance(whole, dict) or "data" not in whole:
        raise Undecodable("structured CloudEvent: an object with `data` was expected")
    known = {_FIELDS[name]: content for name, content in whole.items() if name in _FIELDS}
    attributes = {name: str(content) for name, content in known.items() if content not in (None, "")}
    return attributes, orjson.dumps(whole["data"])


@lru_cache(maxsize=8_192)
def _ascii(value: str) -> bytes:
    """Return header bytes, with other than plain ASCII percent-encoded, as the CloudEvents Kafka binding requires."""
    return value.encode() if value.isascii() and "%" not in value else quote(value, safe=" /:+-._").encode()


def _rfc3339(at: datetime) -> bytes:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z").encode()


def _instant(text: str) -> datetime:
    return _utc(datetime.fromisoformat(text))


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"time without an offset: {at.isoformat()}")
    return at.astimezone(UTC)
