"""Handlers of orders: what a command leaves to choose, and what is repeated."""

from services.sales.tests.desk import Desk, id_made_by
from services.sales.tests.world import CASES, MR_WU, PHONES, yuan

ORDER = {"customer_id": MR_WU, "channel": "web", "lines": [PHONES, CASES]}


def test_an_order_is_of_the_unit_it_names_else_of_the_callers(sales: Desk) -> None:
    orders = [sales.execute("place-order", {**ORDER, **named}, crm_unit="tianhe") for named in ({"unit": "web-2"}, {})]

    assert [sales.read(f"/orders/{order_id}")["unit"] for order_id in orders] == ["web-2", "tianhe"]


def test_everything_that_is_left_of_an_order_comes_back_at_another_store(sales: Desk) -> None:
    order_id = sales.execute("place-order", ORDER)
    both = {"order_id": order_id, "reason": "It flickers", "lines": [{"line": 2, "quantity": 1}] * 2}
    sales.execute("return-order", both)

    sales.execute("return-order", {"order_id": order_id, "reason": "It flickers"}, crm_unit="beijing-lu")

    order = sales.read(f"/orders/{order_id}")
    assert [(line["returned"], line["refunded"]) for line in order["lines"]] == [
        (1, yuan("4999.00")),
        (3, yuan("100.00")),
    ]
    [account] = sales.read(f"/customers/{MR_WU}/receivables")["accounts"]["items"]
    assert [(each["kind"], each["amount"]["amount"], each["unit"]) for each in account["entries"]] == [
        ("ordered", "5099.00", "tianhe"),
        ("refunded", "-66.66", "tianhe"),
        ("refunded", "-5032.34", "beijing-lu"),
    ]
    assert (order["outstanding"], order["paid_back"], account["outstanding"]) == 3 * (yuan("0.00"),)
    assert sales.problem_of("return-order", {"order_id": order_id, "reason": "Again"}) == (
        409,
        "order-already-returned",
        "order_id",
        order_id,
    )


def test_payments_and_returns_without_an_id_count_once_for_each_time_they_are_asked(sales: Desk) -> None:
    order_id = sales.execute("place-order", ORDER)
    payment = {"order_id": order_id, "amount": yuan("99"), "means": "cash"}
    back = {"order_id": order_id, "lines": [{"line": 2, "quantity": 1}], "reason": "wrong colour"}

    for command, body in (("take-payment", payment), ("return-order", back)):
        for key in ("till-3/1", "till-3/1", "till-3/2"):
            sales.client.command(command, body, idempotency_key=f"{command}-{key}")

    order = sales.read(f"/orders/{order_id}")
    assert (order["paid"], order["refunded"]) == (yuan("198.00"), yuan("66.66"))
    facts = [{**fact} for _, fact in sales.stored(order_id)[1:]]
    assert [str(fact.get("payment_id") or fact.get("return_id")) for fact in facts] == [
        id_made_by(f"{command}-till-3/{number}", noun)
        for command, noun in (("take-payment", "payment"), ("return-order", "return"))
        for number in (1, 2)
    ]
