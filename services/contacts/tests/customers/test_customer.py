"""The customer aggregate: registration, correction and the importance list."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_contacts.customers.customer import (
    BornInTheFuture,
    CompanyGivenBirthday,
    Customer,
    CustomerAlreadyListed,
)
from crm_contacts.vocabulary import CustomerKind, ImportanceListing


def facts(customer: Customer) -> list[str]:
    return [type(fact).__name__ for fact in customer.pending_events]


def last(customer: Customer) -> dict[str, object]:
    return vars(customer.pending_events[-1])


def test_details_are_corrected_in_one_fact_however_many_fields_differ(ms_chen: Customer) -> None:
    before = ms_chen.details
    after = replace(before, name="陈莉", phones=())

    ms_chen.correct(after, reason="Misheard", at=NOON)

    assert facts(ms_chen) == ["Registered", "DetailsCorrected"]
    assert last(ms_chen).items() >= {"before": before, "after": after, "reason": "Misheard"}.items()
    assert ms_chen.details == after


def test_a_correction_that_changes_nothing_records_nothing(ms_chen: Customer) -> None:
    ms_chen.correct(replace(ms_chen.details), reason="Looked again", at=NOON)

    assert facts(ms_chen) == ["Registered"]


def test_every_customer_begins_on_the_general_list_and_is_moved_with_a_reason(ms_chen: Customer) -> None:
    ms_chen.list_as(ImportanceListing.RED, reason="Buys for a school")
    ms_chen.list_as(ImportanceListing.BLACK, reason="Did not pay")

    red, black = ms_chen.pending_events[1:]
    assert (red.before, red.listing, red.reason) == ("general", "red", "Buys for a school")
    assert (black.before, black.listing, black.reason) == ("red", "black", "Did not pay")


@pytest.mark.parametrize("listing", ImportanceListing)
def test_a_customer_is_not_put_twice_on_the_same_list(ms_chen: Customer, listing: ImportanceListing) -> None:
    if listing is not ImportanceListing.GENERAL:
        ms_chen.list_as(listing, reason="Once")

    with pytest.raises(CustomerAlreadyListed):
        ms_chen.list_as(listing, reason="Twice")


def test_a_company_has_no_birthday(a_company: Customer) -> None:
    born = replace(a_company.details, birthday=date(2001, 1, 1))

    with pytest.raises(CompanyGivenBirthday):
        a_company.correct(born, reason="Founded then", at=NOON)
    with pytest.raises(CompanyGivenBirthday):
        Customer.register(customer_id=UUID(int=9), kind=CustomerKind.COMPANY, details=born, at=NOON)


def test_nobody_is_born_tomorrow_but_a_child_may_be_born_today_anywhere_on_earth(ms_chen: Customer) -> None:
    late = NOON.replace(hour=22)
    today_in_auckland = (late + timedelta(hours=13)).date()

    ms_chen.correct(replace(ms_chen.details, birthday=today_in_auckland), reason="A newborn", at=late)

    with pytest.raises(BornInTheFuture):
        ms_chen.correct(replace(ms_chen.details, birthday=date(2026, 3, 3)), reason="A typing mistake", at=late)


def as_registered(customer: Customer) -> None:
    """Do nothing else."""


def corrected(customer: Customer) -> None:
    customer.correct(replace(customer.details, addresses=(), birthday=None), reason="Moved away", at=NOON)


def listed(customer: Customer) -> None:
    customer.list_as(ImportanceListing.RED, reason="Buys for a school")


@pytest.mark.parametrize("happens", [as_registered, corrected, listed])
def test_a_replayed_customer_equals_the_live_one(ms_chen: Customer, happens: Callable[[Customer], None]) -> None:
    happens(ms_chen)

    replayed = None
    for fact in ms_chen.collect_events():
        replayed = fact.mutate(replayed)

    assert replayed == ms_chen
