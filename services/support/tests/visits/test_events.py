"""Events and facts of visits in a month, which no page of support shows."""

from crm_chassis.testing import PARTITIONS
from crm_events import support as events
from crm_support.visits.visit import Visit
from services.support.tests import story
from services.support.tests.world import World


def test_a_visit_that_took_place_says_what_came_of_it_and_one_that_did_not_why(a_month: World) -> None:
    third_day = events.VisitRule.THREE_DAYS

    assert a_month.fields(events.VisitDone, "order_id", "rule", "outcome") == {
        (story.HER_ORDER, third_day, "All is well")
    }
    assert a_month.fields(events.VisitSkipped, "order_id", "rule", "reason") == {
        (story.LIS_ORDER, third_day, "She moved away")
    }


def test_a_visit_is_stored_with_the_rule_that_decided_it(a_month: World) -> None:
    application = a_month.runtime.application
    stored = [fact for part in range(PARTITIONS) for fact in application.store.read(part, 0, 1000)]
    facts = [application.mapper.to_domain_event(fact) for fact in stored]

    visits = [fact.decided_by for fact in facts if isinstance(fact, Visit.FellDue)]

    assert visits == ["visits 2026-1"] * 7
