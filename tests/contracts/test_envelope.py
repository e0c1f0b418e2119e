"""The envelope: the relay writes what the AsyncAPI document says, and a reader gets the publisher's event back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

import crm_events
from crm_eventlog.envelope import CloudEvent, from_record, to_record
from crm_eventlog.store import StoredFact
from crm_events import parse
from crm_events.json_schema import event_schema
from crm_events.support import CaseKind, CaseReopened

CHEN, CASE = UUID(int=7), UUID(int=31)
METADATA: dict[str, Any] = {
    "actor": "王伟",
    "role": "clerk",
    "unit": "GZ-TIANHE",
    "channel": "store",
    "occurred_at": "2026-11-21T09:30:00Z",
    "correlation_id": "visit-1",
}
REOPENED = CaseReopened(customer_id=CHEN, case_id=CASE, kind=CaseKind.COMPLAINT, reason="屏幕又闪烁了。")


@pytest.fixture
def headers_schema() -> Draft202012Validator:
    document = json.loads((Path(crm_events.__file__).parent / "asyncapi.json").read_text("utf-8"))
    return Draft202012Validator(document["components"]["messageTraits"]["CloudEvent"]["headers"])


def stored(**further: str) -> StoredFact:
    """Return the fact behind `REOPENED`, with this in its metadata beside what every fact has."""
    return StoredFact(
        originator_id=CASE,
        originator_version=4,
        topic="Case.Reopened",
        state=b"{}",
        part=3,
        pos=17,
        event_id=UUID(int=99),
        partition_key=CHEN,
        command_id="reopen-1",
        recorded_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        metadata=json.dumps(METADATA | further),
        prev_hash=b"",
        hash=b"",
    )


def written(fact: StoredFact) -> tuple[bytes, bytes, dict[str, str]]:
    """Key, value and CloudEvents headers of the record that the relay writes."""
    key, value, headers = to_record("support", fact, REOPENED)
    return key, value, {name: (raw or b"").decode("ascii") for name, raw in headers if name.startswith("ce_")}


@pytest.mark.parametrize("further", [{}, {"causation_id": "command-9", "traceparent": "00-4bf9-00f0-01"}])
def test_a_record_carries_the_headers_of_the_document_and_no_others(
    headers_schema: Draft202012Validator, further: dict[str, str]
) -> None:
    _, _, headers = written(stored(**further))

    headers_schema.validate(headers)
    assert headers.keys() <= headers_schema.schema["properties"].keys()


def test_a_record_without_an_id_does_not_match_the_document(headers_schema: Draft202012Validator) -> None:
    _, _, headers = written(stored())

    del headers["ce_id"]

    assert not headers_schema.is_valid(headers)


def test_a_record_names_the_schema_of_its_event() -> None:
    _, _, headers = written(stored())

    assert headers["ce_dataschema"] == event_schema(CaseReopened)["$id"]


def test_the_key_is_the_customer_of_the_event() -> None:
    key, value, headers = written(stored())

    assert key.decode() == headers["ce_partitionkey"] == json.loads(value)["customer_id"]


def test_a_reader_gets_the_event_that_the_publisher_said() -> None:
    _, value, headers = to_record("support", stored(causation_id="command-9"), REOPENED)

    received = from_record(headers, value, parse)

    assert received == CloudEvent(
        id=UUID(int=99),
        source="support",
        type=CaseReopened.TYPE,
        subject=CASE,
        sequence=4,
        time=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        recorded_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        partition_key=CHEN,
        position="3:17",
        actor="王伟",
        role="clerk",
        unit="GZ-TIANHE",
        channel="store",
        correlation_id="visit-1",
        causation_id="command-9",
        traceparent=None,
        data=REOPENED,
    )


def test_an_event_of_a_type_that_nobody_here_knows_passes_by() -> None:
    _, value, headers = to_record("support", stored(), REOPENED)
    newer = [(name, b"crm.support.CaseAdjourned.v1" if name == "ce_type" else raw) for name, raw in headers]

    assert from_record(newer, value, parse) is None
