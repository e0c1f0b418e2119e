"""Errors of ratings over HTTP, with the message and the hint."""

from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import command_context
from crm_support.visits.commands import MakeVisitFallDue
from services.support.tests.story import HIS_ORDER, MR_WU, MS_CHEN, RUDE
from services.support.tests.world import World

QUESTION = {"customer_id": MS_CHEN, "channel": "web", "subject": "Screen", "text": "Why does it flicker?"}
NOBODY = UUID(int=0xDEAD)
VISIT = MakeVisitFallDue(
    customer_id=MR_WU, order_id=HIS_ORDER, rule="three_days", due_on="2026-03-09", decided_by="visits 2026-1"
)
GRADES = {"subject_kind": "case", "subject_id": RUDE, "expectation": 4, "experience": 2}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("rate-service", {**GRADES, "subject_id": NOBODY}),
        ("rate-service", {**GRADES, "subject_kind": "visit"}),
    ],
)
def test_what_does_not_exist_or_is_something_else_is_not_found(a_month: World, name: str, body: dict[str, Any]) -> None:
    assert a_month.refused(name, **body).status_code == 404


@pytest.mark.parametrize("kind", ["case", "visit"])
def test_a_case_or_visit_is_rated_only_once(support: World, kind: str) -> None:
    application = support.runtime.application
    visit_id = str(application.execute(VISIT, command_context()).id)
    subject_id = support.ask("ask-question", **QUESTION) if kind == "case" else visit_id
    grades = {"subject_kind": kind, "subject_id": subject_id, "expectation": 4, "experience": 2}
    support.ask("rate-service", **grades)

    again = support.refused("rate-service", **grades)

    (error,) = again.json()["errors"]
    assert (again.status_code, again.json()["type"]) == (409, "urn:crm:problem:service-already-rated")
    assert (error["field"], error["value"]) == ("subject_id", subject_id)


@pytest.mark.parametrize("field", ["expectation", "experience"])
def test_a_grade_is_one_of_five(support: World, field: str) -> None:
    cases = [support.ask("ask-question", **QUESTION) for _ in range(4)]
    grades = {"subject_kind": "case", "expectation": 3, "experience": 3}

    answers = [
        support.refused("rate-service", **{**grades, "subject_id": case_id, field: grade})
        for case_id, grade in zip(cases, (0, 1, 5, 6), strict=True)
    ]

    assert [answer.status_code for answer in answers] == [422, 201, 201, 422]
