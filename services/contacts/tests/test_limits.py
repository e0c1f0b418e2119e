"""Limits of commands and queries, from the shortest to the longest, and one beyond each."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import Client, client
from crm_contacts.service import SERVICE
from services.contacts.tests.requests import asked, shown

CUSTOMER = {"customer_id": str(UUID(int=1))}
PLACE = {"city": "广州"}
BODIES: dict[str, dict[str, Any]] = {
    "register-customer": {"name": "陈丽", "addresses": [PLACE]},
    "correct-details": {**CUSTOMER, "reason": "By phone", "addresses": [PLACE]},
    "record-touch": {**CUSTOMER, "channel": "web", "place": "shop", "direction": "in", "subject": "A question"},
    "give-consent": {**CUSTOMER, "channel": "email", "text_shown": "May we?", "language": "en"},
    "withdraw-consent": {**CUSTOMER, "channel": "email", "reason": "No more"},
    "list-importance": {**CUSTOMER, "listing": "red", "reason": "Buys much"},
    "open-unit": {"code": "hq", "name": {"en": "HQ", "zh": "总部"}, "kind": "headquarters", "city": "广州"},
}
# Command, field, the fewest letters (0: it may be empty), the most.
TEXTS = [
    ("register-customer", "name", 1, 200),
    ("register-customer", "form_of_address", 0, 100),
    ("register-customer", "addresses.0.region", 0, 100),
    ("register-customer", "addresses.0.city", 1, 100),
    ("register-customer", "addresses.0.street", 0, 200),
    ("register-customer", "addresses.0.postcode", 0, 20),
    ("correct-details", "reason", 1, 200),
    ("correct-details", "name", 1, 200),
    ("correct-details", "form_of_address", 0, 100),
    ("record-touch", "place", 1, 200),
    ("record-touch", "subject", 1, 200),
    ("record-touch", "learned", 1, 4000),
    ("give-consent", "text_shown", 1, 4000),
    ("withdraw-consent", "reason", 1, 200),
    ("list-importance", "reason", 1, 200),
    ("open-unit", "code", 1, 50),
    ("open-unit", "name.en", 1, 100),
    ("open-unit", "name.zh", 1, 100),
    ("open-unit", "city", 1, 200),
]
SHORT, LONG = "String should have at least {} characters.", "String should have at most {} characters."
NO_NUMBER = "The phone number is not a valid number of its country, or it has an extension."
NO_ADDRESS = "The e-mail address does not have the form name@example.com."


def with_value(command: str, field: str, value: Any) -> dict[str, Any]:
    """Write the command with this value in one place."""
    body: Any = deepcopy(BODIES[command])
    at: Any = body
    *way, last = field.split(".")
    for step in way:
        at = at[int(step)] if step.isdecimal() else at[step]
    at[last] = value
    return dict(body)


def refused_fields(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Yield contacts with one registered customer."""
    with client(SERVICE, tmp_path_factory.mktemp("limits")) as contacts:
        asked(contacts, "register-customer", {**CUSTOMER, "name": "陈丽"})
        yield contacts


@pytest.mark.parametrize(("command", "field", "fewest", "most"), TEXTS)
def test_a_text_is_neither_too_short_nor_too_long(
    known: Client, command: str, field: str, fewest: int, most: int
) -> None:
    def answers(length: int) -> Any:
        return known.command(command, with_value(command, field, "x" * length))

    fitting = [answers(fewest), answers(most)]

    assert [answer.status_code for answer in fitting if answer.status_code == 422] == []
    assert refused_fields(answers(most + 1)) == [field]
    if fewest:
        assert refused_fields(answers(fewest - 1)) == [field]


