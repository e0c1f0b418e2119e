"""Sales over HTTP: what a command leaves to choose, what is repeated, and which addresses there are."""

from typing import Any

import pytest

from crm_chassis.testing import command_context
from crm_chassis.testing.fuzzing import fuzz
from services.sales.tests.desk import Desk
from services.sales.tests.world import CASES, MR_WU, PHONES, SPRING, SUMMER, yuan

ORDER = {"customer_id": MR_WU, "channel": "web", "lines": [PHONES, CASES]}
SALE = {"customer_id": MR_WU, "title": "X2 phone", "expected": yuan("5099")}


def made_by(key: str, noun: str) -> str:
    """Give the id of what the command with this key makes."""
    return str(command_context(command_id=key).new_id(noun))


def test_converting_a_lead_answers_with_the_opportunity_and_looks_at_the_leads_version(sales: Desk) -> None:
    look = {"customer_id": MR_WU, "source": "hotline", "interest": "X2 phone", "campaign_code": SPRING}
    lead_id = sales.asked("capture-lead", look)
    conversion = {"lead_id": lead_id, "title": "X2 phone", "expected": yuan("5099"), "stage": "offer"}

    opportunity_id = sales.asked("convert-lead", conversion, if_match='"2"', idempotency_key="desk/1")

    assert opportunity_id == made_by("desk/1", "opportunity")
    found = sales.shown(f"/opportunities/{opportunity_id}")
    assert (found["lead_id"], found["campaign_code"], found["stage"]) == (lead_id, SPRING, "offer")
    assert (found["salesperson"], found["moves"][0]["moved_by"]) == ("gao.ning", "lin.mei")


def test_a_version_that_is_named_speaks_of_what_the_command_is_about_alone(sales: Desk) -> None:
    deal = {"opportunity_id": sales.asked("open-opportunity", {**SALE, "campaign_code": SUMMER})}
    sales.asked("move-opportunity", {**deal, "stage": "offer", "why": "asked"}, if_match='"1"')

    order_id = sales.asked("place-order", {**ORDER, **deal}, if_match='"7"')
    sales.asked("win-opportunity", {**deal, "order_id": order_id}, if_match='"2"')

    order = sales.shown(f"/orders/{order_id}")
    assert (order["campaign_code"], order["opportunity_id"]) == (SUMMER, deal["opportunity_id"])
    assert sales.shown(f"/opportunities/{deal['opportunity_id']}")["order_id"] == order_id


def test_an_order_is_of_the_unit_it_names_else_of_the_callers(sales: Desk) -> None:
    orders = [sales.asked("place-order", {**ORDER, **named}, crm_unit="tianhe") for named in ({"unit": "web-2"}, {})]

    assert [sales.shown(f"/orders/{order_id}")["unit"] for order_id in orders] == ["web-2", "tianhe"]


def test_everything_that_is_left_of_an_order_comes_back_at_another_store(sales: Desk) -> None:
    order_id = sales.asked("place-order", ORDER)
    both = {"order_id": order_id, "reason": "It flickers", "lines": [{"line": 2, "quantity": 1}] * 2}
    sales.asked("return-order", both)

    sales.asked("return-order", {"order_id": order_id, "reason": "It flickers"}, crm_unit="beijing-lu")

    order = sales.shown(f"/orders/{order_id}")
    assert [(line["returned"], line["refunded"]) for line in order["lines"]] == [
        (1, yuan("4999.00")),
        (3, yuan("100.00")),
    ]
    [account] = sales.shown(f"/customers/{MR_WU}/receivables")["accounts"]["items"]
    assert [(each["kind"], each["amount"]["amount"], each["unit"]) for each in account["entries"]] == [
        ("ordered", "5099.00", "tianhe"),
        ("refunded", "-66.66", "tianhe"),
        ("refunded", "-5032.34", "beijing-lu"),
    ]
    assert (order["outstanding"], order["paid_back"], account["outstanding"]) == 3 * (yuan("0.00"),)
    assert sales.refused("return-order", {"order_id": order_id, "reason": "Again"}) == (
        409,
        "order-already-returned",
        "order_id",
        order_id,
    )


@pytest.mark.parametrize(
    ("command", "body", "noun"),
    [
        ("capture-lead", {"source": "web", "interest": "X2"}, "lead"),
        ("open-opportunity", SALE, "opportunity"),
        ("place-order", ORDER, "order"),
    ],
)
def test_a_command_that_is_sent_twice_makes_one_thing_whose_id_follows_from_its_key(
    sales: Desk, command: str, body: dict[str, Any], noun: str
) -> None:
    answers = [sales.client.command(command, body, idempotency_key="till-3/17").json() for _ in range(2)]
    another = sales.client.command(command, body, idempotency_key="till-3/18").json()

    assert [answer["repeated"] for answer in answers] == [False, True]
    assert answers[0]["id"] == answers[1]["id"] == made_by("till-3/17", noun)
    assert another["id"] == made_by("till-3/18", noun)


def test_payments_and_returns_without_an_id_count_once_for_each_time_they_are_asked(sales: Desk) -> None:
    order_id = sales.asked("place-order", ORDER)
    payment = {"order_id": order_id, "amount": yuan("99"), "means": "cash"}
    back = {"order_id": order_id, "lines": [{"line": 2, "quantity": 1}], "reason": "wrong colour"}

    for command, body in (("take-payment", payment), ("return-order", back)):
        for key in ("till-3/1", "till-3/1", "till-3/2"):
            sales.client.command(command, body, idempotency_key=f"{command}-{key}")

    order = sales.shown(f"/orders/{order_id}")
    assert (order["paid"], order["refunded"]) == (yuan("198.00"), yuan("66.66"))
    facts = [{**fact} for _, fact in sales.stored(order_id)[1:]]
    assert [str(fact.get("payment_id") or fact.get("return_id")) for fact in facts] == [
        made_by(f"{command}-till-3/{number}", noun)
        for command, noun in (("take-payment", "payment"), ("return-order", "return"))
        for number in (1, 2)
    ]


def test_every_address_of_sales_is_documented_in_its_place(sales: Desk) -> None:
    operations = {
        (method, path): operation["tags"]
        for path, methods in sales.client.get("/openapi.json").json()["paths"].items()
        for method, operation in methods.items()
        if "sales" in operation.get("tags", ()) or path.startswith("/commands/")
    }

    assert sorted(operations) == [
        *(("get", path) for path in sorted(READ)),
        *(("post", f"/commands/{name}") for name in sorted(ASKED)),
    ]
    assert {tuple(tags) for tags in operations.values()} == {("sales",), ("commands",)}


READ = (
    "/salespeople/{name}/leads",
    "/funnel",
    "/opportunities/{opportunity_id}",
    "/customers/{customer_id}/orders",
    "/orders/{order_id}",
    "/customers/{customer_id}/receivables",
    "/receivables",
)
ASKED = (
    *("capture-lead", "assign-lead", "convert-lead"),
    *("open-opportunity", "move-opportunity", "win-opportunity", "lose-opportunity"),
    *("place-order", "take-payment", "return-order"),
)


def test_no_request_makes_the_service_fail(sales: Desk) -> None:
    sales.asked("place-order", ORDER)

    operations = fuzz(sales.client.app, examples=6)

    assert "POST /commands/return-order" in operations
