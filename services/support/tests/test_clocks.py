"""The clocks at work: support's own relay, reactor and ticker on a log, and a time that the test moves."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from crm_events.support import CaseEscalated, EscalatedBy, VisitFellDue
from services.support.tests.story import MR_WU, MS_CHEN
from services.support.tests.world import World, a_return, an_order, hours

DAY = 24
COMPLAINT = {
    "customer_id": MS_CHEN,
    "channel": "call_centre",
    "subject": "Screen",
    "text": "Nobody helps me.",
    "severity": "high",
}
HERS, HIS = an_order(UUID(int=9), MS_CHEN), an_order(UUID(int=19), MR_WU, unit="beijing")


def escalations(support: World) -> list[tuple[str, Any]]:
    return [(str(event.subject), event.time) for event in support.told(CaseEscalated)]


def due_visits(support: World) -> list[tuple[str, str, str]]:
    return [(each["customer_id"], each["rule"], each["due_on"]) for each in support.get("/visits")["items"]]


@pytest.mark.feature("P22")
def test_a_complaint_is_escalated_to_the_supervisor_when_its_time_is_over_and_not_before(support: World) -> None:
    complaint, another = support.ask("file-complaint", **COMPLAINT), support.ask("file-complaint", **COMPLAINT)
    support.ask("escalate-case", case_id=another, to="wang.lei", reason="Urgent")

    support.wait_until(hours(DAY) - timedelta(seconds=1))
    before = support.get("/desks/service-supervisor/cases")["items"], support.get("/desks/wang.lei/cases")["items"]
    support.ask("resolve-case", case_id=another, resolution="Repaired")
    support.wait_until(hours(3 * DAY))

    urgent, late = support.told(CaseEscalated)
    shown = support.get("/desks/service-supervisor/cases")["items"]
    assert [[each["case_id"] for each in page] for page in before] == [[], [another]]
    assert [(each["case_id"], each["escalated_to"]) for each in shown] == [(complaint, "service-supervisor")]
    assert (late.time, late.recorded_at, late.actor) == (
        hours(DAY),
        hours(3 * DAY),
        "deadline:escalate_a_slow_complaint",
    )
    assert (urgent.data.by, late.data.by) == (EscalatedBy.HAND, EscalatedBy.DEADLINE)


def test_a_settled_complaint_is_not_escalated(support: World) -> None:
    complaint = support.ask("file-complaint", **COMPLAINT)
    support.ask("resolve-case", case_id=complaint, resolution="Repaired")

    support.wait_until(hours(3 * DAY))

    assert support.of_the_clock() == []


def test_a_complaint_whose_reason_was_told_is_not_escalated_until_it_is_reopened(support: World) -> None:
    complaint = support.ask("file-complaint", **COMPLAINT)
    support.ask("declare-case-unresolvable", case_id=complaint, reason="No remedy until firmware 2.1")
    support.wait_until(hours(3 * DAY))
    support.ask("reopen-case", case_id=complaint, reason="Firmware 2.1 did not help")

    support.wait_until(hours(5 * DAY))

    assert escalations(support) == [(complaint, hours(4 * DAY))]
    assert support.of_the_clock() == [("EscalateCase", "done")]


def test_a_reason_that_is_told_as_the_deadline_comes_keeps_the_complaint_from_the_supervisor(support: World) -> None:
    # The clock asks before the reason was heard; the case itself refuses.
    complaint = support.ask("file-complaint", **COMPLAINT)
    support.settle()
    support.now = hours(DAY)
    support.ask("declare-case-unresolvable", case_id=complaint, reason="No parts")

    support.tick()

    assert support.of_the_clock() == [("EscalateCase", "refused")]
    assert escalations(support) == []


@pytest.mark.feature("P02")
def test_the_day_after_three_days_and_after_thirty_shows_whom_to_visit_and_not_before(support: World) -> None:
    support.hear(HERS)
    support.wait_until(hours(6))
    support.hear(HIS)

    support.wait_until(hours(3 * DAY) - timedelta(seconds=1))
    before = due_visits(support)
    support.wait_until(hours(3 * DAY))
    third_day = due_visits(support)
    support.wait_until(hours(30 * DAY + 6))

    hers, his = (str(MS_CHEN), "three_days", "2026-03-04"), (str(MR_WU), "three_days", "2026-03-05")
    later = (str(MS_CHEN), "thirty_days", "2026-03-31"), (str(MR_WU), "thirty_days", "2026-04-01")
    assert (before, third_day) == ([], [hers])
    assert due_visits(support) == [hers, his, *later]
    assert {(event.time, event.unit) for event in support.told(VisitFellDue)} == {
        (hours(3 * DAY), "tianhe"),
        (hours(30 * DAY), "tianhe"),
        (hours(3 * DAY + 6), "beijing"),
        (hours(30 * DAY + 6), "beijing"),
    }


def test_an_order_that_came_back_whole_is_visited_no_more_and_one_in_part_is(support: World) -> None:
    support.hear(HERS)
    support.hear(HIS)
    support.wait_until(hours(4 * DAY))
    support.hear(a_return(HERS, whole=True))
    support.hear(a_return(HIS, whole=False))

    support.wait_until(hours(40 * DAY))

    assert sorted(due_visits(support)) == [
        (str(MS_CHEN), "three_days", "2026-03-04"),
        (str(MR_WU), "thirty_days", "2026-03-31"),
        (str(MR_WU), "three_days", "2026-03-04"),
    ]


def test_in_a_month_the_clock_asks_for_three_escalations_and_seven_visits_and_is_refused_nothing(
    a_month: World,
) -> None:
    asked = a_month.of_the_clock()

    assert sorted(asked) == [("EscalateCase", "done")] * 3 + [("MakeVisitFallDue", "done")] * 7
