"""Commands about ratings: given what was done, when a command comes, then its facts or its error."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing.scenario import Given
from crm_eventlog.command import Command
from crm_kernel import NotFound
from crm_support.cases.commands import AskQuestion
from crm_support.ratings.commands import RateService
from crm_support.ratings.rating import Rating, ServiceAlreadyRated
from crm_support.visits.commands import MakeVisitFallDue
from crm_support.visits.visit import visit_id
from crm_support.vocabulary import RatedKind, VisitRule

MS_CHEN, CASE, ORDER = UUID(int=7), UUID(int=1), UUID(int=9)
ASK = AskQuestion(case_id=CASE, customer_id=MS_CHEN, channel="web", subject="Screen", text="Why?")
FALL_DUE = MakeVisitFallDue(
    customer_id=MS_CHEN, order_id=ORDER, rule="three_days", due_on="2026-03-04", decided_by="visits 2026-1"
)
OF_A_CASE = {"subject_kind": RatedKind.CASE, "subject_id": CASE}
OF_A_VISIT = {"subject_kind": RatedKind.VISIT, "subject_id": visit_id(ORDER, VisitRule.THREE_DAYS)}


@pytest.mark.parametrize(("before", "subject"), [(ASK, OF_A_CASE), (FALL_DUE, OF_A_VISIT)], ids=["case", "visit"])
def test_a_case_or_visit_is_rated_once_for_its_customer(
    given: Callable[..., Given], before: Command, subject: dict[str, Any]
) -> None:
    rate = RateService(**subject, expectation=4, experience=5, remark="Quick")

    outcome = given(before).when(rate)

    outcome.then(Rating.Given, customer_id=MS_CHEN, **subject, satisfaction=1, remark="Quick")
    given().when(rate).then_rejected(ServiceAlreadyRated, "subject_id", subject["subject_id"])


@pytest.mark.parametrize(
    ("subject", "field"),
    [(OF_A_VISIT, "visit_id"), ({**OF_A_CASE, "subject_kind": RatedKind.VISIT}, "visit_id")],
    ids=["never fell due", "a case, not a visit"],
)
def test_what_is_not_there_to_be_rated_is_not_found(
    given: Callable[..., Given], subject: dict[str, Any], field: str
) -> None:
    rate = RateService(**subject, expectation=4, experience=5)

    given(ASK).when(rate).then_rejected(NotFound, field, subject["subject_id"])
