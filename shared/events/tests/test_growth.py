"""Each way to break an older reader or an older message is noticed, and growing is not."""

from copy import deepcopy
from typing import Any

import pytest

from crm_events.growth import broken_promises
from crm_events.json_schema import event_schema
from crm_events.sales import PaymentTaken

TYPE = PaymentTaken.TYPE


@pytest.fixture
def released() -> dict[str, Any]:
    return event_schema(PaymentTaken)


@pytest.fixture
def today(released: dict[str, Any]) -> dict[str, Any]:
    return deepcopy(released)


def compared(released: dict[str, Any], today: dict[str, Any]) -> list[str]:
    return broken_promises({TYPE: released}, {TYPE: today})


def test_an_unchanged_schema_breaks_nothing(released: dict[str, Any], today: dict[str, Any]) -> None:
    assert compared(released, today) == []


def test_new_optional_fields_values_events_and_words_are_growth(
    released: dict[str, Any], today: dict[str, Any]
) -> None:
    today["properties"]["till"] = {"type": "string"}
    today["$defs"]["Money"]["properties"]["rounded"] = {"type": "boolean"}
    today["$defs"]["PaymentMeans"]["enum"].append("voucher")
    today["description"] = "Said better."
    today["properties"]["order_id"]["x-personal"] = True

    assert broken_promises({TYPE: released}, {TYPE: today, "crm.sales.TillOpened.v1": {}}) == []


def test_a_definition_may_change_its_name(released: dict[str, Any], today: dict[str, Any]) -> None:
    today["$defs"]["Sum"] = today["$defs"].pop("Money")
    today["properties"]["amount"] = today["properties"]["outstanding"] = {"$ref": "#/$defs/Sum"}

    assert compared(released, today) == []


def test_an_event_that_is_gone_is_noticed(released: dict[str, Any]) -> None:
    assert broken_promises({TYPE: released}, {}) == [f"{TYPE}: the event is gone"]


def test_a_removed_field_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    del today["properties"]["outstanding"]
    today["required"].remove("outstanding")

    assert compared(released, today) == [f"{TYPE}: the event lost the field outstanding"]


def test_a_field_removed_from_a_value_inside_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    del today["$defs"]["Money"]["properties"]["currency"]
    today["$defs"]["Money"]["required"].remove("currency")

    assert compared(released, today) == [
        f"{TYPE}: amount lost the field currency",
        f"{TYPE}: outstanding lost the field currency",
    ]


def test_a_changed_type_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    today["properties"]["order_id"]["type"] = "integer"

    assert compared(released, today) == [f"{TYPE}: order_id changed its type from string to integer"]


def test_a_changed_format_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    del today["properties"]["order_id"]["format"]

    assert compared(released, today) == [f"{TYPE}: order_id changed its type: format came or went"]


def test_a_field_that_may_now_be_null_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    today["properties"]["order_id"] = {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}

    assert f"{TYPE}: order_id changed its type: anyOf came or went" in compared(released, today)


def test_a_further_alternative_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    released["properties"]["till"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    today["properties"]["till"] = {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}

    assert len(compared(released, today)) == 1


def test_a_new_required_field_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    today["properties"]["till"] = {"type": "string"}
    today["required"].append("till")

    assert compared(released, today) == [
        f"{TYPE}: the event requires the field till, which older messages need not have"
    ]


def test_a_field_that_is_no_longer_required_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    today["required"].remove("means")

    assert compared(released, today) == [
        f"{TYPE}: the event no longer requires the field means, on which older readers rely"
    ]


def test_a_removed_enum_value_is_noticed(released: dict[str, Any], today: dict[str, Any]) -> None:
    today["$defs"]["PaymentMeans"]["enum"].remove("cash")

    assert compared(released, today) == [f"{TYPE}: means no longer allows cash"]
