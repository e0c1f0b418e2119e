"""Money is exact, and personal data is marked, listed and hidden."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_events import CustomerEvent, Language, Money, Personal, Value, field_classes, personal_fields
from crm_events.contacts import Address, CustomerKind, CustomerRegistered, DetailsCorrected
from crm_events.json_schema import event_schema
from crm_events.sales import LeadConverted, OrderPlaced
from crm_events.support import CaseAnswered
from shared.events.tests.support.masking import masked

CHEN = UUID(int=7)


class Parcel(Value):
    """A value with one personal field."""

    weight: int
    addressee: Annotated[str, Personal("identity")]


class ParcelSent(CustomerEvent):
    """An event that holds personal data inside values."""

    first: Parcel
    further: tuple[Parcel, ...] = ()
    gift: Parcel | None = None


def test_money_keeps_every_digit_it_was_given() -> None:
    price = Money(amount=Decimal("4999.00"), currency="CNY")

    travelled = Money.model_validate_json(price.model_dump_json())

    assert price.model_dump_json() == '{"amount":"4999.00","currency":"CNY"}'
    assert str(travelled.amount) == "4999.00"


def test_an_amount_is_written_without_an_exponent() -> None:
    price = Money(amount=Decimal("1E+3"), currency="CNY")

    written = price.model_dump_json()

    assert written == '{"amount":"1000","currency":"CNY"}'
    assert Money.model_validate_json(written) == price


@pytest.mark.parametrize("amount", [4999.0, True, "1e3", "\uff14\uff19", "", Decimal("NaN"), Decimal("Infinity")])
def test_money_is_never_made_of_a_float_or_of_something_inexact(amount: object) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"amount": amount, "currency": "CNY"})


@pytest.mark.parametrize("amount", ["4999.0", "4999", "null", "true"])
def test_a_number_in_json_is_no_amount(amount: str) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate_json(f'{{"amount":{amount},"currency":"CNY"}}')


@pytest.mark.parametrize("currency", ["cny", "RMB¥", "CN", "CNYX", ""])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValidationError):
        Money(amount=Decimal(1), currency=currency)


def test_personal_fields_are_listed_also_inside_values() -> None:
    assert personal_fields(CustomerRegistered) == {
        *("name", "form_of_address", "phones", "emails", "addresses", "birthday"),
    }
    assert personal_fields(DetailsCorrected) == {"before", "after", "reason"}
    assert personal_fields(ParcelSent) == {"first.addressee", "further.addressee", "gift.addressee"}
    assert personal_fields(LeadConverted) == frozenset()


def test_a_personal_field_has_its_class() -> None:
    assert field_classes(CaseAnswered) == {"answer": "note"}
    assert field_classes(OrderPlaced) == {"lines.assistant": "staff"}
    assert field_classes(CustomerRegistered)["phones"] == "contact"


def test_personal_fields_are_marked_in_the_schema_and_others_are_not() -> None:
    properties = event_schema(CustomerRegistered)["properties"]

    marked = {name: schema["x-personal"] for name, schema in properties.items() if "x-personal" in schema}

    assert marked == field_classes(CustomerRegistered)


def test_masking_hides_all_personal_data_and_nothing_else() -> None:
    home = Address(country="CN", region="广东", city="广州", street="天河路 208 号", postcode="510620")
    registered = CustomerRegistered(
        customer_id=CHEN,
        kind=CustomerKind.PERSON,
        name="陈晓雯",
        form_of_address="女士",
        phones=("+8613800138000", "+862038730000"),
        addresses=(home,),
        language=Language.ZH,
        birthday=date(1991, 5, 17),
    )

    shown = masked(registered)

    assert shown == {
        "customer_id": str(CHEN),
        "kind": "person",
        "name": "***",
        "form_of_address": "***",
        "phones": ["***", "***"],
        "emails": [],
        "addresses": [dict.fromkeys(("country", "region", "city", "street", "postcode"), "***")],
        "language": "zh",
        "birthday": "***",
    }


def test_masking_reaches_into_values_and_leaves_an_absent_one_absent() -> None:
    parcel = Parcel(weight=2, addressee="陈晓雯")
    sent = ParcelSent(customer_id=CHEN, first=parcel, further=(parcel, parcel))

    shown = masked(sent)

    hidden = {"weight": 2, "addressee": "***"}
    assert shown == {"customer_id": str(CHEN), "first": hidden, "further": [hidden, hidden], "gift": None}


def test_the_keys_of_a_correction_stay_readable_when_its_values_are_masked() -> None:
    corrected = DetailsCorrected(customer_id=CHEN, before={"name": "陈"}, after={"name": "陈晓雯"}, reason="a slip")

    shown = masked(corrected)

    assert (shown["before"], shown["after"], shown["reason"]) == ({"name": "***"}, {"name": "***"}, "***")
