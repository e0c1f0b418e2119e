"""Loyalty over HTTP: what counters ask for, and what they are shown."""

from typing import Any

import pytest

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.testing import Client
from crm_chassis.testing.fuzzing import fuzz
from services.loyalty.tests.counter import Counter

MS_CHEN = "00000000-0000-0000-0000-000000000007"
NOBODY = "00000000-0000-0000-0000-00000000dead"
ORDER = "00000000-0000-0000-0000-000000000065"
ENROL = {"customer_id": MS_CHEN, "card_number": "6688 0001 vip"}
EARN = {"customer_id": MS_CHEN, "order_id": ORDER, "amount": "299.90", "currency": "CNY"}
SPEND = {"customer_id": MS_CHEN, "points": 100, "purpose": "手机壳"}
HISTORY = [route.path for router in CUSTOMER_HISTORY.routers for route in router.routes]


def asked(loyalty: Client, name: str, body: dict[str, Any], **headers: str) -> str:
    """Ask a command that must succeed; the id of what it was about."""
    return Counter(loyalty).asked(name, body, **headers)


def shown(loyalty: Client, path: str) -> Any:
    """Read what is shown, once the read models have taken in everything that was recorded."""
    counter = Counter(loyalty)
    counter.take_in()
    return counter.shown(path)


@pytest.fixture
def with_chen(loyalty: Client) -> Client:
    """Ms Chen enrolled in Tianhe with a card and bought a phone case there for 299.90 yuan."""
    asked(loyalty, "enrol", ENROL)
    asked(loyalty, "earn-points", EARN)
    return loyalty


@pytest.mark.parametrize("written", ["66880001VIP", "6688-0001-vip", "6688 0001 VIP"])
def test_a_card_is_found_however_its_number_is_written(with_chen: Client, written: str) -> None:
    card = shown(with_chen, f"/cards/{written}")

    assert (card["customer_id"], card["state"]) == (MS_CHEN, "active")


@pytest.mark.feature("L30", "L31", "L35")
def test_points_earned_in_one_store_are_kept_and_can_be_spent_in_every_other(with_chen: Client) -> None:
    asked(with_chen, "redeem-points", SPEND, crm_unit="yuexiu")

    refused = with_chen.command("redeem-points", {**SPEND, "points": 200}, crm_unit="beijing-lu")
    asked(with_chen, "redeem-points", {**SPEND, "points": 199}, crm_unit="beijing-lu")

    told = shown(with_chen, f"/customers/{MS_CHEN}/balance/explanation")["items"]
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (409, "Only 199 points can be spent.")
    assert [(move["unit"], move["points"], move["balance"]) for move in reversed(told)] == [
        ("tianhe", 299, 299),
        ("yuexiu", -100, 199),
        ("beijing-lu", -199, 0),
    ]


@pytest.mark.parametrize(("on", "available"), [("2026-02-28", 0), ("2028-03-01", 299), ("2028-03-02", 0)])
def test_points_show_from_the_day_they_were_earned_to_their_last(with_chen: Client, on: str, available: int) -> None:
    balance = shown(with_chen, f"/customers/{MS_CHEN}/balance?on={on}")

    assert (balance["on"], balance["available"]) == (on, available)
    assert [lot["left"] for lot in balance["items"]] == ([available] if available else [])


def test_lots_whose_end_is_not_recorded_yet_explain_the_difference(with_chen: Client) -> None:
    told = shown(with_chen, f"/customers/{MS_CHEN}/balance/explanation?on=2028-03-02")

    assert (told["items"][0]["balance"], told["available"], told["lapsed"]) == (299, 0, 299)


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


def test_a_redemption_sent_again_counts_once(with_chen: Client) -> None:
    asked(with_chen, "redeem-points", SPEND, idempotency_key="till-3-receipt-17")

    again = with_chen.command("redeem-points", SPEND, idempotency_key="till-3-receipt-17")

    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert shown(with_chen, f"/customers/{MS_CHEN}/balance")["available"] == 199


def test_neither_the_clocks_nor_the_complaints_points_are_asked_over_http(loyalty: Client) -> None:
    assert loyalty.command("expire-lot", {"customer_id": MS_CHEN, "lot_id": NOBODY}).status_code == 404
    assert loyalty.command("grant-goodwill", {"customer_id": MS_CHEN, "case_id": NOBODY}).status_code == 404


def test_no_request_makes_the_service_fail(with_chen: Client) -> None:
    shown(with_chen, f"/customers/{MS_CHEN}/balance")

    operations = fuzz(with_chen.app, examples=5, without=HISTORY)

    assert "POST /commands/redeem-points" in operations
