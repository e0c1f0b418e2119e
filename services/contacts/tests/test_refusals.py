"""Errors of contacts over HTTP, whole: the status, the field, its value, the broken rule and the hint."""

from typing import Any

import pytest

from services.contacts.tests.world import ADA, CHEN_LI, OTTO, TRADER, World, days_ago

NOBODY = "00000000-0000-0000-0000-00000000dead"
NEW = "00000000-0000-0000-0000-000000000099"
HER_TOUCH = "00000000-00aa-0000-0000-000000000001"
# On 2 March in the evening, UTC, it is 3 March in the east.
TOO_LATE = "2026-03-04"
PERSON = {"name": "X"}
TOUCH = {"channel": "web", "place": "shop", "direction": "in", "subject": "A question"}
CONSENT = {"channel": "email", "text_shown": "May we?", "language": "en"}
AGAIN = {"reason": "Again"}
HIS = {**AGAIN, "customer_id": OTTO}
UNIT = {"code": "new", "name": {"en": "A unit", "zh": "机构"}, "city": "广州", "kind": "office", "parent_code": "hq"}
TWICE = [{**PERSON, "customer_id": NEW}] * 2
ONE_KNOWN = [{**PERSON, "customer_id": CHEN_LI}, {**PERSON, "customer_id": NEW, "birthday": TOO_LATE}]

Rule = tuple[int, str, str, str]
REGISTERED: Rule = (
    409,
    "customer-already-registered",
    "A customer with this id is already registered.",
    "Correct the details of that customer, or register this one without an id.",
)
COMPANY_BORN: Rule = (
    422,
    "company-given-birthday",
    "A company has no birthday.",
    "Leave the birthday empty, or register a person.",
)
UNBORN: Rule = (422, "born-in-the-future", "The birthday is in the future.", "Check the year of the birthday.")
REPEATED: Rule = (
    422,
    "unacceptable",
    "Two rows of the batch have the same customer_id.",
    "Send each customer once. To change a customer, correct the details.",
)
LISTED: Rule = (
    409,
    "customer-already-listed",
    "The customer is already on this list.",
    "Choose another list, or leave the customer on this one.",
)
GIVEN: Rule = (
    409,
    "consent-already-given",
    "The customer has already given consent on this channel.",
    "Leave the consent as it is, or record its withdrawal first.",
)
NOT_GIVEN: Rule = (
    409,
    "consent-not-given",
    "The customer has no consent on this channel to withdraw.",
    "No action is needed: without consent the customer is not contacted.",
)
TOUCHED: Rule = (
    409,
    "touch-already-recorded",
    "A touch with this id is already recorded.",
    "Record the next touch without an id, or with a new one.",
)
UNKNOWN: Rule = (404, "not-found", "No record with this id exists.", "Check the id, or create the record first.")
OPEN: Rule = (409, "unit-already-open", "A unit with this code is already open.", "Choose another code.")
TOO_LOW: Rule = (
    409,
    "parent-not-higher",
    "The parent of a unit must be of a higher level.",
    "Levels from high to low: headquarters, region, distribution centre, branch, office, store.",
)
ORPHAN: Rule = (
    422,
    "unit-without-parent",
    "Every unit except a headquarters has a parent.",
    "Enter the code of the unit above it.",
)
TWO_HEADS: Rule = (
    422,
    "headquarters-under-parent",
    "A headquarters has no parent.",
    "Leave the parent empty, or open a region or a branch.",
)
KINDLESS: Rule = (
    422,
    "store-kind-missing",
    "A store needs a store kind.",
    "Choose street, counter or shop_in_shop.",
)
NO_STORE: Rule = (
    422,
    "store-kind-of-no-store",
    "Only a store has a store kind.",
    "Leave the store kind empty, or open a store.",
)
NO_REGION: Rule = (
    422,
    "unacceptable",
    "The region is not a country or territory with its own phone numbers.",
    "Use a two-letter ISO 3166 code such as CN, HK or DE.",
)
NO_PHONE: Rule = (
    422,
    "unacceptable",
    "The phone number is not a valid number of its country, or it has an extension.",
    "Enter it with its country code, as in +86 138 0013 8000, or enter its country in `region`.",
)
NO_EMAIL: Rule = (
    422,
    "unacceptable",
    "The e-mail address does not have the form name@example.com.",
    "Check the address for typing mistakes, or leave it out.",
)
POINTS: list[tuple[dict[str, Any], Rule, str, str]] = [
    ({"region": "xx", "phones": ["138 0013 8000"]}, NO_REGION, "region", "xx"),
    ({"phones": ["138 0013 8000", "12345"]}, NO_PHONE, "phones.1", "12345"),
    ({"phones": ["telephone"]}, NO_PHONE, "phones.0", "telephone"),
    ({"emails": ["a@example.com", "nowhere"]}, NO_EMAIL, "emails.1", "nowhere"),
]
REFUSED: list[tuple[str, dict[str, Any], Rule, str, str | None]] = [
    ("register-customer", {**PERSON, "customer_id": CHEN_LI}, REGISTERED, "customer_id", CHEN_LI),
    ("register-customer", {**PERSON, "kind": "company", "birthday": "2001-01-01"}, COMPANY_BORN, "birthday",
     "2001-01-01"),
    ("register-customer", {**PERSON, "birthday": TOO_LATE}, UNBORN, "birthday", TOO_LATE),
    ("register-customers", {"customers": ONE_KNOWN}, UNBORN, "customers.1.birthday", TOO_LATE),
    ("register-customers", {"customers": TWICE}, REPEATED, "customers", NEW),
    ("correct-details", {**AGAIN, "customer_id": TRADER, "birthday": "2001-01-01"}, COMPANY_BORN, "birthday",
     "2001-01-01"),
    ("correct-details", {**HIS, "birthday": TOO_LATE}, UNBORN, "birthday", TOO_LATE),
    ("correct-details", {**AGAIN, "customer_id": NOBODY}, UNKNOWN, "customer_id", NOBODY),
    ("list-importance", {**AGAIN, "customer_id": CHEN_LI, "listing": "general"}, LISTED, "listing", "general"),
    ("list-importance", {**AGAIN, "customer_id": TRADER, "listing": "black"}, LISTED, "listing", "black"),
    ("list-importance", {**AGAIN, "customer_id": NOBODY, "listing": "black"}, UNKNOWN, "customer_id", NOBODY),
    ("give-consent", {**CONSENT, "customer_id": CHEN_LI}, GIVEN, "channel", "email"),
    ("give-consent", {**CONSENT, "customer_id": NOBODY}, UNKNOWN, "customer_id", NOBODY),
    ("withdraw-consent", {**AGAIN, "customer_id": CHEN_LI, "channel": "sms"}, NOT_GIVEN, "channel", "sms"),
    ("withdraw-consent", {**AGAIN, "customer_id": ADA, "channel": "email"}, NOT_GIVEN, "channel", "email"),
    ("withdraw-consent", {**AGAIN, "customer_id": NOBODY, "channel": "email"}, UNKNOWN, "customer_id", NOBODY),
    ("record-touch", {**TOUCH, "customer_id": ADA, "touch_id": HER_TOUCH}, TOUCHED, "touch_id", HER_TOUCH),
    ("record-touch", {**TOUCH, "customer_id": NOBODY}, UNKNOWN, "customer_id", NOBODY),
    ("open-unit", {**UNIT, "code": "TIANHE"}, OPEN, "code", "TIANHE"),
    ("open-unit", {**UNIT, "parent_code": "nowhere"}, UNKNOWN, "parent_code", "nowhere"),
    ("open-unit", {**UNIT, "parent_code": "TianHe"}, TOO_LOW, "parent_code", "tianhe"),
    ("open-unit", {**UNIT, "parent_code": None}, ORPHAN, "parent_code", None),
    ("open-unit", {**UNIT, "kind": "headquarters"}, TWO_HEADS, "parent_code", "HQ"),
    ("open-unit", {**UNIT, "kind": "store"}, KINDLESS, "store_kind", None),
    ("open-unit", {**UNIT, "store_kind": "counter"}, NO_STORE, "store_kind", "counter"),
    *(("register-customer", {**PERSON, **given}, broken, field, value) for given, broken, field, value in POINTS),
    *(("correct-details", {**HIS, **given}, broken, field, value) for given, broken, field, value in POINTS),
]  # fmt: skip


