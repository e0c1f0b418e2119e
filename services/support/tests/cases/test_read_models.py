"""Rows of cases: every column after every event, and the same rows in any order of the customers."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from crm_chassis.testing import database
from crm_chassis.testing.interleaving import interleavings, rows_after
from crm_events import support as events
from crm_events.event import CustomerEvent
from crm_events.values import Channel
from crm_support.cases.read_models import cases
from services.support.tests.tables import at, for_mr_wu, hour, rows

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
HERS, HIS = UUID(int=2), UUID(int=1)
OF_HERS = {"customer_id": MS_CHEN, "case_id": HERS, "kind": events.CaseKind.COMPLAINT}

ASKED = at(0, events.QuestionAsked(
    customer_id=MR_WU, case_id=HIS, channel=Channel.WEB, subject="Screen", text="Why?", order_id=UUID(int=90),
))  # fmt: skip
PRAISED = at(0, events.FeedbackGiven(
    customer_id=MR_WU, case_id=UUID(int=4), channel=Channel.MAIL, kind=events.FeedbackKind.PRAISE, subject="Ms Lin",
    text="She was kind.",
))  # fmt: skip
FILED = at(1, events.ComplaintFiled(
    customer_id=MS_CHEN, case_id=HERS, channel=Channel.CALL_CENTRE, subject="Screen", text="Nobody helps me.",
    severity=events.Severity.HIGH, order_id=UUID(int=9),
))  # fmt: skip
DAY = date(2026, 12, 3)
UNRESOLVABLE = events.CaseDeclaredUnresolvable(**OF_HERS, reason="No parts", expected_on=DAY)
REOPENED = events.CaseReopened(**OF_HERS, reason="It flickers again")
RESOLVED = events.CaseResolved(**OF_HERS, resolution="Repaired", opened_at=hour(1), waited=timedelta(days=3, hours=2))
RATED = events.ServiceRated(
    customer_id=MS_CHEN, rating_id=UUID(int=5), subject_kind=events.RatedKind.CASE, subject_id=HERS,
    expectation=4, experience=5, satisfaction=1,
)  # fmt: skip
OF_A_VISIT = RATED.model_copy(update={"subject_kind": events.RatedKind.VISIT, "satisfaction": 4})
# The steps of her case one after the other, and what changes with each in its row.
OPEN_AGAIN = {
    "state": "open",
    "settled": False,
    "reason": "It flickers again",
    "expected_on": None,
    "escalated_to": None,
}
ENDED = {
    "state": "resolved", "settled": True, "resolution": "Repaired", "waited_seconds": 266_400, "reason": None,
    "expected_on": None,
}  # fmt: skip
NO_ANSWER = {"state": "unresolvable", "reason": "No parts", "expected_on": DAY}
LIFE: tuple[tuple[CustomerEvent, dict[str, Any]], ...] = (
    (
        events.CaseAssigned(**OF_HERS, desk="complaints", assignee="lin.mei", rule="r"),
        {"desk": "complaints", "assignee": "lin.mei"},
    ),
    (
        events.CaseEscalated(**OF_HERS, to="wang.lei", by=events.EscalatedBy.HAND, reason="Urgent"),
        {"escalated_to": "wang.lei"},
    ),
    (events.CaseAssigned(**OF_HERS, desk="store", rule="r"), {"desk": "store", "assignee": None}),
    (UNRESOLVABLE, NO_ANSWER),
    (
        events.CaseAnswered(**OF_HERS, answer="Come in."),
        {"state": "answered", "answer": "Come in.", "reason": None, "expected_on": None},
    ),
    (UNRESOLVABLE, NO_ANSWER),
    (
        UNRESOLVABLE.model_copy(update={"reason": "Still none", "expected_on": None}),
        {"reason": "Still none", "expected_on": None},
    ),
    (UNRESOLVABLE, NO_ANSWER),
    (REOPENED, OPEN_AGAIN),
    (UNRESOLVABLE, NO_ANSWER),
    (
        events.CaseEscalated(**OF_HERS, to="service-supervisor", by=events.EscalatedBy.HAND, reason="Urgent"),
        {"escalated_to": "service-supervisor"},
    ),
    (RESOLVED, ENDED),
    (REOPENED, {**OPEN_AGAIN, "resolution": None, "waited_seconds": None}),
    (RESOLVED, ENDED),
)


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    """A database where three cases were opened."""
    with database(cases.cases, url=database_url) as connection:
        cases.project([ASKED, PRAISED, FILED], connection)
        yield connection


def test_an_opened_case_is_kept_with_everything_that_was_said(db: Connection) -> None:
    shared = {"state": "open", "settled": False, "desk": ""}
    of_him = {"customer_id": MR_WU, "opened_at": hour(0), "changed_at": hour(0), **shared}
    question = {"case_id": HIS, "kind": "question", "channel": "web", "subject": "Screen", **of_him}
    praise = {"case_id": UUID(int=4), "kind": "praise", "channel": "mail", "subject": "Ms Lin", **of_him}
    complaint = {
        "case_id": HERS, "customer_id": MS_CHEN, "kind": "complaint", "channel": "call_centre", "severity": "high",
        "subject": "Screen", "opened_at": hour(1), "changed_at": hour(1), **shared,
    }  # fmt: skip

    assert rows(db, cases.cases) == {
        HIS: {**question, "text": "Why?", "order_id": UUID(int=90)},
        UUID(int=4): {**praise, "text": "She was kind."},
        HERS: {**complaint, "text": "Nobody helps me.", "order_id": UUID(int=9)},
    }


def test_whatever_happens_to_a_case_changes_what_it_should_and_nothing_else(db: Connection) -> None:
    expected = rows(db, cases.cases)

    for number, (event, changes) in enumerate(LIFE, start=2):
        cases.project([at(number, event)], db)
        row = {**expected[HERS], **changes, "changed_at": hour(number)}
        expected[HERS] = {name: value for name, value in row.items() if value is not None}
        assert rows(db, cases.cases) == expected, event


def test_a_desk_sees_a_case_until_it_is_settled_and_again_when_it_is_reopened(db: Connection) -> None:
    shown = []
    for number, (event, _) in enumerate(LIFE, start=2):
        cases.project([at(number, event)], db)
        listed = {desk: cases.of_desk(db, desk, after=None, limit=9) for desk in ("store", "service-supervisor")}
        shown.append([desk for desk, found in listed.items() if [row.case_id for row in found] == [HERS]])

    assert shown == [[], [], *[["store"]] * 8, ["store", "service-supervisor"], [], ["store"], []]


def test_what_happens_to_a_case_whose_opening_is_not_known_shows_no_case(db: Connection) -> None:
    before, unknown = rows(db, cases.cases), UUID(int=77)
    late = [event.model_copy(update={"case_id": unknown, "customer_id": MR_WU}) for event, _ in LIFE]
    rated = RATED.model_copy(update={"subject_id": unknown, "customer_id": MR_WU})

    cases.project([*(at(number, event) for number, event in enumerate(late, start=2)), at(40, rated)], db)

    assert rows(db, cases.cases) == before
    assert cases.one(db, unknown) is None
    assert [row.case_id for row in cases.of_customer(db, MR_WU, after=None, limit=9)] == [UUID(int=4), HIS]
    assert cases.of_desk(db, "store", after=None, limit=9) == []


def test_grades_are_kept_with_the_case_they_are_about_and_a_visits_are_not(db: Connection) -> None:
    before = rows(db, cases.cases)

    cases.project([at(5, RATED), at(6, OF_A_VISIT)], db)

    grades = {"expectation": 4, "experience": 5, "satisfaction": 1}
    assert rows(db, cases.cases) == {**before, HERS: {**before[HERS], **grades}}


def test_what_was_opened_and_is_told_again_stays_as_it_is(db: Connection) -> None:
    cases.project([at(2, UNRESOLVABLE)], db)
    before = rows(db, cases.cases)

    cases.project([FILED, ASKED, PRAISED], db)

    assert rows(db, cases.cases) == before


def test_pages_go_on_after_the_last_row_on_every_database(db: Connection) -> None:
    # The comparison of pairs is the database's own.
    assigned = [events.CaseAssigned(**{**OF_HERS, "case_id": id}, desk="x", rule="r") for id in (HIS, HERS)]
    cases.project([at(2, event) for event in assigned], db)
    (oldest,) = cases.of_desk(db, "x", after=None, limit=1)
    (newest,) = cases.of_customer(db, MR_WU, after=None, limit=1)

    desk = cases.of_desk(db, "x", after=cases.DESK_ORDER.of(oldest), limit=5)
    his = cases.of_customer(db, MR_WU, after=cases.CUSTOMER_ORDER.of(newest), limit=5)

    assert [oldest.case_id, *(row.case_id for row in desk)] == [HIS, HERS]
    assert [newest.case_id, *(row.case_id for row in his)] == [UUID(int=4), HIS]


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_any_interleaving_of_customers_and_any_batches_give_the_same_rows(data: st.DataObject) -> None:
    # The order per customer holds on a topic; between customers and in the cut of batches there is none.
    hers = [FILED, *(at(number, event) for number, (event, _) in enumerate(LIFE, start=2)), at(40, RATED)]
    his = [for_mr_wu(event) for event in hers]
    batches = data.draw(interleavings([*hers, *his]))

    assert rows_after(cases.READ_MODEL, batches) == rows_after(cases.READ_MODEL, [hers, his])
