"""Examples of events: what a class gives as `EXAMPLE`, with the ids of its records."""

import json
from typing import Any
from uuid import UUID, uuid5

from crm_events.event import PublicEvent

# The numbers under which the examples know their records; one story runs through all of them.
NUMBERS = {
    "customer_id": 7,
    "lead_id": 11,
    "opportunity_id": 12,
    "order_id": 13,
    "payment_id": 14,
    "return_id": 15,
    "campaign_id": 21,
    "message_id": 22,
    "send_id": 23,
    "case_id": 31,
    "rating_id": 32,
    "visit_id": 33,
    "member_id": 41,
    "card_id": 42,
    "lot_id": 43,
    "redemption_id": 45,
    "touch_id": 51,
    "unit_id": 52,
}
_SPACE = UUID("00000000-0000-4000-8000-000000000000")


def example_id(field: str) -> str:
    """Return the id that a field of this name has in every example."""
    return f"{_SPACE}"[:-4] + f"{NUMBERS[field]:04}" if field in NUMBERS else str(uuid5(_SPACE, field))


def example(event: type[PublicEvent]) -> PublicEvent:
    """Return the example of an event; ids that it must have and does not give are filled in."""
    required = {name: field for name, field in event.model_fields.items() if field.is_required()}
    ids = {name: example_id(name) for name, field in required.items() if field.annotation is UUID}
    return event.model_validate_json(json.dumps({**ids, **event.EXAMPLE}))


def example_payload(event: type[PublicEvent]) -> str:
    """Return the example as it goes over the wire."""
    return example(event).model_dump_json()


def described(event: type[PublicEvent]) -> dict[str, Any]:
    """Return the example as plain JSON."""
    content: dict[str, Any] = json.loads(example_payload(event))
    return content
