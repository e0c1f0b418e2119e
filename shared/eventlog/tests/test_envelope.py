"""Facts as log records, byte for byte, and records as events: those read and those rejected."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest

from crm_eventlog.command_context import CommandContext
from crm_eventlog.envelope import CloudEvent, Headers, Undecodable, context_of, from_record, to_record
from crm_eventlog.store import GENESIS, StoredFact
from shared.eventlog.tests.support.notes import NoteWritten, parse

NOTE, EVENT, CHEN = UUID(int=1), UUID(int=2), UUID(int=7)
LATE = datetime(2026, 11, 9, 16, 30, 0, 5, tzinfo=timezone(timedelta(hours=8)))
SAID = NoteWritten(note_id=NOTE, customer_id=CHEN, text="问好")
METADATA = {
    "actor": "李 娜%",
    "role": "clerk",
    "unit": "CN-GZ-TIANHE",
    "channel": "web",
    "occurred_at": "2026-11-02T12:00:00+02:00",
    "correlation_id": "story",
    "causation_id": "cause/1",
    "traceparent": "00-1-2-01",
}
HEADERS = (
    ("content-type", b"application/json"),
    ("ce_specversion", b"1.0"),
    ("ce_id", b"00000000-0000-0000-0000-000000000002"),
    ("ce_source", b"notes"),
    ("ce_type", b"crm.notes.NoteWritten.v1"),
    ("ce_subject", b"00000000-0000-0000-0000-000000000001"),
    ("ce_time", b"2026-11-02T12:00:00+02:00"),
    ("ce_dataschema", b"urn:crm:events:crm.notes.NoteWritten.v1"),
    ("ce_partitionkey", b"00000000-0000-0000-0000-000000000007"),
    ("ce_position", b"3:42"),
    ("ce_sequence", b"6"),
    ("ce_recordedtime", b"2026-11-09T08:30:00.000005Z"),
    ("ce_correlationid", b"story"),
    ("ce_actor", b"%E6%9D%8E %E5%A8%9C%25"),
    ("ce_role", b"clerk"),
    ("ce_store", b"CN-GZ-TIANHE"),
    ("ce_channel", b"web"),
    ("ce_causationid", b"cause/1"),
    ("ce_traceparent", b"00-1-2-01"),
)
VALUE = SAID.model_dump_json().encode()
HEARD = CloudEvent(
    id=EVENT,
    source="notes",
    type="crm.notes.NoteWritten.v1",
    subject=NOTE,
    sequence=6,
    time=datetime(2026, 11, 2, 10, tzinfo=UTC),
    recorded_at=datetime(2026, 11, 9, 8, 30, 0, 5, tzinfo=UTC),
    partition_key=CHEN,
    position="3:42",
    actor="李 娜%",
    role="clerk",
    unit="CN-GZ-TIANHE",
    channel="web",
    correlation_id="story",
    causation_id="cause/1",
    traceparent="00-1-2-01",
    data=SAID,
    raw=VALUE,
)
LEAST = {"id", "source", "type", "subject", "sequence", "time", "recordedtime", "partitionkey", "position"}


def fact(**metadata: Any) -> StoredFact:
    kept = orjson.dumps({name: value for name, value in (METADATA | metadata).items() if value is not None}).decode()
    return StoredFact(NOTE, 6, "Note.Written", b"", 3, EVENT, CHEN, "command", LATE, kept, 42, GENESIS, GENESIS)


def without(*names: str) -> Headers:
    return tuple(header for header in HEADERS if header[0].removeprefix("ce_") not in names)


def changed(name: str, value: bytes | None) -> Headers:
    return tuple((each, value if each == f"ce_{name}" else old) for each, old in HEADERS)


def structured(**changes: Any) -> tuple[Headers, bytes]:
    """Return the same event in structured mode."""
    attributes: dict[str, Any] = {name[3:]: value.decode() for name, value in HEADERS if name.startswith("ce_")}
    attributes |= {"actor": "李 娜%", "data": orjson.loads(VALUE)}
    return (("content-type", b"application/cloudevents+json; charset=UTF-8"),), orjson.dumps(attributes | changes)


def test_a_fact_becomes_these_bytes_and_no_others() -> None:
    assert to_record("notes", fact(), SAID) == (b"00000000-0000-0000-0000-000000000007", VALUE, HEADERS)


def test_what_caused_nothing_and_is_traced_by_nobody_sends_no_header_for_it() -> None:
    _, _, headers = to_record("notes", fact(causation_id=None, traceparent=None), SAID)

    assert headers == without("causationid", "traceparent")


@pytest.mark.parametrize(
    ("text", "sent"),
    [("a/b:c+d-e._ f", b"a/b:c+d-e._ f"), ("50%", b"50%25"), ("é&=", b"%C3%A9%26%3D"), ("é /:+-._", b"%C3%A9 /:+-._")],
)
def test_a_header_is_ascii_and_comes_back_as_it_was(text: str, sent: bytes) -> None:
    _, value, headers = to_record("notes", fact(actor=text), SAID)

    assert dict(headers)["ce_actor"] == sent
    heard = from_record(headers, value, parse)
    assert heard is not None
    assert heard.actor == text


def test_a_record_becomes_the_event_with_every_attribute_in_utc() -> None:
    heard = from_record(HEADERS, VALUE, parse)

    assert heard == HEARD
    assert heard.raw == VALUE
    assert (heard.time.tzinfo, heard.recorded_at.tzinfo) == (UTC, UTC)
    assert heard.pos == 42
    assert heard.order_key == (HEARD.time, "notes", NOTE.hex, 6)
    assert repr(VALUE) not in repr(heard)


def test_one_time_of_another_zone_is_enough_to_be_turned_to_utc() -> None:
    mixed = changed("time", b"2026-11-02T10:00:00Z"), changed("recordedtime", b"2026-11-09T16:30:00.000005+08:00")

    heard = [from_record(headers, VALUE, parse) for headers in mixed]

    assert heard == [HEARD, HEARD]
    assert [(each.time.tzinfo, each.recorded_at.tzinfo) for each in heard if each] == [(UTC, UTC)] * 2


def test_what_may_be_absent_is_empty_and_an_empty_header_is_an_absent_one() -> None:
    bare = {"actor": "", "role": "", "unit": "", "channel": "", "correlation_id": ""}
    expected = replace(HEARD, **bare, causation_id=None, traceparent=None)
    least = without("actor", "role", "store", "channel", "correlationid", "causationid", "traceparent")

    assert from_record(least, VALUE, parse) == expected
    assert from_record((("ce_actor", b""), ("ce_role", None), *least), VALUE, parse) == expected


@pytest.mark.parametrize("name", sorted(LEAST))
def test_what_must_be_there_is_named_when_it_is_missing(name: str) -> None:
    with pytest.raises(Undecodable, match=rf"^CloudEvent attributes are missing: {name}$"):
        from_record(without(name), VALUE, parse)


def test_all_that_is_missing_is_named_together() -> None:
    with pytest.raises(Undecodable, match=r"^CloudEvent attributes are missing: id, type, position$"):
        from_record(without("id", "type", "position"), VALUE, parse)


def test_structured_mode_says_the_same() -> None:
    headers, value = structured(strange="passes by")

    heard = from_record(headers, value, parse)

    assert heard == HEARD
    assert orjson.loads(heard.raw) == orjson.loads(VALUE)


def test_an_attribute_of_structured_mode_that_is_null_or_empty_is_absent_and_a_number_is_its_text() -> None:
    headers, value = structured(actor=None, role="", sequence=6)

    assert from_record(headers, value, parse) == replace(HEARD, actor="", role="")


@pytest.mark.parametrize(
    ("headers", "value", "why"),
    [
        (HEADERS, None, "the value is empty"),
        (HEADERS, b"", "the value is empty"),
        (changed("actor", b"\xe9"), VALUE, "a header is not ASCII text: ordinal not in range(128)"),
        (changed("actor", b"%E9"), VALUE, "a header is not ASCII text: unexpected end of data"),
        (changed("time", b"2026-11-02T12:00:00"), VALUE, "time without an offset: 2026-11-02T12:00:00"),
        (changed("sequence", b"six"), VALUE, "crm.notes.NoteWritten.v1: invalid literal for int()"),
        (HEADERS, b"{}", "crm.notes.NoteWritten.v1: 3 validation errors"),
        (structured()[0], b"{", "structured CloudEvent: "),
        (structured()[0], b"[]", "structured CloudEvent: an object with `data` was expected"),
        (structured()[0], b'{"id": "1"}', "structured CloudEvent: an object with `data` was expected"),
    ],
)
def test_what_is_no_event_is_refused_with_the_reason(headers: Headers, value: bytes | None, why: str) -> None:
    with pytest.raises(Undecodable) as refused:
        from_record(headers, value, parse)

    assert why in str(refused.value)


def test_a_type_that_nobody_knows_is_nothing() -> None:
    assert from_record(changed("type", b"crm.notes.NoteSung.v9"), b"whatever it is", parse) is None


@pytest.mark.parametrize("absent", [{}, {"causation_id": None, "traceparent": None}])
def test_the_circumstances_of_a_fact_are_those_it_was_recorded_under(absent: dict[str, None]) -> None:
    expected = METADATA | {"occurred_at": datetime(2026, 11, 2, 10, tzinfo=UTC)} | absent

    context = context_of(fact(**absent))

    assert context == CommandContext(command_id="command", recorded_at=LATE, **expected)
    assert (asdict(context)["expected_version"], context.fingerprint, context.occurred_at.tzinfo) == (None, "", UTC)
