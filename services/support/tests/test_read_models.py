"""Rows of the read models: every column after every event, and the same rows in any order."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from crm_chassis.testing import NOON, database, heard
from crm_eventlog.envelope import CloudEvent
from crm_events import support as said
from crm_events.event import CustomerEvent
from crm_events.values import Channel
from crm_support.cases.read_models import cases_of_customer, open_cases
from crm_support.visits.read_models import visits_due

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
HERS, HIS = UUID(int=2), UUID(int=1)
OF_HERS = {"customer_id": MS_CHEN, "case_id": HERS, "kind": said.CaseKind.COMPLAINT}
VISIT = {"customer_id": MS_CHEN, "visit_id": UUID(int=3), "order_id": UUID(int=9), "rule": said.VisitRule.THREE_DAYS}
ANOTHER = {"customer_id": MR_WU, "visit_id": UUID(int=2), "order_id": UUID(int=90), "rule": said.VisitRule.THIRTY_DAYS}
MODULES = (open_cases, cases_of_customer, visits_due)
TABLES = [table for module in MODULES for table in module.READ_MODEL.tables]


def hour(number: int) -> datetime:
    return NOON + timedelta(hours=number)


def at(number: int, event: CustomerEvent) -> CloudEvent:
    """Say this event, so many hours after noon."""
    subject = getattr(event, "case_id", None) or getattr(event, "visit_id", None)
    return heard(event, time=hour(number), subject=subject or UUID(int=99), sequence=number + 1)


ASKED = at(0, said.QuestionAsked(
    customer_id=MR_WU, case_id=HIS, channel=Channel.WEB, subject="Screen", text="Why?", order_id=UUID(int=90),
))  # fmt: skip
PRAISED = at(0, said.FeedbackGiven(
    customer_id=MR_WU, case_id=UUID(int=4), channel=Channel.MAIL, kind=said.FeedbackKind.PRAISE, subject="Ms Lin",
    text="She was kind.",
))  # fmt: skip
FILED = at(1, said.ComplaintFiled(
    customer_id=MS_CHEN, case_id=HERS, channel=Channel.CALL_CENTRE, subject="Screen", text="Nobody helps me.",
    severity=said.Severity.HIGH, order_id=UUID(int=9),
))  # fmt: skip
DAY = date(2026, 12, 3)
UNRESOLVABLE = said.CaseDeclaredUnresolvable(**OF_HERS, reason="No parts", expected_on=DAY)
REOPENED = said.CaseReopened(**OF_HERS, reason="It flickers again")
RESOLVED = said.CaseResolved(**OF_HERS, resolution="Repaired", opened_at=hour(1), waited=timedelta(days=3, hours=2))
RATED = said.ServiceRated(
    customer_id=MS_CHEN, rating_id=UUID(int=5), subject_kind=said.RatedKind.CASE, subject_id=HERS,
    expectation=4, experience=5, satisfaction=1,
)  # fmt: skip
OF_A_VISIT = RATED.model_copy(update={"subject_kind": said.RatedKind.VISIT, "satisfaction": 4})
# What happens to her case one after the other, and what changes with it on her page and on the desk's.
OPEN_AGAIN = {"state": "open", "reason": "It flickers again", "expected_on": None, "escalated_to": None}
ENDED = {"state": "resolved", "resolution": "Repaired", "waited_seconds": 266_400, "reason": None, "expected_on": None}
NO_ANSWER = {"state": "unresolvable", "reason": "No parts", "expected_on": DAY}
LIFE: tuple[tuple[CustomerEvent, dict[str, Any], dict[str, Any]], ...] = (
    (
        said.CaseAssigned(**OF_HERS, desk="complaints", assignee="lin.mei", rule="r"),
        {"desk": "complaints", "assignee": "lin.mei"},
        {"desk": "complaints", "assignee": "lin.mei"},
    ),
    (
        said.CaseEscalated(**OF_HERS, to="wang.lei", by=said.EscalatedBy.HAND, reason="Urgent"),
        {"escalated_to": "wang.lei"},
        {"escalated_to": "wang.lei"},
    ),
    (said.CaseAssigned(**OF_HERS, desk="store", rule="r"), *[{"desk": "store", "assignee": None}] * 2),
    (UNRESOLVABLE, NO_ANSWER, {"state": "unresolvable"}),
    (
        said.CaseAnswered(**OF_HERS, answer="Come in."),
        {"state": "answered", "answer": "Come in.", "reason": None, "expected_on": None},
        {"state": "answered"},
    ),
    (UNRESOLVABLE, NO_ANSWER, {"state": "unresolvable"}),
    (
        UNRESOLVABLE.model_copy(update={"reason": "Still none", "expected_on": None}),
        {"reason": "Still none", "expected_on": None},
        {},
    ),
    (UNRESOLVABLE, NO_ANSWER, {}),
    (REOPENED, OPEN_AGAIN, {"state": "open", "escalated_to": None}),
    (UNRESOLVABLE, NO_ANSWER, {"state": "unresolvable"}),
    (
        said.CaseEscalated(**OF_HERS, to="service-supervisor", by=said.EscalatedBy.HAND, reason="Urgent"),
        *[{"escalated_to": "service-supervisor"}] * 2,
    ),
    (RESOLVED, ENDED, {"state": "resolved", "shown": False}),
    (
        REOPENED,
        {**OPEN_AGAIN, "resolution": None, "waited_seconds": None},
        {"state": "open", "shown": True, "escalated_to": None},
    ),
    (RESOLVED, ENDED, {"state": "resolved", "shown": False}),
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def db(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database with support's own tables, where three cases were opened and two visits fell due."""
    url = "sqlite://"
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_database")().replace("postgresql://", "postgresql+psycopg://")
    with database(*TABLES, url=url) as connection:
        due = (said.VisitFellDue(**ANOTHER, due_on=date(2026, 3, 4)), said.VisitFellDue(**VISIT, due_on=DAY))
        project(connection, [ASKED, PRAISED, FILED, *(at(3, event) for event in due)])
        yield connection


