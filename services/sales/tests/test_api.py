"""Sales over HTTP: what salespeople and clerks ask for, and what they are shown."""

from typing import Any

import pytest

from crm_chassis.fuzzing import fuzz

MS_CHEN = "00000000-0000-0000-0000-000000000007"
MR_WU = "00000000-0000-0000-0000-000000000008"
NOBODY = "00000000-0000-0000-0000-00000000dead"
LEAD = {"customer_id": MS_CHEN, "source": "web", "keyword": "X2 手机", "interest": "X2 phone: price, guarantee"}


def yuan(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


PHONE = {"sku": "X2", "name": "X2 手机", "quantity": 1, "unit_price": yuan("4999"), "assistant": "li.na"}
CASES = {"sku": "CASE", "name": "保护壳", "quantity": 3, "unit_price": yuan("39"), "total": yuan("100")}
ORDER = {"customer_id": MS_CHEN, "channel": "store", "lines": [PHONE, CASES]}


def an_opportunity(sales: Any) -> str:
    lead_id = sales.asked("capture-lead", {**LEAD, "campaign_code": "CM-2026-048"})
    return sales.asked("convert-lead", {"lead_id": lead_id, "title": "X2 phone", "expected": yuan("5099")})


@pytest.mark.feature("S02", "S03")
def test_whoever_only_looked_on_the_web_is_followed_by_a_salesperson_from_that_moment_on(sales: Any) -> None:
    lead_id = sales.asked("capture-lead", LEAD, crm_unit="website")

    leads = [*sales.shown("/salespeople/zhou.lan/leads")["items"], *sales.shown("/salespeople/xu.wei/leads")["items"]]

    assert [(lead["lead_id"], lead["keyword"], lead["rule"]) for lead in leads] == [
        (lead_id, "X2 手机", "by_source/2026-1")
    ]
    assert leads[0]["assigned_at"] == leads[0]["captured_at"]


def test_a_lead_can_be_given_to_somebody_by_hand(sales: Any) -> None:
    lead_id = sales.asked("capture-lead", LEAD)

    sales.asked("assign-lead", {"lead_id": lead_id, "salesperson": "li.na", "reason": "She asked for her"})

    (lead,) = sales.shown("/salespeople/li.na/leads?unconverted=true")["items"]
    assert (lead["lead_id"], lead["rule"]) == (lead_id, "by_hand")


@pytest.mark.feature("S06")
def test_the_order_that_a_campaigns_lead_led_to_carries_the_campaign(sales: Any) -> None:
    opportunity_id = an_opportunity(sales)

    order_id = sales.asked("place-order", {**ORDER, "opportunity_id": opportunity_id})

    order = sales.shown(f"/orders/{order_id}")
    lead = next(lead for name in ("zhou.lan", "xu.wei") for lead in sales.shown(f"/salespeople/{name}/leads")["items"])
    assert (lead["campaign_code"], lead["opportunity_id"]) == ("CM-2026-048", opportunity_id)
    assert (order["campaign_code"], order["opportunity_id"]) == ("CM-2026-048", opportunity_id)


def test_a_campaign_named_at_the_till_goes_before_that_of_the_opportunity(sales: Any) -> None:
    opportunity = {"opportunity_id": an_opportunity(sales), "campaign_code": "CM-2026-050"}

    order_id = sales.asked("place-order", {**ORDER, **opportunity})

    assert sales.shown(f"/orders/{order_id}")["campaign_code"] == "CM-2026-050"


def test_converting_a_lead_answers_with_the_opportunity_and_happens_once(sales: Any) -> None:
    lead_id = sales.asked("capture-lead", LEAD)
    conversion = {"lead_id": lead_id, "title": "X2 phone", "expected": yuan("5099")}

    opportunity_id = sales.asked("convert-lead", conversion, if_match='"2"')

    assert sales.shown(f"/opportunities/{opportunity_id}")["lead_id"] == lead_id
    assert sales.refused("convert-lead", conversion) == (409, "lead-already-converted")


@pytest.mark.feature("S11")
def test_an_opportunity_is_followed_from_its_opening_to_its_result(sales: Any) -> None:
    opportunity = {"opportunity_id": an_opportunity(sales)}
    sales.asked("move-opportunity", {**opportunity, "stage": "offer", "why": "asked for the price"})
    sales.asked("move-opportunity", {**opportunity, "stage": "need", "why": "wants another model"})
    sales.asked("lose-opportunity", {**opportunity, "reason": "bought elsewhere"})

    found = sales.shown(f"/opportunities/{opportunity['opportunity_id']}")

    assert [(move["before"], move["after"], move["why"], move["moved_by"]) for move in found["moves"]] == [
        (None, "interest", None, "lin.mei"),
        ("interest", "offer", "asked for the price", "lin.mei"),
        ("offer", "need", "wants another model", "lin.mei"),
        ("need", "lost", "bought elsewhere", "lin.mei"),
    ]
    assert (found["state"], found["reason"], found["expected"]) == ("lost", "bought elsewhere", yuan("5099.00"))


@pytest.mark.parametrize(("language", "name"), [("en", "Interest"), ("zh-CN", "产生兴趣")])
def test_the_funnel_speaks_the_readers_language(sales: Any, language: str, name: str) -> None:
    an_opportunity(sales)

    stages = sales.shown("/funnel", accept_language=language)["stages"]

    assert (stages[0]["name"], stages[0]["open"], stages[0]["expected"]) == (name, 1, [yuan("5099.00")])


def test_an_order_names_an_opportunity_of_its_own_customer_that_exists(sales: Any) -> None:
    opportunity_id = an_opportunity(sales)

    of_nobody = sales.refused("place-order", {**ORDER, "opportunity_id": NOBODY})
    of_another = sales.refused("place-order", {**ORDER, "customer_id": MR_WU, "opportunity_id": opportunity_id})

    assert (of_nobody, of_another) == ((404, "not-found"), (409, "order-of-another-customer"))


def test_an_opportunity_is_won_only_with_an_order_that_exists(sales: Any) -> None:
    opportunity_id = an_opportunity(sales)

    assert sales.refused("win-opportunity", {"opportunity_id": opportunity_id, "order_id": NOBODY}) == (
        404,
        "not-found",
    )


@pytest.mark.feature("C53", "S61")
def test_purchases_at_every_touchpoint_are_one_history_of_one_customer(sales: Any) -> None:
    bought = [sales.asked("place-order", {**ORDER, "channel": channel}) for channel in ("store", "web", "call_centre")]

    orders = sales.shown(f"/customers/{MS_CHEN}/orders")["items"]

    assert {(order["order_id"], order["channel"]) for order in orders} == set(
        zip(bought, ("store", "web", "call_centre"), strict=True)
    )
    assert all(order["unit"] == "tianhe" and len(order["lines"]) == 2 for order in orders)


@pytest.mark.feature("S41")
def test_an_order_shows_its_payments_its_returns_and_what_is_still_owed(sales: Any) -> None:
    order = {"order_id": sales.asked("place-order", ORDER)}
    sales.asked("take-payment", {**order, "amount": yuan("5050"), "means": "mobile"})
    before = sales.shown(f"/orders/{order['order_id']}")

    sales.asked("return-order", {**order, "lines": [{"line": 2, "quantity": 2}], "reason": "wrong colour"})

    after = sales.shown(f"/orders/{order['order_id']}")
    assert (before["total"], before["paid"], before["outstanding"]) == (yuan("5099.00"), yuan("5050.00"), yuan("49.00"))
    assert (after["refunded"], after["paid_back"], after["outstanding"]) == (yuan("66.66"), yuan("17.66"), yuan("0.00"))
    assert [(line["returned"], line["refunded"]) for line in after["lines"]] == [(0, yuan("0.00")), (2, yuan("66.66"))]


def test_the_same_line_named_twice_comes_back_with_both_quantities(sales: Any) -> None:
    order_id = sales.asked("place-order", ORDER)
    twice = {"order_id": order_id, "lines": [{"line": 2, "quantity": 2}] * 2, "reason": "wrong colour"}

    assert sales.refused("return-order", twice) == (409, "more-returned-than-bought")


def test_goods_come_back_at_another_store_than_the_one_that_sold_them(sales: Any) -> None:
    order_id = sales.asked("place-order", {**ORDER, "channel": "web"}, crm_unit="website")

    sales.asked("return-order", {"order_id": order_id, "reason": "It flickers"}, crm_unit="beijing-lu")

    order = sales.shown(f"/orders/{order_id}")
    assert (order["unit"], [line["returned"] for line in order["lines"]]) == ("website", [1, 3])


def test_a_payment_above_what_is_outstanding_is_refused_with_the_amount(sales: Any) -> None:
    order_id = sales.asked("place-order", ORDER)

    answer = sales.client.command("take-payment", {"order_id": order_id, "amount": yuan("5099.01"), "means": "cash"})

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:crm:problem:payment-above-outstanding")
    assert answer.json()["errors"][0]["rule"] == "Only 5099.00 CNY is outstanding."


def test_a_payment_that_is_sent_twice_is_taken_once(sales: Any) -> None:
    order_id = sales.asked("place-order", ORDER)
    payment = {"order_id": order_id, "amount": yuan("99"), "means": "cash"}

    answers = [sales.client.command("take-payment", payment, idempotency_key="till-3/17").json() for _ in range(2)]

    assert [answer["repeated"] for answer in answers] == [False, True]
    assert sales.shown(f"/orders/{order_id}")["paid"] == yuan("99.00")


def test_receivables_are_explained_by_their_events(sales: Any) -> None:
    order_id = sales.asked("place-order", ORDER)
    sales.asked("take-payment", {"order_id": order_id, "amount": yuan("5000"), "means": "mobile"})

    hers = sales.shown(f"/customers/{MS_CHEN}/receivables")
    everybodys = sales.shown("/receivables?currency=CNY")

    (account,) = hers["accounts"]["items"]
    assert [(entry["kind"], entry["amount"], entry["by"]) for entry in account["entries"]] == [
        ("ordered", yuan("5099.00"), "lin.mei"),
        ("paid", yuan("-5000.00"), "lin.mei"),
    ]
    assert (hers["outstanding"], account["outstanding"]) == ([yuan("99.00")], yuan("99.00"))
    assert everybodys["items"] == [{"customer_id": MS_CHEN, "outstanding": yuan("99.00"), "orders": 1}]


def test_pages_of_debts_go_on_where_the_last_one_ended(sales: Any) -> None:
    for customer, price in ((MS_CHEN, "10"), (MR_WU, "20"), (NOBODY, "20")):
        lines = [{**PHONE, "unit_price": yuan(price)}]
        sales.asked("place-order", {**ORDER, "customer_id": customer, "lines": lines})

    first = sales.shown("/receivables?limit=2")
    second = sales.shown(f"/receivables?limit=2&cursor={first['next']}")

    assert [debt["customer_id"] for debt in (*first["items"], *second["items"])] == [MR_WU, NOBODY, MS_CHEN]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("line", "field", "rule"),
    [
        ({"unit_price": yuan("1.001")}, "lines.0.unit_price", "amount-finer-than-its-currency"),
        ({"unit_price": {"amount": "1", "currency": "XYZ"}}, "lines.0.unit_price.currency", "currency-unknown"),
        ({"unit_price": yuan("99999999999999")}, "lines.0.unit_price", "amount-too-large"),
        ({"total": yuan("5000")}, "lines.0.total", "line-costs-more-than-its-price"),
    ],
)
def test_a_price_that_cannot_be_is_refused_where_it_stands(
    sales: Any, line: dict[str, Any], field: str, rule: str
) -> None:
    answer = sales.client.command("place-order", {**ORDER, "lines": [{**PHONE, **line}]})

    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:crm:problem:{rule}")
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("amount", [4999.0, 4999, "4,999", "-1", "NaN", "1e3", "٣"])
def test_an_amount_is_plain_digits_and_never_a_float(sales: Any, amount: object) -> None:
    answer = sales.client.command(
        "place-order", {**ORDER, "lines": [{**PHONE, "unit_price": yuan("1") | {"amount": amount}}]}
    )

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "lines.0.unit_price.amount")


@pytest.mark.parametrize(
    "path",
    [
        f"/orders/{NOBODY}",
        f"/opportunities/{NOBODY}",
        "/orders/x",
        "/receivables?currency=yuan",
        "/receivables?cursor=x",
        f"/customers/{MS_CHEN}/orders?cursor=x",
    ],
)
def test_what_does_not_exist_or_makes_no_sense_is_a_problem_not_a_failure(sales: Any, path: str) -> None:
    answer = sales.client.get(path)

    assert answer.status_code in (404, 422)
    assert answer.json()["errors"][0]["way_out"]


def test_no_request_makes_the_service_fail(sales: Any) -> None:
    sales.asked("place-order", ORDER)

    operations = fuzz(sales.client.app, examples=6)

    assert "POST /commands/return-order" in operations
