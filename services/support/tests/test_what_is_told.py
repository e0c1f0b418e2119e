"""Events and facts of a month that no page of support shows."""

from typing import Any

from crm_chassis.testing import PARTITIONS
from crm_events import support as said
from crm_support.cases.case import Case
from crm_support.visits.visit import Visit
from services.support.tests import story
from services.support.tests.bodies import CASES
from services.support.tests.world import World

TOO_LATE = "Not settled in time. 未在时限内处理。"


def told(world: World, kind: type[Any], *names: str) -> set[tuple[Any, ...]]:
    return {tuple(getattr(event.data, name) for name in names) for event in world.told(kind)}


def test_every_assignment_names_its_rule_or_the_hand(a_month: World) -> None:
    cases = {case["case_id"]: case["desk"] for of_customer in CASES.values() for case in of_customer}

    by_rule = {(str(id), desk) for id, desk, rule in told(a_month, said.CaseAssigned, "case_id", "desk", "rule")
               if rule == "assignment 2026-1"}  # fmt: skip

    assert by_rule == {*cases.items(), (str(story.BATTERY), "hotline")} - {(str(story.BATTERY), "Tianhe workshop")}
    assert told(a_month, said.CaseAssigned, "case_id", "desk", "assignee", "rule") - {
        (event.data.case_id, event.data.desk, None, "assignment 2026-1") for event in a_month.told(said.CaseAssigned)
    } == {(story.BATTERY, "Tianhe workshop", "he.qiang", "by hand")}


def test_an_escalation_says_to_whom_why_and_whether_a_person_or_the_deadline_did_it(a_month: World) -> None:
    supervisor = ("service-supervisor", said.EscalatedBy.DEADLINE, TOO_LATE)

    assert told(a_month, said.CaseEscalated, "case_id", "kind", "to", "by", "reason") == {
        (story.COLD, said.CaseKind.COMPLAINT, "wang.lei", said.EscalatedBy.HAND, "Urgent"),
        *((id, said.CaseKind.COMPLAINT, *supervisor) for id in (story.SPARKS, story.NOBODY_HELPS, story.LOST)),
    }


def test_a_rating_says_what_was_remarked(a_month: World) -> None:
    assert told(a_month, said.ServiceRated, "customer_id", "subject_id", "satisfaction", "remark") == {
        (story.MS_CHEN, story.SPARKS, 3, "Quick"),
        (story.MR_WU, story.RUDE, -3, None),
    }


def test_a_visit_that_took_place_says_what_came_of_it_and_one_that_did_not_why(a_month: World) -> None:
    third_day = said.VisitRule.THREE_DAYS

    assert told(a_month, said.VisitDone, "order_id", "rule", "outcome") == {(story.HER_ORDER, third_day, "All is well")}
    assert told(a_month, said.VisitSkipped, "order_id", "rule", "reason") == {
        (story.LIS_ORDER, third_day, "She moved away")
    }


def test_an_escalation_and_a_visit_are_stored_with_the_rule_that_decided_them(a_month: World) -> None:
    application = a_month.runtime.application
    stored = [fact for part in range(PARTITIONS) for fact in application.store.read(part, 0, 1000)]
    facts = [application.mapper.to_domain_event(fact) for fact in stored]

    escalated = {(fact.originator_id, fact.rule) for fact in facts if isinstance(fact, Case.Escalated)}
    visits = [fact.decided_by for fact in facts if isinstance(fact, Visit.FellDue)]

    by_the_rule = {(id, "escalation 2026-1") for id in (story.SPARKS, story.NOBODY_HELPS, story.LOST)}
    assert escalated == by_the_rule | {(story.COLD, None)}
    assert visits == ["visits 2026-1"] * 7
