"""Errors of visits over HTTP, with the message and the hint."""

from typing import Any
from uuid import UUID

import pytest

from crm_chassis.testing import command_context
from crm_support.visits.commands import MakeVisitFallDue
from crm_support.visits.visit import VisitAlreadyFellDue
from services.support.tests.story import HIS_ORDER, MR_WU, RUDE
from services.support.tests.world import World

NOBODY = UUID(int=0xDEAD)
VISIT = MakeVisitFallDue(
    customer_id=MR_WU, order_id=HIS_ORDER, rule="three_days", due_on="2026-03-09", decided_by="visits 2026-1"
)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("do-visit", {"visit_id": NOBODY, "outcome": "Well"}),
        ("skip-visit", {"visit_id": RUDE, "reason": "Moved"}),
    ],
)
def test_what_does_not_exist_or_is_something_else_is_not_found(a_month: World, name: str, body: dict[str, Any]) -> None:
    assert a_month.refused(name, **body).status_code == 404


def test_the_clock_alone_makes_visits_fall_due(a_month: World) -> None:
    assert a_month.web.command("make-visit-fall-due", VISIT.model_dump(mode="json")).status_code == 404


def test_a_visit_falls_due_only_once(support: World) -> None:
    application = support.runtime.application
    application.execute(VISIT, command_context())

    with pytest.raises(VisitAlreadyFellDue) as refusal:
        application.execute(VISIT, command_context())

    assert (refusal.value.field, refusal.value.value) == ("order_id", HIS_ORDER)
    (visit,) = support.get("/visits")["items"]
    assert (visit["customer_id"], visit["due_on"]) == (str(MR_WU), "2026-03-09")


@pytest.mark.parametrize(
    ("path", "status", "field", "value"),
    [
        ("/visits?due_until=soon", 422, "due_until", "soon"),
        ("/visits?due_from=soon", 422, "due_from", "soon"),
        ("/visits?cursor=x", 422, "cursor", "x"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_the_field_and_a_hint(
    a_month: World, path: str, status: int, field: str, value: str
) -> None:
    answer = a_month.web.get(path)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"].split(".")[-1], error["value"]) == (status, field, value)
    assert error["hint"]
