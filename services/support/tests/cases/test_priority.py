"""The priority of a case: who may set it, what is recorded, and how its desk sees it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing.scenario import Given
from crm_support.cases.case import Case
from crm_support.cases.commands import AskQuestion, ResolveCase, SetCasePriority
from crm_support.cases.errors import CaseAlreadyResolved
from services.support.tests.world import World, hours

CASE = UUID(int=1)
QUESTION = AskQuestion(case_id=CASE, customer_id=UUID(int=7), channel="web", subject="Screen", text="Why?")
URGENT = SetCasePriority(case_id=CASE, priority="urgent", reason="Wheelchair user")


def test_a_priority_is_recorded_with_its_reason(given: Callable[..., Given]) -> None:
    given(QUESTION).when(URGENT).then(Case.Prioritised, kind="question", priority="urgent", reason="Wheelchair user")


def test_what_is_known_already_is_not_recorded_again_but_another_reason_is(given: Callable[..., Given]) -> None:
    given(QUESTION, URGENT).when(URGENT).then()
    given().when(URGENT.model_copy(update={"reason": "Flies tomorrow"})).then(Case.Prioritised, reason="Flies tomorrow")
    given().when(SetCasePriority(case_id=CASE, priority="low", reason="Flies tomorrow")).then(
        Case.Prioritised, priority="low"
    )


def test_a_resolved_case_has_no_priority_to_set(given: Callable[..., Given]) -> None:
    resolved = given(QUESTION, ResolveCase(case_id=CASE, resolution="Repaired"))

    resolved.when(URGENT).then_rejected(CaseAlreadyResolved, "case_id", CASE)


@pytest.fixture
def five_questions(support: World) -> World:
    """Five questions, an hour apart; the fourth became urgent, the second too, the first can wait."""
    asked = [
        support.ask(
            *("ask-question",),
            case_id=UUID(int=n),
            customer_id=UUID(int=n),
            channel="web",
            subject=f"{n}",
            text="Why?",
            occurred=hours(n - 6),
        )
        for n in range(1, 6)
    ]
    for number, priority in ((4, "urgent"), (2, "low"), (2, "urgent"), (1, "low")):
        support.ask("set-case-priority", case_id=asked[number - 1], priority=priority, reason="Seen")
    return support


def subjects(items: list[Any]) -> list[tuple[str, str]]:
    return [(item["subject"], item["priority"]) for item in items]


def test_a_desk_sees_urgent_cases_first_and_of_those_the_oldest_page_by_page(five_questions: World) -> None:
    pages = five_questions.pages("/desks/online/cases", limit=2)

    assert [subjects(page) for page in pages] == [
        [("2", "urgent"), ("4", "urgent")],
        [("3", "normal"), ("5", "normal")],
        [("1", "low")],
    ]


def test_who_answers_the_customer_sees_the_priority_and_the_history_tells_who_set_it(five_questions: World) -> None:
    fourth = UUID(int=4)

    assert five_questions.get(f"/cases/{fourth}")["priority"] == "urgent"
    told = five_questions.get(f"/customers/{fourth}/history", language="zh")["items"][0]
    assert "将咨询的优先级设为紧急，原因：“Seen”" in told["sentence"]
