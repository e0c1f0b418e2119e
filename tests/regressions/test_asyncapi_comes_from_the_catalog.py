"""FastStream's AsyncAPI is wrong for batches and same-named schemas; ours is made from the catalog."""

import json
from pathlib import Path
from typing import Any

import pytest
from faststream.kafka import KafkaBroker
from faststream.specification.asyncapi import AsyncAPI
from pydantic import create_model

import crm_events
from tests.architecture.sources import shipped, within

NOWHERE = "127.0.0.1:9"
DOCUMENT = Path(crm_events.__file__).parent / "asyncapi.json"


def documented(broker: KafkaBroker) -> dict[str, Any]:
    return json.loads(AsyncAPI(broker, schema_version="3.0.0").to_specification().to_json())


def test_the_librarys_document_shows_one_schema_for_two_events_of_one_name() -> None:
    broker = KafkaBroker(NOWHERE, logger=None)
    lead, order = create_model("Placed", lead=(str, ...)), create_model("Placed", order=(int, ...))

    @broker.subscriber("leads")
    async def hear_leads(event: lead) -> None: ...  # type: ignore[valid-type]

    @broker.subscriber("orders")
    async def hear_orders(event: order) -> None: ...  # type: ignore[valid-type]

    with pytest.warns(RuntimeWarning, match="Overwriting the message schema"):
        schemas = documented(broker)["components"]["schemas"]

    assert [name for name in schemas if "Placed" in name] == ["Placed"]


def test_our_document_has_a_message_with_a_schema_of_its_own_for_every_event() -> None:
    messages = json.loads(DOCUMENT.read_text("utf-8"))["components"]["messages"]

    payloads = [json.dumps(message["payload"], sort_keys=True) for message in messages.values()]

    assert len(messages) == len(set(payloads)) == len(crm_events.EVENTS)


def test_nobody_documents_from_handlers() -> None:
    assert [name for module in shipped() for name in module.imports() if within(name, "faststream.specification")] == []
