"""A history is read newest first, a page at a time, and as it was or was known at any moment."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Connection, event

from crm_events import Channel
from crm_history import AsOf, Wanted, page
from crm_history.cursor import HistoryCursorUnreadable, cursor_after
from shared.history.tests.telling import (
    CHEN,
    NOON,
    ORDER,
    WANG,
    asked,
    bought,
    earned,
    hours,
    process_batch,
    told,
    touched,
)


def kinds(db: Connection, wanted: Wanted | None = None, as_of: AsOf | None = None) -> list[str]:
    """Return the kinds of Ms Chen's events, oldest first."""
    found = page(db, CHEN, wanted or Wanted(), as_of=as_of or AsOf(), limit=200)
    return [row.kind for row in reversed(found.rows)]


def all_pages(db: Connection, limit: int) -> list[UUID]:
    """Event ids of all pages, one page after the other."""
    found = page(db, CHEN, limit=limit)
    ids = [row.event_id for row in found.rows]
    while found.next and len(ids) < 100:
        found = page(db, CHEN, cursor=found.next, limit=limit)
        ids += [row.event_id for row in found.rows]
    return ids


def test_what_happened_last_stands_first_whenever_it_was_told(the_history_of_ms_chen: Connection) -> None:
    assert kinds(the_history_of_ms_chen) == [
        "message",
        "lead",
        "touch",
        "message",
        "order",
        "points",
        "question",
        "question",
        "complaint",
        "complaint",
        "points",
        "complaint",
    ]


def test_what_happened_at_one_moment_is_told_by_source_stream_and_version(history: Connection) -> None:
    first, second = UUID(int=1), UUID(int=2)
    in_order = [
        told(earned()),
        told(touched(Channel.WEB), stream=second, version=9),
        told(asked(), stream=first, version=2),
        told(asked(), stream=first, version=10),
        told(asked(), stream=second, version=1),
    ]
    in_order.sort(key=lambda one: one.event.order_key)

    process_batch(history, *reversed(in_order))

    expected = [one.event.id for one in reversed(in_order)]
    assert [row.event_id for row in page(history, CHEN).rows] == expected
    assert all_pages(history, 1) == expected


@pytest.mark.parametrize("limit", [1, 2, 5, 11, 12, 13])
def test_pages_are_the_whole_history_cut_into_pieces(the_history_of_ms_chen: Connection, limit: int) -> None:
    whole = [row.event_id for row in page(the_history_of_ms_chen, CHEN, limit=200).rows]

    assert all_pages(the_history_of_ms_chen, limit) == whole


def test_the_last_page_has_no_cursor(the_history_of_ms_chen: Connection) -> None:
    assert page(the_history_of_ms_chen, CHEN, limit=12).next is None
    assert page(the_history_of_ms_chen, CHEN, limit=11).next is not None


def test_what_arrives_while_pages_are_turned_shifts_nothing(the_history_of_ms_chen: Connection) -> None:
    first = page(the_history_of_ms_chen, CHEN, limit=4)
    expected = [row.event_id for row in page(the_history_of_ms_chen, CHEN, cursor=first.next, limit=4).rows]

    process_batch(the_history_of_ms_chen, told(touched(Channel.STORE), NOON + hours(99)))

    second = page(the_history_of_ms_chen, CHEN, cursor=first.next, limit=4)
    assert [row.event_id for row in second.rows] == expected


def test_a_customer_nobody_told_us_about_has_an_empty_history(the_history_of_ms_chen: Connection) -> None:
    found = page(the_history_of_ms_chen, UUID(int=12345))

    assert (list(found.rows), found.next) == ([], None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(source="sales"), ["lead", "order"]),
        (Wanted(channel="call_centre"), ["touch", "complaint"]),
        (Wanted(kind="question"), ["question", "question"]),
        (Wanted(since=NOON + hours(6), until=NOON + hours(8)), ["question", "question"]),
        (Wanted(source="support", kind="complaint", until=NOON + hours(9)), ["complaint"]),
        (Wanted(source="nobody"), []),
    ],
)
def test_a_filter_leaves_what_it_names(the_history_of_ms_chen: Connection, wanted: Wanted, expected: list[str]) -> None:
    assert kinds(the_history_of_ms_chen, wanted) == expected


def test_salespeople_see_the_whole_service_history(the_history_of_ms_chen: Connection) -> None:
    found = page(the_history_of_ms_chen, CHEN, Wanted(source="support")).rows

    assert [row.type.split(".")[2] for row in found] == [
        "CaseResolved",
        "CaseEscalated",
        "ComplaintFiled",
        "CaseDeclaredUnresolvable",
        "QuestionAsked",
    ]


