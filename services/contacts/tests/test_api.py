"""Contacts over HTTP: what clerks and imports ask for, and what they are shown."""

from typing import Any
from uuid import UUID

import pytest

from crm_chassis.customer_history import CUSTOMER_HISTORY
from crm_chassis.testing import PARTITIONS, Client
from crm_chassis.testing.fuzzing import fuzz
from services.contacts.tests.asking import asked, refused, shown

MS_CHEN = "00000000-0000-0000-0000-000000000007"
MR_WU = "00000000-0000-0000-0000-000000000008"
NOBODY = "00000000-0000-0000-0000-00000000dead"
CHEN = {
    "customer_id": MS_CHEN,
    "name": "陈丽",
    "form_of_address": "女士",
    "phones": ["138 0013 8000"],
    "emails": ["Chen.Li@EXAMPLE.com"],
    "addresses": [{"region": "广东", "city": "广州", "street": "天河路 1"}],
    "birthday": "1990-05-17",
}
TOUCH = {
    "customer_id": MS_CHEN,
    "channel": "call_centre",
    "place": "hotline",
    "direction": "in",
    "subject": "Asked for the price of a phone",
    "learned": "Wants a large screen",
}
CONSENT = {"customer_id": MS_CHEN, "channel": "email", "text_shown": "我同意接收邮件。", "language": "zh"}
HQ = {"code": "hq", "name": {"en": "Headquarters", "zh": "总部"}, "kind": "headquarters", "city": "广州"}
STORE = {
    "code": "Tianhe",
    "name": {"en": "Tianhe store", "zh": "天河店"},
    "kind": "store",
    "store_kind": "street",
    "parent_code": "HQ",
    "city": "广州",
}


@pytest.fixture
def with_chen(contacts: Client) -> Client:
    """Ms Chen is registered."""
    asked(contacts, "register-customer", CHEN)
    return contacts


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


@pytest.mark.feature("C47")
@pytest.mark.parametrize("channel", ["store", "web", "call_centre", "service_centre", "mail", "vip_club", "field"])
def test_a_touch_at_any_contact_point_is_on_the_card(with_chen: Client, channel: str) -> None:
    asked(with_chen, "record-touch", {**TOUCH, "channel": channel})

    touch = shown(with_chen, f"/customers/{MS_CHEN}")["last_touch"]

    assert (touch["channel"], touch["place"], touch["direction"]) == (channel, "hotline", "in")
    assert (touch["subject"], touch["learned"], touch["by"]) == (TOUCH["subject"], TOUCH["learned"], "lin.mei")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("record-touch", TOUCH),
        ("give-consent", CONSENT),
        ("withdraw-consent", {"customer_id": MS_CHEN, "channel": "email", "reason": "Too many"}),
        ("list-importance", {"customer_id": MS_CHEN, "listing": "red", "reason": "Buys much"}),
        ("correct-details", {"customer_id": MS_CHEN, "reason": "Moved"}),
    ],
)
def test_nothing_is_recorded_about_somebody_who_is_not_registered(
    contacts: Client, name: str, body: dict[str, Any]
) -> None:
    assert refused(contacts, name, body) == (404, "not-found", "customer_id")


def test_a_touch_is_recorded_once(with_chen: Client) -> None:
    touch = {**TOUCH, "touch_id": NOBODY}
    asked(with_chen, "record-touch", touch)

    assert refused(with_chen, "record-touch", touch) == (409, "touch-already-recorded", "touch_id")


def test_consent_is_given_once_and_withdrawn_once(with_chen: Client) -> None:
    withdrawal = {"customer_id": MS_CHEN, "channel": "email", "reason": "Too many messages"}

    assert refused(with_chen, "withdraw-consent", withdrawal) == (409, "consent-not-given", "channel")
    asked(with_chen, "give-consent", CONSENT)
    assert refused(with_chen, "give-consent", CONSENT) == (409, "consent-already-given", "channel")
    asked(with_chen, "withdraw-consent", withdrawal)
    assert refused(with_chen, "withdraw-consent", withdrawal) == (409, "consent-not-given", "channel")

    consent = shown(with_chen, f"/customers/{MS_CHEN}")["consents"]["email"]
    assert (consent["given"], consent["reason"], consent["by"]) == (False, "Too many messages", "lin.mei")


def test_if_match_on_a_consent_speaks_of_the_ledger_and_not_of_the_customer(with_chen: Client) -> None:
    ledger = asked(with_chen, "give-consent", CONSENT)
    assert ledger["version"] == 2

    by_text = asked(with_chen, "give-consent", {**CONSENT, "channel": "sms"}, if_match='"2"')

    assert (by_text["id"], by_text["version"]) == (ledger["id"], 3)
    late = {**CONSENT, "channel": "phone"}
    assert refused(with_chen, "give-consent", late, if_match='"2"')[:2] == (412, "stale-version")


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


def test_a_customer_s_facts_and_touches_and_consents_lie_in_one_partition(with_chen: Client) -> None:
    asked(with_chen, "record-touch", TOUCH)
    asked(with_chen, "give-consent", CONSENT)

    stored = [fact for part in range(PARTITIONS) for fact in with_chen.store.read(part, 0, 100)]

    assert {fact.partition_key for fact in stored} == {UUID(MS_CHEN)}
    assert len({fact.part for fact in stored}) == 1


def test_the_history_of_a_customer_is_kept_here_too(with_chen: Client) -> None:
    asked(with_chen, "record-touch", TOUCH)

    history = shown(with_chen, f"/customers/{MS_CHEN}/history")

    assert [item["kind"] for item in history["items"]] == ["touch", "customer"]


def test_whatever_is_sent_contacts_answers_as_documented(with_chen: Client) -> None:
    labels = fuzz(
        with_chen.app,
        examples=6,
        without=[route.path for router in CUSTOMER_HISTORY.routers for route in router.routes],
    )

    assert "POST /commands/register-customers" in labels
    assert "GET /customers" in labels
