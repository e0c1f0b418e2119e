"""The audience as contacts and support tell it, on both databases."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from crm_events import contacts, support
from crm_events.values import Channel, ConsentChannel, Language
from crm_marketing.campaigns.read_models import audience, open_cases_of_customers
from services.marketing.tests.events import (
    COMPLAINT,
    GUANGZHOU,
    MR_WU,
    MS_CHEN,
    OF_COMPLAINT,
    PRAISE,
    QUESTION,
    REOPENED,
    RESOLVED,
    at,
    complaint,
    consent,
    registered,
    tell,
    withdrawn,
)


def names(db: Connection, **rule: Any) -> list[tuple[str, bool]]:
    """Return the names of the customers of a rule, and if they consented."""
    return [(row.name, row.consented) for row in audience.matching(db, channel="email", limit=10, **rule)]


def test_a_customer_is_known_by_the_first_address_of_each_kind(db: Connection) -> None:
    tell(db, at(0, registered(7)), at(1, consent(7)))

    known = audience.one(db, MS_CHEN, channel="email")

    assert known is not None
    assert (known.name, known.email, known.city) == ("陈7", "c7@example.com", "guangzhou")
    assert (known.importance, known.consented) == ("general", True)


def test_a_corrected_customer_is_known_by_the_correction(db: Connection) -> None:
    after = {
        "name": "陈晓雯",
        "emails": [],
        "language": "en",
        "addresses": [{**GUANGZHOU.model_dump(), "city": "北京"}],
    }
    correction = contacts.DetailsCorrected(customer_id=MS_CHEN, before={}, after=after, reason="told the clerk")
    tell(db, at(0, registered(7)), at(1, correction))

    known = audience.one(db, MS_CHEN, channel="email")

    assert known is not None
    assert (known.name, known.email, known.language, known.city) == ("陈晓雯", None, "en", "北京")


def test_a_correction_of_something_else_leaves_the_audience_as_it_was(db: Connection) -> None:
    correction = contacts.DetailsCorrected(customer_id=MS_CHEN, before={}, after={"phones": []}, reason="new phone")
    tell(db, at(0, registered(7)), at(1, correction))

    assert names(db) == [("陈7", False)]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({}, ["陈7", "陈8", "陈9"]),
        ({"languages": ["en"]}, ["陈8"]),
        ({"languages": ["en", "zh"]}, ["陈7", "陈8", "陈9"]),
        ({"importance": ["red"]}, ["陈9"]),
        ({"cities": ["GUANGZHOU", "深圳"]}, ["陈7", "陈8"]),
        ({"cities": ["北京"], "importance": ["red"]}, []),
    ],
)
def test_a_rule_restricts_only_by_what_it_names(db: Connection, rule: dict[str, Any], found: list[str]) -> None:
    red = contacts.ImportanceListing.RED
    listed = contacts.ImportanceListed(
        customer_id=UUID(int=9), listing=red, before=contacts.ImportanceListing.GENERAL, reason="key customer"
    )
    tell(db, at(0, registered(7)), at(0, registered(8, language=Language.EN)), at(0, registered(9, addresses=())))
    tell(db, at(1, listed))

    assert [name for name, _ in names(db, **rule)] == found


def test_pages_of_the_audience_go_on_after_the_last_customer(db: Connection) -> None:
    tell(db, *(at(0, registered(number)) for number in range(1, 6)))

    pages = [names(db, after=UUID(int=number) if number else None)[:2] for number in (0, 2, 4)]

    assert [[name for name, _ in page] for page in pages] == [["陈1", "陈2"], ["陈3", "陈4"], ["陈5"]]


@pytest.mark.parametrize(
    ("heard_in_order", "consented"),
    [
        ([(1, consent(7)), (2, withdrawn(7))], False),
        ([(1, withdrawn(7)), (2, consent(7))], True),
        ([(2, consent(7)), (1, withdrawn(7))], True),
        ([(2, withdrawn(7)), (1, consent(7))], False),
        ([(1, consent(7)), (2, withdrawn(7, ConsentChannel.SMS))], True),
    ],
)
def test_of_consents_the_one_that_happened_later_stands(
    db: Connection, heard_in_order: list[tuple[int, Any]], consented: bool
) -> None:
    tell(db, at(0, registered(7)), *(at(hours, event) for hours, event in heard_in_order))

    assert names(db) == [("陈7", consented)]


@pytest.mark.parametrize(
    ("happened", "is_open"),
    [
        ([complaint()], True),
        ([complaint(), support.CaseAnswered(**OF_COMPLAINT, answer="We look into it")], True),
        ([complaint(), support.CaseDeclaredUnresolvable(**OF_COMPLAINT, reason="Until firmware 2.1")], True),
        ([complaint(), RESOLVED], False),
        ([complaint(), RESOLVED, REOPENED], True),
        ([complaint(), RESOLVED, REOPENED, RESOLVED], False),
    ],
)
def test_a_complaint_is_open_until_it_is_resolved(db: Connection, happened: list[Any], is_open: bool) -> None:
    tell(db, *(at(hours, event) for hours, event in enumerate(happened)))

    assert open_cases_of_customers.complaints_of(db, [MS_CHEN]) == ({MS_CHEN: COMPLAINT} if is_open else {})


def test_neither_a_question_nor_praise_is_an_open_complaint(db: Connection) -> None:
    question = support.QuestionAsked(
        customer_id=MS_CHEN, case_id=QUESTION, channel=Channel.WEB, subject="Screen", text="Why?"
    )
    praised = support.CaseReopened(customer_id=MS_CHEN, case_id=PRAISE, kind=support.CaseKind.PRAISE, reason="more")
    tell(db, at(0, question), at(1, praised))

    shown = db.scalars(select(open_cases_of_customers.open_cases_of_customers.c.case_id)).all()

    assert open_cases_of_customers.complaints_of(db, [MS_CHEN, MR_WU]) == {}
    assert shown == [QUESTION]


def test_of_two_complaints_the_one_that_is_open_longest_is_named(db: Connection) -> None:
    tell(db, at(5, complaint(UUID(int=30))), at(2, complaint()), at(9, complaint(UUID(int=39))))

    assert open_cases_of_customers.complaints_of(db, [MS_CHEN]) == {MS_CHEN: COMPLAINT}
