"""The same records said differently, one field at a time, so that a reader also takes its other ways."""

from collections.abc import Iterator
from typing import Any

from crm_events.catalog import VERSIONS
from crm_events.json_schema import JsonObject, event_schema
from tests.contracts.promises import Sample


def variants(sample: Sample) -> Iterator[dict[str, Any]]:
    """Yield what else the event might say: every other value of an enum, yes for no, nothing where it is allowed."""
    event = VERSIONS.newest(sample.type)
    assert event is not None
    parsed = VERSIONS.parse(sample.type, sample.value)
    assert parsed is not None
    content = parsed.model_dump(mode="json")
    schema = event_schema(event)
    for name, field in schema["properties"].items():
        for value in _values(field, schema):
            if value != content[name]:
                yield {**content, name: value}


def _values(field: JsonObject, schema: JsonObject) -> Iterator[Any]:
    for each in field.get("anyOf", [field]):
        node = schema["$defs"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        match node.get("type"):
            case "null":
                yield None
            case "boolean":
                yield from (True, False)
            case "string":
                yield from node.get("enum", ())
