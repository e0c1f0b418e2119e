"""What was released is kept: readers and messages of the last release still work with the schemas of today."""

import json
from pathlib import Path
from typing import Any

import pytest

from crm_events import parse
from crm_events.growth import broken_promises
from crm_events.json_schema import event_schemas

BASELINE = Path(__file__).parent / "baseline"
PAYLOADS = sorted((BASELINE / "payloads").glob("*.json"))


@pytest.fixture
def released() -> dict[str, Any]:
    """The schemas of the last release, by event type."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in (BASELINE / "schemas").glob("*.json")}


def test_the_schemas_of_today_only_grew_since_the_last_release(released: dict[str, Any]) -> None:
    assert broken_promises(released, event_schemas()) == []


def test_a_field_taken_away_since_the_last_release_would_be_noticed(released: dict[str, Any]) -> None:
    released["crm.support.ComplaintFiled.v1"]["properties"]["mood"] = {"type": "string"}

    broken = broken_promises(released, event_schemas())

    assert broken == ["crm.support.ComplaintFiled.v1: the event lost the field mood"]


def test_the_baseline_holds_a_payload_of_every_released_event(released: dict[str, Any]) -> None:
    assert released.keys() == {path.stem for path in PAYLOADS} != set()


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_payload_of_the_last_release_still_parses(path: Path) -> None:
    payload = path.read_bytes()

    event = parse(path.stem, payload)

    assert event is not None
    assert json.loads(payload).items() <= event.model_dump(mode="json").items()
