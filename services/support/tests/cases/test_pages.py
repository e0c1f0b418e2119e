"""Pages of cases after a month: whole bodies, in their order, page by page."""

from uuid import UUID

import pytest

from services.support.tests import story
from services.support.tests.bodies import CASES, cases_of, cases_of_desk
from services.support.tests.world import World, in_pages


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
