"""Customers over HTTP: registration, correction, importance, the card and the search."""

import pytest

from crm_chassis.testing import Client
from services.contacts.tests.requests import CHEN, MR_WU, MS_CHEN, NOBODY, asked, refused, shown


def test_a_registered_customer_has_a_card_with_normalised_contact_points(with_chen: Client) -> None:
    card = shown(with_chen, f"/customers/{MS_CHEN}")

    assert (card["name"], card["form_of_address"], card["kind"], card["language"]) == ("陈丽", "女士", "person", "zh")
    assert (card["phones"], card["emails"]) == (["+8613800138000"], ["Chen.Li@example.com"])
    assert (card["addresses"][0]["country"], card["addresses"][0]["city"]) == ("CN", "广州")
    assert card["importance"] == "general"


def test_a_customer_without_an_id_is_given_one_and_the_same_one_when_asked_again(contacts: Client) -> None:
    body = {"name": "Chen Li"}

    first = asked(contacts, "register-customer", body, idempotency_key="once")
    again = asked(contacts, "register-customer", body, idempotency_key="once")

    assert first["id"] == again["id"]
    assert (first["repeated"], again["repeated"]) == (False, True)


def test_an_id_is_given_to_one_customer_only(with_chen: Client) -> None:
    refusal = refused(with_chen, "register-customer", {**CHEN, "name": "Somebody else"})

    assert refusal == (409, "customer-already-registered", "customer_id")


def test_a_wrong_phone_number_is_answered_with_field_value_rule_and_way_out(contacts: Client) -> None:
    body = {**CHEN, "phones": ["138 0013 8000", "12345"]}

    answer = contacts.command("register-customer", body, accept_language="zh-CN")

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["value"]) == (422, "phones.1", "12345")
    assert error["rule"].startswith("电话号码须为")
    assert "+86 138 0013 8000" in error["hint"]


def test_a_correction_changes_the_fields_it_gives_and_no_others(with_chen: Client) -> None:
    correction = {"customer_id": MS_CHEN, "reason": "Moved", "phones": ["13900139000"], "birthday": None}
    asked(with_chen, "correct-details", correction)

    card = shown(with_chen, f"/customers/{MS_CHEN}")

    assert (card["phones"], card["birthday"], card["version"]) == (["+8613900139000"], None, 2)
    assert (card["name"], card["emails"]) == ("陈丽", ["Chen.Li@example.com"])


def test_a_correction_that_changes_nothing_is_answered_so(with_chen: Client) -> None:
    same = {"customer_id": MS_CHEN, "reason": "Looked again", "name": "陈丽", "phones": ["+86 13800138000"]}

    answer = with_chen.command("correct-details", same)

    assert (answer.status_code, answer.json()["version"], answer.json()["position"]) == (200, 1, "")


def test_a_correction_of_what_somebody_else_just_changed_is_refused(with_chen: Client) -> None:
    correction = {"customer_id": MS_CHEN, "reason": "Married", "name": "陈丽华"}
    asked(with_chen, "correct-details", correction, if_match='"1"')

    status, rule, _ = refused(with_chen, "correct-details", {**correction, "name": "陈莉"}, if_match='"1"')

    assert (status, rule) == (412, "stale-version")


def test_a_company_is_no_person(contacts: Client) -> None:
    body = {"kind": "company", "name": "天河贸易有限公司", "birthday": "2001-01-01"}

    assert refused(contacts, "register-customer", body) == (422, "company-given-birthday", "birthday")


@pytest.mark.feature("C67")
def test_a_customer_begins_on_the_general_list_and_is_put_on_each_other_and_back_with_a_reason(
    with_chen: Client,
) -> None:
    lists = [("red", "Buys for a school"), ("black", "Never pays"), ("general", "Has paid")]
    seen = [shown(with_chen, f"/customers/{MS_CHEN}")]

    for listing, reason in lists:
        asked(with_chen, "list-importance", {"customer_id": MS_CHEN, "listing": listing, "reason": reason})
        seen.append(shown(with_chen, f"/customers/{MS_CHEN}"))

    assert [(card["importance"], card["importance_reason"]) for card in seen] == [("general", None), *lists]
    again = {"customer_id": MS_CHEN, "listing": "general", "reason": "Once more"}
    assert refused(with_chen, "list-importance", again) == (409, "customer-already-listed", "listing")


@pytest.mark.parametrize(
    ("q", "match"),
    [
        ("陈", "prefix"),
        ("chenli", "exact"),
        ("chen li", "exact"),
        ("cl", "exact"),
        ("丽", "part"),
        ("138-0013-8000", "exact"),
        ("8000", "part"),
        ("chen.li@example.com", "exact"),
    ],
)
def test_a_customer_is_found_by_name_phone_and_email(with_chen: Client, q: str, match: str) -> None:
    asked(with_chen, "register-customer", {"customer_id": MR_WU, "name": "吴刚"})

    page = shown(with_chen, "/customers", q=q)

    assert [item["customer_id"] for item in page["items"]] == [MS_CHEN]
    assert page["items"][0]["match"] == match


def test_the_search_goes_on_where_the_page_before_ended(contacts: Client) -> None:
    names = ["陈丽", "陈莉莉", "Chen Ada", "陈立"]
    for name in names:
        asked(contacts, "register-customer", {"name": name})

    seen, cursor = [], {}
    while True:
        page = shown(contacts, "/customers", q="chen", limit=1, **cursor)
        seen += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert seen == ["Chen Ada", "陈丽", "陈立", "陈莉莉"]


def test_without_a_text_everybody_is_shown_and_nothing_is_said_of_a_match(with_chen: Client) -> None:
    (item,) = shown(with_chen, "/customers")["items"]

    assert (item["customer_id"], item["match"]) == (MS_CHEN, None)


def test_cards_are_read_by_ids_and_the_unknown_are_left_out(with_chen: Client) -> None:
    cards = shown(with_chen, "/customers/by-ids", id=[NOBODY, MS_CHEN])

    assert [card["customer_id"] for card in cards] == [MS_CHEN]


def test_the_card_of_nobody_is_not_found(contacts: Client) -> None:
    answer = contacts.get(f"/customers/{NOBODY}")

    assert (answer.status_code, answer.json()["errors"][0]["value"]) == (404, NOBODY)