def refusal_of(answer: Any) -> Any:
    """Read the status, the kind and every broken rule."""
    problem = answer.json()
    return answer.status_code, problem["type"], problem["errors"]


def refusal(broken: Rule, field: str, value: str | None) -> Any:
    """Write an error of one field."""
    status, kind, rule, hint = broken
    error = {"field": field, "value": value, "rule": rule, "hint": hint}
    return status, f"urn:crm:problem:{kind}", [error]


@pytest.mark.parametrize(("command", "body", "broken", "field", "value"), REFUSED)
def test_what_cannot_be_is_refused_with_its_rule_and_the_way_out(
    world: World, command: str, body: dict[str, Any], broken: Rule, field: str, value: str | None
) -> None:
    assert refusal_of(world.web.command(command, body)) == refusal(broken, field, value)


@pytest.mark.parametrize(("command", "body"), [("register-customer", PERSON), ("correct-details", HIS)])
def test_a_birthday_between_what_happened_and_when_we_learned_it_is_not_yet(
    world: World, command: str, body: dict[str, Any]
) -> None:
    happened, born = days_ago(10), days_ago(5).date().isoformat()

    answer = world.web.command(command, {**body, "birthday": born}, crm_occurred_at=happened.isoformat())

    assert refusal_of(answer) == refusal(UNBORN, "birthday", born)


@pytest.mark.parametrize(("path", "field"), [("/customers/{}", "customer_id"), ("/units/{}", "code")])
def test_what_is_not_there_is_not_shown(world: World, path: str, field: str) -> None:
    assert refusal_of(world.web.get(path.format(NOBODY))) == refusal(UNKNOWN, field, NOBODY)


# Which kinds of units may stand under each.
BELOW = {
    "headquarters": {"region", "distribution_centre", "branch", "office", "store"},
    "region": {"distribution_centre", "branch", "office", "store"},
    "distribution_centre": {"branch", "office", "store"},
    "branch": {"office", "store"},
    "office": {"store"},
    "store": set(),
}


def test_a_unit_stands_under_every_kind_of_a_higher_level_and_under_no_other(a_world: World) -> None:
    def answer(kind: str, code: str, parent: str | None) -> Any:
        store = {"store_kind": "street"} if kind == "store" else {}
        return a_world.web.command("open-unit", {**UNIT, **store, "kind": kind, "code": code, "parent_code": parent})

    for kind in BELOW:
        parent = None if kind == "headquarters" else "headquarters"
        assert answer(kind, kind, parent).status_code == 201

    for above, below in BELOW.items():
        answers = {kind: answer(kind, f"{above}-{kind}", above) for kind in BELOW if kind != "headquarters"}

        assert {kind for kind, each in answers.items() if each.status_code == 201} == below
        for each in (each for kind, each in answers.items() if kind not in below):
            assert refusal_of(each) == refusal(TOO_LOW, "parent_code", above)
