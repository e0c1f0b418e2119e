"""Events and facts of cases in a month, which no page of support shows."""

from crm_chassis.testing import PARTITIONS
from crm_events import support as events
from crm_support.cases.case import Case
from services.support.tests import story
from services.support.tests.bodies import CASES
from services.support.tests.world import World

TOO_LATE = "Not settled in time. 未在时限内处理。"


def test_every_assignment_names_its_rule_or_the_hand(a_month: World) -> None:
    cases = {case["case_id"]: case["desk"] for of_customer in CASES.values() for case in of_customer}

    by_rule = {(str(id), desk) for id, desk, rule in a_month.fields(events.CaseAssigned, "case_id", "desk", "rule")
               if rule == "assignment 2026-1"}  # fmt: skip

    assert by_rule == {*cases.items(), (str(story.BATTERY), "hotline")} - {(str(story.BATTERY), "Tianhe workshop")}
    assert a_month.fields(events.CaseAssigned, "case_id", "desk", "assignee", "rule") - {
        (event.data.case_id, event.data.desk, None, "assignment 2026-1")
        for event in a_month.events(events.CaseAssigned)
    } == {(story.BATTERY, "Tianhe workshop", "he.qiang", "by hand")}


def test_an_escalation_says_to_whom_why_and_whether_a_person_or_the_deadline_did_it(a_month: World) -> None:
    supervisor = ("service-supervisor", events.EscalatedBy.DEADLINE, TOO_LATE)

    assert a_month.fields(events.CaseEscalated, "case_id", "kind", "to", "by", "reason") == {
        (story.COLD, events.CaseKind.COMPLAINT, "wang.lei", events.EscalatedBy.HAND, "Urgent"),
        *((id, events.CaseKind.COMPLAINT, *supervisor) for id in (story.SPARKS, story.NOBODY_HELPS, story.LOST)),
    }


def test_an_escalation_is_stored_with_the_rule_that_decided_it(a_month: World) -> None:
    application = a_month.runtime.application
    stored = [fact for part in range(PARTITIONS) for fact in application.store.read(part, 0, 1000)]
    facts = [application.mapper.to_domain_event(fact) for fact in stored]

    escalated = {(fact.originator_id, fact.rule) for fact in facts if isinstance(fact, Case.Escalated)}

    by_the_rule = {(id, "escalation 2026-1") for id in (story.SPARKS, story.NOBODY_HELPS, story.LOST)}
    assert escalated == by_the_rule | {(story.COLD, None)}
