"""Phone numbers and e-mail addresses as people write them, and as they are stored."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from crm_contacts.customers.commands import CorrectDetails, RegisterCustomer
from services.contacts.tests.requests import rejection_in


@pytest.mark.parametrize(
    ("written", "region", "kept"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("138-0013-8000", "CN", "+8613800138000"),
        ("+86 138 0013 8000", "DE", "+8613800138000"),
        ("0086 138 0013 8000", "CN", "+8613800138000"),
        ("８６13800138000", "CN", "+8613800138000"),
        ("020/8765 4321", "CN", "+862087654321"),
        ("(020) 8765-4321", "CN", "+862087654321"),
        ("+44 (0)20 7946 0958", "CN", "+442079460958"),
        ("030 901820", "de", "+4930901820"),
    ],
)
def test_a_phone_number_in_any_written_form_is_kept_as_e164(written: str, region: str, kept: str) -> None:
    assert RegisterCustomer(name="Chen", region=region, phones=(written,)).phones == (kept,)


@pytest.mark.parametrize(
    "written", ["12345", "not a number", "+86 138 0013 800", "020 8765 4321 ext. 12", "+999 1234567"]
)
def test_what_cannot_be_dialled_is_refused_by_its_place_in_the_list(written: str) -> None:
    with pytest.raises(ValidationError) as error:
        RegisterCustomer(name="Chen", phones=("13800138000", written))

    assert rejection_in(error) == (("phones", 1), "PhoneNotANumber", "phones", written)


def test_a_country_without_phones_of_its_own_is_refused() -> None:
    with pytest.raises(ValidationError) as error:
        RegisterCustomer(name="Chen", region="XX")

    assert rejection_in(error) == (("region",), "RegionUnknown", "region", "XX")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("Chen.Li@EXAMPLE.com", "Chen.Li@example.com"), (" chen@例子.广告 ", "chen@例子.广告")],
)
def test_an_email_address_is_kept_with_its_domain_in_small_letters(written: str, kept: str) -> None:
    assert CorrectDetails(customer_id=UUID(int=7), reason="Moved", emails=(written,)).emails == (kept,)


@pytest.mark.parametrize("written", ["chen", "chen@", "chen@example", "a b@example.com", "chen@[127.0.0.1]"])
def test_what_cannot_be_written_to_is_refused(written: str) -> None:
    with pytest.raises(ValidationError) as error:
        RegisterCustomer(name="Chen", emails=(written,))

    assert rejection_in(error) == (("emails", 0), "EmailNotAnAddress", "emails", written)


def test_what_is_written_twice_is_kept_once() -> None:
    phones = ("13800138000", "+86 138 0013 8000")
    emails = ("Chen@example.com", "b@example.com", "chen@EXAMPLE.COM")

    customer = RegisterCustomer(name="Chen", phones=phones, emails=emails)

    assert customer.phones == ("+8613800138000",)
    assert customer.emails == ("Chen@example.com", "b@example.com")