@pytest.mark.parametrize(
    ("field", "one", "most"),
    [
        ("phones", "138001380{:02}", 10),
        ("emails", "a{}@example.com", 10),
        ("addresses", PLACE, 10),
    ],
)
def test_so_many_contact_points_and_no_more(known: Client, field: str, one: Any, most: int) -> None:
    def answer(many: int) -> Any:
        points = [one.format(number) if isinstance(one, str) else one for number in range(many)]
        return known.command("register-customer", with_value("register-customer", field, points))

    assert answer(most).status_code == 201
    assert refused_fields(answer(most + 1)) == [field]


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("phones", ["12"], SHORT.format(3)),
        ("phones", ["0" * 41], LONG.format(40)),
        ("phones", ["123"], NO_NUMBER),
        ("phones", ["0" * 40], NO_NUMBER),
        ("phones", ["010 6552 9988 ext. 3"], NO_NUMBER),
        ("phones", ["telephone"], NO_NUMBER),
        ("emails", ["ab"], SHORT.format(3)),
        ("emails", ["a@b"], NO_ADDRESS),
        ("emails", ["a" * 255], LONG.format(254)),
        ("emails", ["a" * 254], NO_ADDRESS),
        ("region", "C", SHORT.format(2)),
        ("region", "CHN", LONG.format(2)),
        ("region", "xx", "The region is not a country or territory with its own phone numbers."),
        ("birthday", "1849-12-31", "Input should be greater than or equal to 1850-01-01."),
        ("addresses.0.country", "CHN", "String should match pattern '^[A-Za-z]{2}$'."),
        ("addresses.0.planet", "Earth", "Extra inputs are not permitted."),
    ],
)
@pytest.mark.parametrize("command", ["register-customer", "correct-details"])
def test_details_that_cannot_be_are_refused_by_their_own_rule(
    known: Client, command: str, field: str, value: Any, rule: str
) -> None:
    answer = known.command(command, with_value(command, field, value))

    place, wrong = (f"{field}.0", value[0]) if isinstance(value, list) else (field, value)
    assert refused_fields(answer) == [place]
    [error] = answer.json()["errors"]
    assert (error["value"], error["rule"]) == (wrong[:100], rule)


def test_what_is_left_out_has_the_value_of_home(known: Client) -> None:
    customer_id = asked(known, "register-customer", {"name": "  x  ", "addresses": [{"city": " 广州 "}]})["id"]
    [address] = shown(known, f"/customers/{customer_id}")["addresses"]

    assert shown(known, f"/customers/{customer_id}")["name"] == "x"
    assert address == {"country": "CN", "region": "", "city": "广州", "street": "", "postcode": ""}


def test_the_earliest_birthday_and_a_country_in_small_letters_are_taken(known: Client) -> None:
    born = {"birthday": "1850-01-01", "addresses": [{**PLACE, "country": "de"}]}
    customer_id = asked(known, "register-customer", {"name": "Eldest", **born})["id"]

    card = shown(known, f"/customers/{customer_id}")

    assert (card["birthday"], card["addresses"][0]["country"]) == ("1850-01-01", "DE")


@pytest.mark.parametrize("rows", [0, 501])
def test_a_batch_has_one_to_five_hundred_rows(known: Client, rows: int) -> None:
    def answer(many: int) -> Any:
        batch = [{"customer_id": str(UUID(int=1000 + number)), "name": "x"} for number in range(many)]
        return known.command("register-customers", {"customers": batch})

    assert refused_fields(answer(rows)) == ["customers"]
    assert answer(min(max(rows, 1), 500)).status_code == 201


def test_a_customer_of_a_batch_is_named_once(known: Client) -> None:
    twice = [{"customer_id": str(UUID(int=number)), "name": "x"} for number in (71, 72, 71)]

    answer = known.command("register-customers", {"customers": twice})

    assert refused_fields(answer) == ["customers"]
    [error] = answer.json()["errors"]
    assert (error["value"], error["rule"]) == (str(UUID(int=71)), "Two rows of the batch have the same customer_id.")


@pytest.mark.parametrize(
    ("path", "name", "most"), [("/customers", "q", 200), ("/customers", "area", 100), ("/units", "city", 200),
                               ("/units", "under", 50), ("/units", "parent", 50)],
)  # fmt: skip
def test_a_question_is_so_long_and_no_longer(known: Client, path: str, name: str, most: int) -> None:
    assert known.get(path, params={name: "x" * most}).status_code == 200
    assert refused_fields(known.get(path, params={name: "x" * (most + 1)})) == [name]


def test_ids_and_codes_that_are_asked_for_are_bounded(known: Client) -> None:
    assert refused_fields(known.get("/customers/by-ids")) == ["id"]
    assert known.get("/customers/by-ids", params={"id": [str(UUID(int=1))]}).status_code == 200
    assert known.get(f"/units/{'y' * 50}").status_code == 404
    assert refused_fields(known.get(f"/units/{'x' * 51}")) == ["code"]
