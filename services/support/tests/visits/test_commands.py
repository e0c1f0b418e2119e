"""Commands about visits: given what was done, when a command comes, then its facts or its error."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from crm_chassis.testing.scenario import Given
from crm_kernel import NotFound
from crm_support.visits.commands import DoVisit, MakeVisitFallDue, SkipVisit
from crm_support.visits.visit import Visit, VisitAlreadyDone, VisitAlreadyFellDue, VisitAlreadySkipped, visit_id
from crm_support.vocabulary import VisitRule

ORDER, DAY = UUID(int=9), date(2026, 3, 4)
VISIT = visit_id(ORDER, VisitRule.THREE_DAYS)
FALL_DUE = MakeVisitFallDue(
    customer_id=UUID(int=7), order_id=ORDER, rule="three_days", due_on=DAY, decided_by="visits 2026-1"
)
DO, SKIP = DoVisit(visit_id=VISIT, outcome="All is well"), SkipVisit(visit_id=VISIT, reason="She moved away")


def test_a_visit_falls_due_with_its_day_and_the_rule_that_decided_it(given: Callable[..., Given]) -> None:
    outcome = given().when(FALL_DUE)

    outcome.then(Visit.FellDue, order_id=ORDER, rule=VisitRule.THREE_DAYS, due_on=DAY, decided_by="visits 2026-1")


def test_a_due_visit_is_done_with_its_outcome(given: Callable[..., Given]) -> None:
    given(FALL_DUE).when(DO).then(Visit.Done, order_id=ORDER, rule=VisitRule.THREE_DAYS, outcome="All is well")


def test_a_due_visit_is_skipped_with_the_reason(given: Callable[..., Given]) -> None:
    given(FALL_DUE).when(SKIP).then(Visit.Skipped, order_id=ORDER, rule=VisitRule.THREE_DAYS, reason="She moved away")


def test_a_visit_of_the_same_rule_does_not_fall_due_again(given: Callable[..., Given]) -> None:
    given(FALL_DUE).when(FALL_DUE).then_rejected(VisitAlreadyFellDue, "order_id", ORDER)


def test_a_visit_that_was_done_is_not_skipped(given: Callable[..., Given]) -> None:
    given(FALL_DUE, DO).when(SKIP).then_rejected(VisitAlreadyDone, "visit_id", VISIT)


def test_a_visit_that_was_skipped_is_not_done(given: Callable[..., Given]) -> None:
    given(FALL_DUE, SKIP).when(DO).then_rejected(VisitAlreadySkipped, "visit_id", VISIT)


def test_a_visit_that_never_fell_due_is_not_found(given: Callable[..., Given]) -> None:
    given().when(DO).then_rejected(NotFound, "visit_id", VISIT)
