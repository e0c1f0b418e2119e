"""The JSON Schema of every event, as its readers may rely on it: open to fields that come later."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from crm_events.catalog import EVENTS
from crm_events.event import PublicEvent

JsonObject = dict[str, Any]
SCHEMA_URI_PREFIX = "urn:crm:events:"


class OpenJsonSchema(GenerateJsonSchema):
    """Leaves out what binds only the publisher (no further fields) and the titles that repeat a field's name."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        described = super().model_schema(schema)
        described.pop("additionalProperties", None)
        return described

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        described = super().dataclass_schema(schema)
        described.pop("additionalProperties", None)
        return described

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def schema_uri(type: str) -> str:
    """Return the name of the event's schema, for the `dataschema` attribute of a CloudEvent."""
    return f"{SCHEMA_URI_PREFIX}{type}"


def event_schema(event: type[PublicEvent]) -> JsonObject:
    """Return the event's JSON Schema, Draft 2020-12."""
    described = event.model_json_schema(schema_generator=OpenJsonSchema)
    return {"$schema": OpenJsonSchema.schema_dialect, "$id": schema_uri(event.TYPE), **described}


def event_schemas(events: Mapping[str, type[PublicEvent]] = EVENTS) -> Mapping[str, JsonObject]:
    """Return the schema of every event by its type."""
    return MappingProxyType({type: event_schema(event) for type, event in events.items()})


def shared_schemas(events: Iterable[type[PublicEvent]], ref_template: str) -> tuple[Mapping[str, str], JsonObject]:
    """Describe all events in one set of definitions; return the reference to each schema by type, and the set."""
    events = tuple(events)
    references, described = models_json_schema(
        [(event, "validation") for event in events], schema_generator=OpenJsonSchema, ref_template=ref_template
    )
    return {event.TYPE: references[event, "validation"]["$ref"] for event in events}, described["$defs"]
