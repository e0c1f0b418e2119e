"""Errors of orders over HTTP: the rule, the field and its value. None of them changes the world."""

from typing import Any

import pytest

from services.sales.tests.desk import Desk
from services.sales.tests.world import (
    BY_MAIL,
    CASES,
    HIS,
    MR_WU,
    MS_CHEN,
    NOBODY,
    PHONE,
    PHONES,
    SCREEN,
    SIGNED,
    numbered,
    yen,
    yuan,
)

THERE_IS_NONE = (404, "not-found")
ORDER = {"customer_id": MR_WU, "channel": "mail", "lines": [PHONES, CASES]}
WON = {"opportunity_id": SCREEN, "order_id": HIS}
CASH = {"order_id": HIS, "amount": yuan("1"), "means": "cash"}
BACK = {"order_id": HIS, "reason": "wrong colour"}
CLOSED = (409, "opportunity-already-closed", "opportunity_id", PHONE)
OF_ANOTHER = (409, "order-of-another-customer", "customer_id", MR_WU)


def lines(**second: Any) -> dict[str, Any]:
    """Write Mr Wu's order with another second line."""
    return {**ORDER, "lines": [PHONES, {**CASES, **second}]}


def pieces(line: int, *quantities: int) -> dict[str, Any]:
    """Write a return of so many pieces of one line, named once for each quantity."""
    return {**BACK, "lines": [{"line": line, "quantity": quantity} for quantity in quantities]}


@pytest.mark.parametrize(
    ("command", "body", "refusal"),
    [
        ("win-opportunity", {"opportunity_id": PHONE, "order_id": SIGNED}, CLOSED),
        ("win-opportunity", WON, OF_ANOTHER),
        ("win-opportunity", {**WON, "order_id": NOBODY}, (*THERE_IS_NONE, "order_id", NOBODY)),
        ("win-opportunity", {**WON, "opportunity_id": NOBODY}, (*THERE_IS_NONE, "opportunity_id", NOBODY)),
        ("place-order", {**ORDER, "opportunity_id": SCREEN}, OF_ANOTHER),
        ("place-order", {**ORDER, "opportunity_id": NOBODY}, (*THERE_IS_NONE, "opportunity_id", NOBODY)),
        (
            "place-order",
            lines(unit_price=yuan("1.001")),
            (422, "amount-finer-than-its-currency", "lines.1.unit_price", "1.001 CNY"),
        ),
        (
            "place-order",
            lines(unit_price=yuan("99999999999999")),
            (422, "amount-too-large", "lines.1.unit_price", "99999999999999 CNY"),
        ),
        (
            "place-order",
            lines(total=yuan("1.001")),
            (422, "amount-finer-than-its-currency", "lines.1.total", "1.001 CNY"),
        ),
        ("place-order", lines(total=yen("1")), (422, "currencies-mixed", "lines.1.total.currency", "JPY")),
        (
            "place-order",
            lines(unit_price=yen("1"), total=None),
            (422, "currencies-mixed", "lines.1.unit_price.currency", "JPY"),
        ),
        (
            "place-order",
            lines(total=yuan("117.01")),
            (422, "line-costs-more-than-its-price", "lines.1.total", "117.01 CNY"),
        ),
        (
            "take-payment",
            {**CASH, "amount": yuan("20.01")},
            (409, "payment-above-outstanding", "amount", "20.01 CNY"),
        ),
        ("take-payment", {**CASH, "amount": yuan("0")}, (422, "payment-without-amount", "amount", "0.00 CNY")),
        (
            "take-payment",
            {**CASH, "amount": yuan("0.001")},
            (422, "amount-finer-than-its-currency", "amount", "0.001 CNY"),
        ),
        ("take-payment", {**CASH, "amount": yen("1")}, (422, "currencies-mixed", "currency", "CNY")),
        (
            "take-payment",
            {**CASH, "order_id": SIGNED, "payment_id": numbered(402)},
            (409, "payment-already-taken", "payment_id", numbered(402)),
        ),
        ("return-order", pieces(3, 1), (422, "order-line-unknown", "line", 3)),
        ("return-order", pieces(2, 1, 1), (409, "more-returned-than-bought", "quantity", 2)),
        (
            "return-order",
            {**BACK, "order_id": BY_MAIL, "return_id": numbered(503)},
            (409, "return-already-taken", "return_id", numbered(503)),
        ),
        ("return-order", {**BACK, "order_id": NOBODY}, (*THERE_IS_NONE, "order_id", NOBODY)),
    ],
)
def test_what_a_rule_forbids_is_refused_with_the_field_and_its_value(
    world: Desk, command: str, body: dict[str, Any], refusal: tuple[int, str, str, Any]
) -> None:
    assert world.problem_of(command, body) == refusal


@pytest.mark.parametrize(
    ("command", "body", "rule"),
    [
        ("take-payment", {**CASH, "amount": yuan("20.01")}, "Only 20.00 CNY is outstanding."),
        ("return-order", pieces(1, 1), "The customer has only 0 left of line 1."),
        ("return-order", {**pieces(2, 2), "order_id": BY_MAIL}, "The customer has only 1 left of line 2."),
    ],
)
def test_a_refusal_names_what_would_have_been_allowed(
    world: Desk, command: str, body: dict[str, Any], rule: str
) -> None:
    assert world.client.command(command, body).json()["errors"][0]["rule"] == rule


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("win-opportunity", WON),
        ("take-payment", CASH),
        ("return-order", BACK),
    ],
)
def test_a_change_of_what_somebody_changed_meanwhile_is_refused(
    world: Desk, command: str, body: dict[str, Any]
) -> None:
    assert world.problem_of(command, body, if_match='"9"') == (412, "stale-version", "If-Match", 9)


@pytest.mark.parametrize("amount", [4999.0, 4999, "4,999", "-1", "NaN", "1e3", "٣", "1.", ".1", "1.00000", "1" * 15])
def test_an_amount_is_plain_digits_and_never_a_float(world: Desk, amount: object) -> None:
    answer = world.client.command("place-order", lines(unit_price=yuan("1") | {"amount": amount}))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "lines.1.unit_price.amount")


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        (f"/orders/{NOBODY}", 404, "order_id"),
        ("/orders/x", 422, "order_id"),
        ("/receivables?currency=yuan", 422, "currency"),
        ("/receivables?currency=CNYJ", 422, "currency"),
        ("/receivables?cursor=x", 422, "cursor"),
        *((f"/customers/{MS_CHEN}/{what}?cursor=x", 422, "cursor") for what in ("orders", "receivables")),
    ],
)
def test_what_does_not_exist_or_makes_no_sense_is_a_problem_not_a_failure(
    world: Desk, path: str, status: int, field: str
) -> None:
    answer = world.client.get(path)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (status, field)
    assert status == 422 or error["value"] == NOBODY