def project(db: Connection, events: Sequence[CloudEvent]) -> None:
    for module in MODULES:
        module.project(events, db)


def rows(db: Connection, table: Table) -> dict[UUID, dict[str, Any]]:
    """Read every row of a table by its case or visit, without what is empty."""
    found = [dict(row) for row in db.execute(select(table)).mappings()]
    return {
        next(iter(row.values())): {name: value for name, value in row.items() if value is not None} for row in found
    }


def test_an_opened_case_is_kept_with_everything_that_was_said(db: Connection) -> None:
    shared = {"state": "open", "desk": ""}
    of_him = {"customer_id": MR_WU, "opened_at": hour(0), **shared}
    question = {"case_id": HIS, "kind": "question", "channel": "web", "subject": "Screen", **of_him}
    praise = {"case_id": UUID(int=4), "kind": "praise", "channel": "mail", "subject": "Ms Lin", **of_him}
    complaint = {
        "case_id": HERS, "customer_id": MS_CHEN, "kind": "complaint", "channel": "call_centre", "severity": "high",
        "subject": "Screen", "opened_at": hour(1), **shared,
    }  # fmt: skip

    assert rows(db, open_cases.open_cases) == {
        case["case_id"]: {**case, "shown": True} for case in (question, praise, complaint)
    }
    assert rows(db, cases_of_customer.cases_of_customer) == {
        HIS: {**question, "text": "Why?", "order_id": UUID(int=90), "changed_at": hour(0)},
        UUID(int=4): {**praise, "text": "She was kind.", "changed_at": hour(0)},
        HERS: {**complaint, "text": "Nobody helps me.", "order_id": UUID(int=9), "changed_at": hour(1)},
    }


def test_whatever_happens_to_a_case_changes_what_it_should_and_nothing_else(db: Connection) -> None:
    tables = cases_of_customer.cases_of_customer, open_cases.open_cases
    expected = [rows(db, table) for table in tables]

    for number, (event, on_her_page, at_the_desk) in enumerate(LIFE, start=2):
        project(db, [at(number, event)])
        for kept, changes in zip(expected, ({**on_her_page, "changed_at": hour(number)}, at_the_desk), strict=True):
            row = {**kept[HERS], **changes}
            kept[HERS] = {name: value for name, value in row.items() if value is not None}
        assert [rows(db, table) for table in tables] == expected, event


