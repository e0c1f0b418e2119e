"""Deadlines of complaints at work: support's own relay, reactor and ticker on a log, and a time that the test moves."""

from datetime import timedelta
from typing import Any

import pytest

from crm_events.support import CaseEscalated, EscalatedBy
from services.support.tests.story import MS_CHEN
from services.support.tests.world import World, hours

DAY = 24
COMPLAINT = {
    "customer_id": MS_CHEN,
    "channel": "call_centre",
    "subject": "Screen",
    "text": "Nobody helps me.",
    "severity": "high",
}


def escalations(support: World) -> list[tuple[str, Any]]:
    return [(str(event.subject), event.time) for event in support.events(CaseEscalated)]


@pytest.mark.feature("P22")
def test_a_complaint_is_escalated_to_the_supervisor_when_its_time_is_over_and_not_before(support: World) -> None:
    complaint, another = support.ask("file-complaint", **COMPLAINT), support.ask("file-complaint", **COMPLAINT)
    support.ask("escalate-case", case_id=another, to="wang.lei", reason="Urgent")

    support.wait_until(hours(DAY) - timedelta(seconds=1))
    before = support.get("/desks/service-supervisor/cases")["items"], support.get("/desks/wang.lei/cases")["items"]
    support.ask("resolve-case", case_id=another, resolution="Repaired")
    support.wait_until(hours(3 * DAY))

    urgent, late = support.events(CaseEscalated)
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
