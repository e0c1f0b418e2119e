"""Units over HTTP."""

from crm_chassis.testing import Client
from services.contacts.tests.requests import HQ, STORE, asked, refused, shown


def test_a_store_is_opened_under_its_headquarters_and_shown_with_the_way_to_it(contacts: Client) -> None:
    asked(contacts, "open-unit", HQ)
    asked(contacts, "open-unit", STORE)

    store = shown(contacts, "/units/TIANHE")

    assert (store["code"], store["name"]["zh"], store["store_kind"]) == ("Tianhe", "天河店", "street")
    assert (store["parent_code"], store["above"], store["ownership"]) == ("hq", ["hq"], "own")
    assert [unit["code"] for unit in shown(contacts, "/units", parent="hq")["items"]] == ["Tianhe"]
    assert [unit["code"] for unit in shown(contacts, "/units")["items"]] == ["hq", "Tianhe"]


def test_a_unit_is_opened_once_and_under_a_unit_that_exists(contacts: Client) -> None:
    assert refused(contacts, "open-unit", STORE) == (404, "not-found", "parent_code")
    asked(contacts, "open-unit", HQ)
    asked(contacts, "open-unit", STORE)

    assert refused(contacts, "open-unit", {**STORE, "code": "TIANHE"}) == (409, "unit-already-open", "code")
    below = {**STORE, "code": "other", "parent_code": "tianhe"}
    assert refused(contacts, "open-unit", below) == (409, "parent-not-higher", "parent_code")
