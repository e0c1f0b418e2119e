"""Deadlines of visits at work: support's own relay, reactor and ticker on a log, and a time that the test moves."""

from datetime import timedelta
from uuid import UUID

import pytest

from crm_events.support import VisitFellDue
from services.support.tests.story import MR_WU, MS_CHEN
from services.support.tests.world import World, a_return, an_order, hours

DAY = 24
HERS, HIS = an_order(UUID(int=9), MS_CHEN), an_order(UUID(int=19), MR_WU, unit="beijing")


def due_visits(support: World) -> list[tuple[str, str, str]]:
    return [(each["customer_id"], each["rule"], each["due_on"]) for each in support.get("/visits")["items"]]


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
    assert {(event.time, event.unit) for event in support.events(VisitFellDue)} == {
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
