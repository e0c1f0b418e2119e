"""The AsyncAPI 3 document of everything the services say, written from the catalog."""

from crm_events.catalog import EVENTS, EVENTS_BY_PUBLISHER
from crm_events.event import PublicEvent, topic_of_publisher
from crm_events.json_schema import JsonObject, shared_schemas

ASYNCAPI_VERSION = "3.0.0"
KAFKA_BINDING_VERSION = "0.5.0"
CONTENT_TYPE = "application/json"
TITLE = "What the CRM services say to each other"
DESCRIPTION = (
    "Every message is a CloudEvent 1.0 in Kafka's binary mode: the attributes are headers, the value is the event's "
    "JSON. Messages with one key are in order; a message may arrive twice, with the same ce_id and the same bytes. "
    "Header text beyond ASCII is percent-encoded UTF-8. Readers ignore fields and types they do not know."
)
TEXT: JsonObject = {"type": "string"}
UUID_TEXT: JsonObject = {"type": "string", "format": "uuid"}
TIME_TEXT: JsonObject = {"type": "string", "format": "date-time"}

HEADERS: dict[str, JsonObject] = {
    "ce_specversion": {"type": "string", "const": "1.0", "description": "The version of CloudEvents."},
    "ce_id": {**UUID_TEXT, "description": "The event's id: the same however often it is sent."},
    "ce_source": {**TEXT, "description": "The service that says it."},
    "ce_type": {**TEXT, "description": "Which event it is, as in crm.support.ComplaintFiled.v1."},
    "ce_subject": {**UUID_TEXT, "description": "The stream it belongs to, such as the case."},
    "ce_sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "Its number within that stream."},
    "ce_time": {**TIME_TEXT, "description": "When it became true."},
    "ce_recordedtime": {**TIME_TEXT, "description": "When we recorded it; stores may report days late."},
    "ce_partitionkey": {**UUID_TEXT, "description": "The customer's id, else the stream's."},
    "ce_position": {"type": "string", "pattern": "^[0-9]+:[0-9]+$", "description": "Its place in the store."},
    "ce_dataschema": {"type": "string", "format": "uri", "description": "The JSON Schema of the value."},
    "ce_actor": {**TEXT, "description": "Who did it."},
    "ce_role": {**TEXT, "description": "In which role."},
    "ce_store": {**TEXT, "description": "The code of the unit where it was done."},
    "ce_channel": {**TEXT, "description": "The channel through which it was done."},
    "ce_correlationid": {**TEXT, "description": "Shared by everything that followed from one request."},
    "ce_causationid": {**TEXT, "description": "The event or command that caused it."},
    "ce_traceparent": {**TEXT, "description": "W3C Trace Context of the request."},
}
OPTIONAL_HEADERS = frozenset({"ce_dataschema", "ce_causationid", "ce_traceparent"})


def asyncapi_document(version: str) -> JsonObject:
    """Return the whole document; `version` is the version of these contracts."""
    references, schemas = shared_schemas(EVENTS.values(), "#/components/schemas/{model}")
    return {
        "asyncapi": ASYNCAPI_VERSION,
        "info": {"title": TITLE, "version": version, "description": DESCRIPTION},
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic_of_publisher(publisher): _channel(publisher) for publisher in EVENTS_BY_PUBLISHER},
        "operations": {f"{publisher}.says": _operation(publisher) for publisher in EVENTS_BY_PUBLISHER},
        "components": {
            "messages": {type: _message(event, references[type]) for type, event in EVENTS.items()},
            "messageTraits": {"CloudEvent": _cloud_event()},
            "correlationIds": {"request": {"location": "$message.header#/ce_correlationid"}},
            "schemas": schemas,
        },
    }


def _channel(publisher: str) -> JsonObject:
    events = EVENTS_BY_PUBLISHER[publisher]
    return {
        "address": topic_of_publisher(publisher),
        "title": f"What {publisher} says",
        "messages": {event.__name__: _ref("components/messages", event.TYPE) for event in events},
        "bindings": {
            "kafka": {"topicConfiguration": {"retention.ms": -1}, "bindingVersion": KAFKA_BINDING_VERSION},
        },
    }


def _operation(publisher: str) -> JsonObject:
    messages = f"channels/{topic_of_publisher(publisher)}/messages"
    return {
        "action": "send",
        "title": f"{publisher} says what became true",
        "channel": _ref("channels", topic_of_publisher(publisher)),
        "messages": [_ref(messages, event.__name__) for event in EVENTS_BY_PUBLISHER[publisher]],
    }


def _message(event: type[PublicEvent], payload: str) -> JsonObject:
    return {
        "name": event.TYPE,
        "title": event.__name__,
        "summary": event.meaning(),
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": payload},
        "traits": [_ref("components/messageTraits", "CloudEvent")],
        "tags": [{"name": event.PUBLISHER}],
    }


def _cloud_event() -> JsonObject:
    required = [name for name in HEADERS if name not in OPTIONAL_HEADERS]
    return {
        "headers": {"type": "object", "properties": HEADERS, "required": required},
        "correlationId": _ref("components/correlationIds", "request"),
        "bindings": {
            "kafka": {
                "key": {**UUID_TEXT, "description": "The partition key, so that a customer's events stay in order."},
                "bindingVersion": KAFKA_BINDING_VERSION,
            },
        },
    }


def _ref(where: str, name: str) -> JsonObject:
    return {"$ref": f"#/{where}/{name}"}
