"""What the desks see of what happened."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from crm_chassis.testing import NOON, database, heard
from crm_eventlog.envelope import CloudEvent
from crm_events import support as said
from crm_events.values import Channel
from crm_support.read_models import cases_of_customer, open_cases, visits_due

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
QUESTION, COMPLAINT = UUID(int=1), UUID(int=2)
OF_THE_QUESTION = {"customer_id": MS_CHEN, "case_id": QUESTION, "kind": said.CaseKind.QUESTION}
OF_THE_COMPLAINT = {"customer_id": MS_CHEN, "case_id": COMPLAINT, "kind": said.CaseKind.COMPLAINT}
VISIT = {"visit_id": UUID(int=3), "order_id": UUID(int=9), "rule": said.VisitRule.THREE_DAYS}


def at(hours: int, event: said.CustomerEvent) -> CloudEvent:
    """This event, so many hours after noon."""
    subject = getattr(event, "case_id", None) or getattr(event, "visit_id", None)
    return heard(event, time=NOON + timedelta(hours=hours), subject=subject or UUID(int=99), sequence=hours + 1)


MODULES = (open_cases, cases_of_customer, visits_due)
TABLES = [table for module in MODULES for table in module.READ_MODEL.tables]
STORY = (
    at(0, said.QuestionAsked(
        customer_id=MS_CHEN, case_id=QUESTION, channel=Channel.WEB, subject="Screen", text="Why does it flicker?",
    )),
    at(0, said.CaseAssigned(**OF_THE_QUESTION, desk="online", rule="assignment 2026-1")),
    at(1, said.CaseDeclaredUnresolvable(
        **OF_THE_QUESTION, reason="No remedy until firmware 2.1", expected_on=date(2026, 12, 3),
    )),
    at(2, said.ComplaintFiled(
        customer_id=MS_CHEN, case_id=COMPLAINT, channel=Channel.CALL_CENTRE, subject="Screen", text="Nobody helps me.",
        severity=said.Severity.HIGH, order_id=UUID(int=9),
    )),
    at(2, said.CaseAssigned(**OF_THE_COMPLAINT, desk="complaints", assignee="lin.mei", rule="assignment 2026-1")),
    at(26, said.CaseEscalated(
        **OF_THE_COMPLAINT, to="service-supervisor", by=said.EscalatedBy.DEADLINE, reason="Not settled in time.",
    )),
    at(72, said.VisitFellDue(customer_id=MS_CHEN, **VISIT, due_on=date(2026, 3, 4))),
)  # fmt: skip
SETTLED = at(74, said.CaseResolved(
    **OF_THE_COMPLAINT, resolution="Repaired", opened_at=NOON + timedelta(hours=2), waited=timedelta(days=3),
))  # fmt: skip
REOPENED = at(80, said.CaseReopened(**OF_THE_COMPLAINT, reason="It flickers again"))
RATED = at(75, said.ServiceRated(
    customer_id=MS_CHEN, rating_id=UUID(int=5), subject_kind=said.RatedKind.CASE, subject_id=COMPLAINT,
    expectation=4, experience=5, satisfaction=1,
))  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def db(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database with support's own tables, where the story has been taken in."""
    url = "sqlite://"
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_database")().replace("postgresql://", "postgresql+psycopg://")
    with database(*TABLES, url=url) as connection:
        project(connection, STORY)
        yield connection


def project(db: Connection, events: Sequence[CloudEvent]) -> None:
    for module in MODULES:
        module.project(events, db)


def desk(db: Connection, name: str) -> list[tuple[UUID, str]]:
    return [(row.case_id, row.state) for row in open_cases.of_desk(db, name, after=None, limit=10)]


def the_case(db: Connection, case_id: UUID) -> Any:
    return cases_of_customer.one(db, case_id)


@pytest.mark.feature("P34")
def test_a_desk_sees_its_cases_until_they_are_resolved(db: Connection) -> None:
    before = desk(db, "complaints")

    project(db, [SETTLED])

    assert (before, desk(db, "complaints")) == ([(COMPLAINT, "open")], [])


def test_a_case_whose_remedy_is_awaited_stays_on_its_desk(db: Connection) -> None:
    assert desk(db, "online") == [(QUESTION, "unresolvable")]


def test_an_escalated_case_is_seen_by_its_desk_and_by_the_supervisor(db: Connection) -> None:
    assert desk(db, "service-supervisor") == desk(db, "complaints") == [(COMPLAINT, "open")]


def test_a_reopened_case_is_shown_again_and_is_no_longer_the_supervisors(db: Connection) -> None:
    project(db, [SETTLED, REOPENED])

    assert desk(db, "complaints") == [(COMPLAINT, "open")]
    assert desk(db, "service-supervisor") == []


def test_the_longest_open_case_comes_first_and_pages_go_on_after_it(db: Connection) -> None:
    project(db, [at(3, said.CaseAssigned(**OF_THE_QUESTION, desk="complaints", rule="by hand"))])

    (first,) = open_cases.of_desk(db, "complaints", after=None, limit=1)
    (second,) = open_cases.of_desk(db, "complaints", after=(first.opened_at, first.case_id), limit=5)

    assert (first.case_id, second.case_id) == (QUESTION, COMPLAINT)


