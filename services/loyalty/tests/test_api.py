"""Loyalty over HTTP: errors by name, and requests that no service may fail on."""

from typing import Any

import pytest

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.testing import Client
from crm_chassis.testing.fuzzing import fuzz
from services.loyalty.tests.shop import EARN, ENROL, MS_CHEN, NOBODY, SPEND, shown

HISTORY = [route.path for router in CUSTOMER_HISTORY.routers for route in router.routes]


@pytest.mark.parametrize(
    ("name", "body", "problem", "field"),
    [
        ("enrol", ENROL, "customer-already-enrolled", "customer_id"),
        ("issue-card", {"customer_id": MS_CHEN, "number": "66880001VIP"}, "card-number-taken", "number"),
        ("earn-points", EARN, "order-already-earned", "order_id"),
        ("earn-points", {**EARN, "order_id": NOBODY, "currency": "USD"}, "currency-earns-nothing", "currency"),
        ("earn-points", {**EARN, "order_id": NOBODY, "amount": "0.99"}, "amount-earns-no-point", "amount"),
        ("redeem-points", {**SPEND, "points": 300}, "not-enough-points", "points"),
    ],
)
def test_a_refusal_names_the_field_the_rule_and_the_way_out(
    with_chen: Client, name: str, body: dict[str, Any], problem: str, field: str
) -> None:
    answer = with_chen.command(name, body)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, answer.json()["type"]) == (409, f"urn:crm:problem:{problem}")
    assert (error["field"], str(error["value"])) == (field, str(body[field]))
    assert error["rule"]
    assert error["hint"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("redeem-points", {**SPEND, "member_id": NOBODY}),
        ("redeem-points", {"points": 100, "purpose": "手机壳"}),
        ("redeem-points", {**SPEND, "points": 0}),
        ("redeem-points", {**SPEND, "points": 1.5}),
        ("earn-points", {**EARN, "amount": "NaN"}),
        ("earn-points", {**EARN, "amount": "-1"}),
        ("earn-points", {**EARN, "amount": "1e400"}),
        ("earn-points", {**EARN, "amount": "0." + "1" * 5000}),
        ("issue-card", {"customer_id": MS_CHEN, "number": "６６８８０００１"}),
        ("issue-card", {"customer_id": MS_CHEN, "number": "66\n88"}),
    ],
)
def test_a_bad_value_is_refused_before_anything_is_decided(with_chen: Client, name: str, body: dict[str, Any]) -> None:
    answer = with_chen.command(name, body)

    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (f"/members/{NOBODY}", "member_id"),
        (f"/customers/{NOBODY}/membership", "customer_id"),
        (f"/customers/{NOBODY}/balance", "customer_id"),
        (f"/customers/{NOBODY}/balance/explanation", "customer_id"),
        ("/cards/99999999", "number"),
    ],
)
def test_who_is_no_member_is_not_found_by_name(with_chen: Client, path: str, field: str) -> None:
    answer = with_chen.get(path)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["value"]) == (404, field, path.split("/")[2])


def test_neither_the_clocks_nor_the_complaints_points_are_asked_over_http(loyalty: Client) -> None:
    assert loyalty.command("expire-lot", {"customer_id": MS_CHEN, "lot_id": NOBODY}).status_code == 404
    assert loyalty.command("grant-goodwill", {"customer_id": MS_CHEN, "case_id": NOBODY}).status_code == 404


def test_no_request_makes_the_service_fail(with_chen: Client) -> None:
    shown(with_chen, f"/customers/{MS_CHEN}/balance")

    operations = fuzz(with_chen.app, examples=5, without=HISTORY)

    assert "POST /commands/redeem-points" in operations
