"""The AsyncAPI document in the package is valid, closed in itself and complete."""

import json
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

import crm_events
from crm_events import EVENTS, EVENTS_BY_PUBLISHER, topic_of

OFFICIAL_SCHEMA = Path(__file__).parent / "asyncapi" / "asyncapi-3.0.0.schema.json"
DOCUMENT = Path(crm_events.__file__).parent / "asyncapi.json"
CLOUD_EVENT_HEADERS = """
    ce_specversion ce_id ce_source ce_type ce_subject ce_time ce_partitionkey ce_dataschema ce_position ce_sequence
    ce_recordedtime ce_correlationid ce_causationid ce_actor ce_role ce_store ce_channel ce_traceparent
"""


@pytest.fixture
def document() -> dict[str, Any]:
    return json.loads(DOCUMENT.read_text("utf-8"))


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    return Draft7Validator(json.loads(OFFICIAL_SCHEMA.read_text("utf-8")))


def references(node: Any) -> Iterator[str]:
    """Yield every reference below this node."""
    if isinstance(node, dict):
        yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from references(item)


def found(document: dict[str, Any], reference: str) -> Any:
    """Return what the reference leads to; KeyError where it leads nowhere."""
    return reduce(lambda node, name: node[name], reference.removeprefix("#/").split("/"), document)


def test_the_document_is_valid_by_the_official_schema(document: dict[str, Any], official: Draft7Validator) -> None:
    assert [error.message for error in official.iter_errors(document)] == []


@pytest.mark.parametrize("offence", [{"operations": {"sales.says": {"action": "shout"}}}, {"info": {}}, {"topics": {}}])
def test_an_invalid_document_is_refused(
    document: dict[str, Any], official: Draft7Validator, offence: dict[str, Any]
) -> None:
    assert not official.is_valid({**document, **offence})


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert [found(document, reference) for reference in references(document)]


def test_a_reference_that_leads_nowhere_is_noticed(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["Money"]

    with pytest.raises(KeyError, match="Money"):
        [found(document, reference) for reference in references(document)]


def test_every_payload_schema_is_a_json_schema(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_event_is_a_message_on_the_channel_of_its_publisher_and_on_no_other(document: dict[str, Any]) -> None:
    on_channels = {
        (channel["address"], found(document, message["$ref"])["name"])
        for channel in document["channels"].values()
        for message in channel["messages"].values()
    }

    assert on_channels == {(topic_of(type), type) for type in EVENTS}


def test_every_publisher_sends_every_message_of_its_channel(document: dict[str, Any]) -> None:
    assert {operation["action"] for operation in document["operations"].values()} == {"send"}
    for publisher, events in EVENTS_BY_PUBLISHER.items():
        operation = document["operations"][f"{publisher}.says"]
        assert operation["channel"]["$ref"] == f"#/channels/crm.{publisher}.v1"
        assert len(operation["messages"]) == len(events)


def test_every_message_carries_the_headers_of_a_cloud_event(document: dict[str, Any]) -> None:
    for message in document["components"]["messages"].values():
        (trait,) = message["traits"]
        headers = found(document, trait["$ref"])["headers"]
        assert headers["properties"].keys() == set(CLOUD_EVENT_HEADERS.split())
        assert {"ce_specversion", "ce_id", "ce_source", "ce_type"} <= set(headers["required"])


def test_personal_fields_are_marked_in_the_document(document: dict[str, Any]) -> None:
    registered = document["components"]["schemas"]["CustomerRegistered"]["properties"]

    assert registered["name"]["x-personal"] == "identity"
    assert "x-personal" not in registered["kind"]