def test_grades_are_kept_with_the_case_they_are_about_and_a_visits_are_not(db: Connection) -> None:
    before = rows(db, cases_of_customer.cases_of_customer)

    project(db, [at(5, RATED), at(6, OF_A_VISIT)])

    grades = {"expectation": 4, "experience": 5, "satisfaction": 1}
    assert rows(db, cases_of_customer.cases_of_customer) == {**before, HERS: {**before[HERS], **grades}}


def test_what_was_opened_and_is_told_again_stays_as_it_is(db: Connection) -> None:
    project(db, [at(2, UNRESOLVABLE)])
    before = [rows(db, table) for table in TABLES]

    project(db, [FILED, ASKED, PRAISED, at(9, said.VisitFellDue(**VISIT, due_on=date(2027, 1, 1)))])

    assert [rows(db, table) for table in TABLES] == before


@pytest.mark.parametrize(
    "end",
    [said.VisitDone(**VISIT, outcome="All is well"), said.VisitSkipped(**VISIT, reason="She moved away")],
    ids=["done", "skipped"],
)
def test_a_visit_that_is_done_or_skipped_is_no_longer_due_and_another_is(db: Connection, end: CustomerEvent) -> None:
    hers, his = {**VISIT, "rule": "three_days", "due_on": DAY}, {**ANOTHER, "due_on": date(2026, 3, 4)}
    before = visits_due.between(db, None, None, after=None, limit=10)

    project(db, [at(74, end)])

    left = visits_due.between(db, None, None, after=None, limit=10)
    assert [row._asdict() for row in before] == [his, hers]
    assert [row._asdict() for row in left] == [his]


def test_pages_go_on_after_the_last_row_on_every_database(db: Connection) -> None:
    # The comparison of pairs is the database's own.
    project(db, [at(2, said.CaseAssigned(**{**OF_HERS, "case_id": id}, desk="x", rule="r")) for id in (HIS, HERS)])
    (oldest,) = open_cases.of_desk(db, "x", after=None, limit=1)
    (newest,) = cases_of_customer.of_customer(db, MR_WU, after=None, limit=1)
    (first,) = visits_due.between(db, None, None, after=None, limit=1)

    desk = open_cases.of_desk(db, "x", after=(oldest.opened_at, oldest.case_id), limit=5)
    hers = cases_of_customer.of_customer(db, MR_WU, after=(newest.opened_at, newest.case_id), limit=5)
    visits = visits_due.between(db, None, None, after=(first.due_on, first.visit_id), limit=5)

    assert [oldest.case_id, *(row.case_id for row in desk)] == [HIS, HERS]
    assert [newest.case_id, *(row.case_id for row in hers)] == [UUID(int=4), HIS]
    assert [first.visit_id, *(row.visit_id for row in visits)] == [ANOTHER["visit_id"], VISIT["visit_id"]]


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_any_interleaving_of_customers_and_any_batches_give_the_same_rows(data: st.DataObject) -> None:
    # The order per customer holds on a topic; between customers and in the cut of batches there is none.
    due = at(1, said.VisitFellDue(**VISIT, due_on=DAY))
    hers = [FILED, due, *(at(number, event) for number, (event, *_) in enumerate(LIFE, start=2)), at(40, RATED)]
    his = [for_mr_wu(event) for event in hers]
    picks = data.draw(st.permutations([0] * len(hers) + [1] * len(his)))
    streams = (iter(hers), iter(his))
    mixed = [next(streams[pick]) for pick in picks]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(mixed) - 1))))

    batches = [mixed[start:end] for start, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]

    assert rows_after(batches) == rows_after([hers, his])


def for_mr_wu(event: CloudEvent) -> CloudEvent:
    """Let the same thing happen to another customer."""
    ids = {
        name: UUID(int=value.int + 1000)
        for name, value in event.data
        if isinstance(value, UUID) and name != "customer_id"
    }
    data = event.data.model_copy(update={**ids, "customer_id": MR_WU})
    return heard(data, time=event.time, sequence=event.sequence)


def rows_after(batches: Sequence[Sequence[CloudEvent]]) -> list[set[Any]]:
    with database(*TABLES) as connection:
        for batch in batches:
            project(connection, batch)
        return [set(connection.execute(select(table)).tuples()) for table in TABLES]
