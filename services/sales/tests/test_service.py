"""Sales as a whole: its program, its variables, its read models, its events and its addresses."""

from typing import Any
from uuid import UUID

import pytest

import crm_history
from crm_chassis.testing import help_of, owed
from crm_chassis.testing.fuzzing import fuzz
from crm_sales.service import SERVICE
from services.sales.tests.desk import Desk, id_made_by
from services.sales.tests.world import CASES, MR_WU, PHONES, SUMMER, yuan

ORDER = {"customer_id": MR_WU, "channel": "web", "lines": [PHONES, CASES]}
SALE = {"customer_id": MR_WU, "title": "X2 phone", "expected": yuan("5099")}
READ_MODELS = ["funnel", "leads_of_salesperson", "orders_of_customer", "receivables", "customer_history"]


def test_the_service_is_started_by_its_name_and_says_what_can_be_set() -> None:
    text = help_of("crm_sales")

    assert text.startswith("usage: python -m crm_sales [-h] WHAT")
    assert "  CRM_SALES_PAGE_SIZE [50]  " in text
    assert SERVICE.about in " ".join(text.split())


def test_sales_listens_to_variables_of_its_own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SALES_PAGE_SIZE", "7")
    monkeypatch.setenv("CRM_SUPPORT_PAGE_SIZE", "8")

    assert SERVICE.settings().page_size == 7


def test_the_read_models_an_operator_rebuilds_are_found_by_name() -> None:
    assert [model.name for model in SERVICE.read_models] == READ_MODELS
    assert SERVICE.name == "sales"


def test_every_error_has_a_message_and_a_hint_in_both_languages() -> None:
    assert len(owed.errors_of(SERVICE)) > 5
    assert owed.errors_without_words(SERVICE) == []


def test_the_help_names_every_variable() -> None:
    assert owed.missing_from_help(SERVICE) == []


def test_sales_keeps_these_read_models_of_its_own_events_and_the_history_of_everybodys() -> None:
    assert [(model.name, model.version) for model in SERVICE.read_models[:4]] == [
        ("funnel", 2),
        ("leads_of_salesperson", 1),
        ("orders_of_customer", 1),
        ("receivables", 1),
    ]
    assert {model.topics for model in SERVICE.read_models[:4]} == {frozenset({"crm.sales.v1"})}
    assert SERVICE.read_models[4:] == (crm_history.READ_MODEL,)


def test_a_foreign_fact_stays_private() -> None:
    assert SERVICE.publish(object(), UUID(int=7)) is None


def test_no_fact_of_sales_is_private() -> None:
    # Whoever adds a fact that others do not hear of names it here.
    assert owed.private_facts(SERVICE) == set()


def test_a_version_that_is_named_speaks_of_what_the_command_is_about_alone(sales: Desk) -> None:
    deal = {"opportunity_id": sales.execute("open-opportunity", {**SALE, "campaign_code": SUMMER})}
    sales.execute("move-opportunity", {**deal, "stage": "offer", "why": "asked"}, if_match='"1"')

    order_id = sales.execute("place-order", {**ORDER, **deal}, if_match='"7"')
    sales.execute("win-opportunity", {**deal, "order_id": order_id}, if_match='"2"')

    order = sales.read(f"/orders/{order_id}")
    assert (order["campaign_code"], order["opportunity_id"]) == (SUMMER, deal["opportunity_id"])
    assert sales.read(f"/opportunities/{deal['opportunity_id']}")["order_id"] == order_id


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
    assert answers[0]["id"] == answers[1]["id"] == id_made_by("till-3/17", noun)
    assert another["id"] == id_made_by("till-3/18", noun)


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
    sales.execute("place-order", ORDER)

    operations = fuzz(sales.client.app, examples=6)

    assert "POST /commands/return-order" in operations