@pytest.mark.feature("P28")
def test_a_customers_question_shows_the_reason_why_there_is_no_answer(db: Connection) -> None:
    question = the_case(db, QUESTION)

    assert (question.text, question.state) == ("Why does it flicker?", "unresolvable")
    assert (question.reason, question.expected_on) == ("No remedy until firmware 2.1", date(2026, 12, 3))


def test_an_answer_takes_the_place_of_the_reason(db: Connection) -> None:
    project(db, [at(90, said.CaseAnswered(**OF_THE_QUESTION, answer="Firmware 2.1 is here"))])

    question = the_case(db, QUESTION)

    assert (question.state, question.answer) == ("answered", "Firmware 2.1 is here")
    assert (question.reason, question.expected_on) == (None, None)


def test_a_settled_case_shows_its_resolution_the_wait_and_the_satisfaction(db: Connection) -> None:
    project(db, [SETTLED, RATED])

    complaint = the_case(db, COMPLAINT)

    assert (complaint.state, complaint.resolution) == ("resolved", "Repaired")
    assert complaint.waited_seconds == 3 * 86_400
    assert (complaint.expectation, complaint.experience, complaint.satisfaction) == (4, 5, 1)
    assert complaint.changed_at == SETTLED.time


def test_a_reopened_case_shows_why_and_no_resolution(db: Connection) -> None:
    project(db, [SETTLED, REOPENED])

    complaint = the_case(db, COMPLAINT)

    assert (complaint.state, complaint.reason) == ("open", "It flickers again")
    assert (complaint.resolution, complaint.waited_seconds, complaint.escalated_to) == (None, None, None)


def test_a_customer_sees_only_their_own_cases_the_newest_first(db: Connection) -> None:
    praise = said.FeedbackGiven(
        customer_id=MR_WU,
        case_id=UUID(int=4),
        channel=Channel.MAIL,
        kind=said.FeedbackKind.PRAISE,
        subject="Ms Lin",
        text="She was kind.",
    )
    project(db, [at(5, praise)])

    (newest,) = cases_of_customer.of_customer(db, MS_CHEN, after=None, limit=1)
    rest = cases_of_customer.of_customer(db, MS_CHEN, after=(newest.opened_at, newest.case_id), limit=5)

    assert [newest.case_id, *(row.case_id for row in rest)] == [COMPLAINT, QUESTION]
    assert [row.kind for row in cases_of_customer.of_customer(db, MR_WU, after=None, limit=5)] == ["praise"]


@pytest.mark.parametrize(
    ("first", "last", "seen"),
    [
        (None, date(2026, 3, 3), 0),
        (None, date(2026, 3, 4), 1),
        (date(2026, 3, 4), None, 1),
        (date(2026, 3, 5), None, 0),
        (date(2026, 3, 2), date(2026, 3, 8), 1),
    ],
)
def test_visits_are_found_by_the_day_they_fell_due(
    db: Connection, first: date | None, last: date | None, seen: int
) -> None:
    found = visits_due.between(db, first, last, after=None, limit=10)

    assert [row.visit_id for row in found] == [VISIT["visit_id"]] * seen


@pytest.mark.parametrize(
    "end",
    [
        said.VisitDone(customer_id=MS_CHEN, **VISIT, outcome="All is well"),
        said.VisitSkipped(customer_id=MS_CHEN, **VISIT, reason="She moved away"),
    ],
    ids=["done", "skipped"],
)
def test_a_visit_that_is_done_or_skipped_is_no_longer_due(db: Connection, end: said.CustomerEvent) -> None:
    another = said.VisitFellDue(
        customer_id=MR_WU,
        visit_id=UUID(int=30),
        order_id=UUID(int=90),
        rule=said.VisitRule.THIRTY_DAYS,
        due_on=date(2026, 3, 31),
    )
    project(db, [at(73, another), at(74, end)])

    left = visits_due.between(db, None, None, after=None, limit=10)

    assert [(row.visit_id, row.customer_id, row.rule) for row in left] == [(UUID(int=30), MR_WU, "thirty_days")]


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_any_interleaving_of_customers_and_any_batches_give_the_same_rows(data: st.DataObject) -> None:
    """The order per customer holds on a topic; between customers and in the cut of batches there is none."""
    hers = [*STORY, SETTLED, RATED, REOPENED]
    his = [for_mr_wu(event) for event in hers]
    picks = data.draw(st.permutations([0] * len(hers) + [1] * len(his)))
    streams = (iter(hers), iter(his))
    mixed = [next(streams[pick]) for pick in picks]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(mixed) - 1))))

    batches = [mixed[start:end] for start, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]

    assert rows_after(batches) == rows_after([hers, his])


def for_mr_wu(event: CloudEvent) -> CloudEvent:
    """The same thing, happening to another customer."""
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
