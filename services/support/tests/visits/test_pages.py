"""Pages of due visits after a month: whole bodies, in their order, page by page."""

from uuid import UUID

import pytest

from crm_support.visits.visit import visit_id
from crm_support.vocabulary import VisitRule
from services.support.tests import story
from services.support.tests.world import World, in_pages


def visit(order_id: UUID, customer_id: UUID, rule: str, due_on: str) -> dict[str, str]:
    return {
        "visit_id": str(visit_id(order_id, VisitRule(rule))),
        "customer_id": str(customer_id),
        "order_id": str(order_id),
        "rule": rule,
        "due_on": due_on,
    }


# The day is the day in China. Hers of the third day was done, Mrs Li's skipped; what came back whole has no second.
VISITS = [
    visit(story.HIS_ORDER, story.MR_WU, "three_days", "2026-03-05"),
    visit(story.SENT_BACK, story.MS_CHEN, "three_days", "2026-03-05"),
    visit(story.HER_ORDER, story.MS_CHEN, "thirty_days", "2026-03-31"),
    visit(story.HIS_ORDER, story.MR_WU, "thirty_days", "2026-04-01"),
    visit(story.LIS_ORDER, story.MRS_LI, "thirty_days", "2026-04-01"),
]


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ("", VISITS),
        ("due_until=2026-03-04", []),
        ("due_until=2026-03-05", VISITS[:2]),
        ("due_until=2026-03-31", VISITS[:3]),
        ("due_from=2026-03-06", VISITS[2:]),
        ("due_from=2026-03-31", VISITS[2:]),
        ("due_from=2026-04-02", []),
        ("due_from=2026-03-31&due_until=2026-03-31", VISITS[2:3]),
    ],
)
def test_due_visits_are_shown_the_longest_due_first_for_the_days_asked_for(
    a_month: World, days: str, shown: list[dict[str, str]]
) -> None:
    assert a_month.pages(f"/visits?{days}", limit=2) == in_pages(shown, 2)
