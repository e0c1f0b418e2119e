"""Pages of the desks after a month: whole bodies, in their order, page by page."""

from typing import Any
from uuid import UUID

import pytest

from crm_support.visits.visit import visit_id
from crm_support.vocabulary import VisitRule
from services.support.tests import story
from services.support.tests.bodies import CASES, cases_of, cases_of_desk
from services.support.tests.world import World


def in_pages(rows: list[Any], size: int) -> list[list[Any]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)] or [[]]


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


@pytest.mark.feature("P34")
@pytest.mark.parametrize(
    ("desk", "cases"),
    [
        ("online", [story.INVOICE, story.FLICKER, story.STRAP]),
        ("complaints", [story.NOBODY_HELPS, story.CRITICISM, story.COLD, story.LOST]),
        ("service-supervisor", [story.NOBODY_HELPS, story.LOST]),
        ("wang.lei", [story.COLD]),
        ("product", [story.NEED, story.SUGGESTION]),
        ("Tianhe workshop", [story.BATTERY]),
        ("hotline", []),
    ],
)
def test_a_desk_or_supervisor_sees_all_cases_that_are_not_resolved_the_oldest_first_and_no_others(
    a_month: World, desk: str, cases: list[UUID]
) -> None:
    pages = a_month.pages(f"/desks/{desk}/cases", limit=2)

    assert pages == in_pages(cases_of_desk(*cases), 2)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("customer_id", CASES)
def test_a_customers_cases_are_shown_with_everything_known_the_newest_first(
    a_month: World, customer_id: UUID, language: str
) -> None:
    pages = a_month.pages(f"/customers/{customer_id}/cases", limit=2, language=language)

    assert pages == in_pages(cases_of(customer_id, language), 2)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_case_is_shown_alone_as_among_the_others(a_month: World, language: str) -> None:
    cases = [case for customer_id in CASES for case in cases_of(customer_id, language)]

    alone = [a_month.get(f"/cases/{case['case_id']}", language=language) for case in cases]

    assert alone == cases


def test_a_customer_who_never_came_to_us_has_no_cases(a_month: World) -> None:
    assert a_month.get(f"/customers/{UUID(int=99)}/cases") == {"items": [], "next": None}


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
