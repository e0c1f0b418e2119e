"""Rows of due visits, and the same rows in any order of the customers."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from crm_chassis.testing import database
from crm_chassis.testing.interleaving import interleavings, rows_after
from crm_events import support as events
from crm_events.event import CustomerEvent
from crm_support.visits.read_models import visits_due
from services.support.tests.tables import at, for_mr_wu, rows

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
VISIT = {"customer_id": MS_CHEN, "visit_id": UUID(int=3), "order_id": UUID(int=9), "rule": events.VisitRule.THREE_DAYS}
ANOTHER = {
    "customer_id": MR_WU,
    "visit_id": UUID(int=2),
    "order_id": UUID(int=90),
    "rule": events.VisitRule.THIRTY_DAYS,
}
DAY = date(2026, 12, 3)


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    """A database where two visits fell due."""
    with database(visits_due.visits_due, url=database_url) as connection:
        due = (events.VisitFellDue(**ANOTHER, due_on=date(2026, 3, 4)), events.VisitFellDue(**VISIT, due_on=DAY))
        visits_due.project([at(3, event) for event in due], connection)
        yield connection


def test_a_visit_that_fell_due_and_is_told_again_stays_as_it_is(db: Connection) -> None:
    before = rows(db, visits_due.visits_due)

    visits_due.project([at(9, events.VisitFellDue(**VISIT, due_on=date(2027, 1, 1)))], db)

    assert rows(db, visits_due.visits_due) == before


@pytest.mark.parametrize(
    "end",
    [events.VisitDone(**VISIT, outcome="All is well"), events.VisitSkipped(**VISIT, reason="She moved away")],
    ids=["done", "skipped"],
)
def test_a_visit_that_is_done_or_skipped_is_no_longer_due_and_another_is(db: Connection, end: CustomerEvent) -> None:
    hers, his = {**VISIT, "rule": "three_days", "due_on": DAY}, {**ANOTHER, "due_on": date(2026, 3, 4)}
    before = visits_due.between(db, None, None, after=None, limit=10)

    visits_due.project([at(74, end)], db)

    left = visits_due.between(db, None, None, after=None, limit=10)
    assert [row._asdict() for row in before] == [his, hers]
    assert [row._asdict() for row in left] == [his]


def test_pages_go_on_after_the_last_row_on_every_database(db: Connection) -> None:
    # The comparison of pairs is the database's own.
    (first,) = visits_due.between(db, None, None, after=None, limit=1)

    visits = visits_due.between(db, None, None, after=(first.due_on, first.visit_id), limit=5)

    assert [first.visit_id, *(row.visit_id for row in visits)] == [ANOTHER["visit_id"], VISIT["visit_id"]]


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_any_interleaving_of_customers_and_any_batches_give_the_same_rows(data: st.DataObject) -> None:
    # The order per customer holds on a topic; between customers and in the cut of batches there is none.
    of_another_order = {**VISIT, "visit_id": UUID(int=4), "order_id": UUID(int=10)}
    hers = [
        at(1, events.VisitFellDue(**VISIT, due_on=DAY)),
        at(2, events.VisitFellDue(**of_another_order, due_on=DAY)),
        at(3, events.VisitDone(**VISIT, outcome="All is well")),
    ]
    his = [for_mr_wu(event) for event in hers]
    batches = data.draw(interleavings([*hers, *his]))

    assert rows_after(visits_due.READ_MODEL, batches) == rows_after(visits_due.READ_MODEL, [hers, his])