def test_as_it_was_leaves_out_what_had_not_happened(the_history_of_ms_chen: Connection) -> None:
    by_the_question = AsOf(occurred_by=NOON + hours(6))

    assert kinds(the_history_of_ms_chen, as_of=by_the_question)[-2:] == ["points", "question"]


def test_a_late_fact_is_where_it_happened_but_was_not_known_then(the_history_of_ms_chen: Connection) -> None:
    happened = {"kind": "message", "since": NOON + hours(2)}

    was = kinds(the_history_of_ms_chen, Wanted(**happened), AsOf(occurred_by=NOON + hours(4)))
    was_known = kinds(the_history_of_ms_chen, Wanted(**happened), AsOf(recorded_by=NOON + hours(49)))
    is_known = kinds(the_history_of_ms_chen, Wanted(**happened), AsOf(recorded_by=NOON + hours(50)))

    assert (was, was_known, is_known) == (["message"], [], ["message"])


def test_an_event_leads_to_its_cause_across_departments(the_history_of_ms_chen: Connection) -> None:
    found = page(the_history_of_ms_chen, CHEN)
    caused = next(row for row in found.rows if row.type == "crm.loyalty.PointsEarned.v1" and row.causation_id)
    order = next(row for row in found.rows if row.type == "crm.sales.OrderPlaced.v1")

    assert found.causes == {order.event_id}
    assert caused.causation_id == str(order.event_id)


def test_two_visits_keep_their_own_thread(history: Connection) -> None:
    order = told(bought(), correlation_id="a-visit-on-friday")
    points = told(earned(), NOON + hours(1), cause=order.event.id, correlation_id="a-visit-on-friday")
    later = told(earned(200), NOON + hours(2), correlation_id="a-repair-on-monday")

    process_batch(history, later, points, order)

    threads = [row.correlation_id for row in page(history, CHEN).rows]
    assert threads == ["a-repair-on-monday", "a-visit-on-friday", "a-visit-on-friday"]


@pytest.mark.parametrize("cause", [UUID(int=404), "a-command", ORDER.hex])
def test_a_cause_that_is_not_in_this_history_is_no_link(history: Connection, cause: UUID | str) -> None:
    others = told(bought(by=WANG))

    process_batch(history, others, told(earned(), cause=cause), told(earned(2), cause=others.event.id))

    assert page(history, CHEN).causes == frozenset()


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGpzb24", "W10", "WyIyMDI2LTExLTIwIiwiYSIsIjEiLDFd", "é"])
def test_a_cursor_that_is_not_ours_is_refused(history: Connection, cursor: str) -> None:
    with pytest.raises(HistoryCursorUnreadable):
        page(history, CHEN, cursor=cursor)


@pytest.mark.needs_postgres
@pytest.mark.parametrize("wanted", [Wanted(kind="nothing"), Wanted(channel="nowhere"), Wanted(source="nobody")])
def test_rows_that_a_filter_leaves_out_are_not_looked_at(
    history_on: Callable[[str], Connection], wanted: Wanted
) -> None:
    history = history_on("postgresql")
    asked_for: list[tuple[str, tuple[object, ...]]] = []
    event.listen(history, "before_cursor_execute", lambda *call: asked_for.append((call[2], call[3])))

    page(history, CHEN, wanted, as_of=AsOf(occurred_by=NOON, recorded_by=NOON))

    statement, parameters = asked_for[0]
    history.exec_driver_sql("SET LOCAL enable_seqscan = off")
    history.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    history.exec_driver_sql("SET LOCAL enable_sort = off")
    plan = "\n".join(history.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())
    assert "Index Scan Backward using customer_history_order" in plan
    assert "Filter:" not in plan


@pytest.mark.parametrize(
    "wanted", [Wanted(), Wanted(kind="nothing"), Wanted(channel="nowhere"), Wanted(source="nobody", until=NOON)]
)
def test_a_page_is_found_by_the_index_and_never_sorted(history_on: Callable[[str], Connection], wanted: Wanted) -> None:
    history = history_on("sqlite")
    process_batch(history, told(asked()))
    asked_for: list[tuple[str, tuple[object, ...]]] = []
    event.listen(history, "before_cursor_execute", lambda *call: asked_for.append((call[2], call[3])))

    first = page(history, CHEN)
    page(history, CHEN, wanted, as_of=AsOf(recorded_by=NOON), cursor=cursor_after(first.rows[0]))

    for statement, parameters in asked_for.copy():
        plan = [row[-1] for row in history.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        assert "USING INDEX customer_history_order (customer_id=?" in plan[0]
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan
