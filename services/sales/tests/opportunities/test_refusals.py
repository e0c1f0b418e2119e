"""Errors of opportunities over HTTP: the rule, the field and its value. None of them changes the world."""

from typing import Any

import pytest

from services.sales.tests.desk import Desk
from services.sales.tests.world import MR_WU, NOBODY, PHONE, SCREEN, yuan

SALE = {"title": "X2 phone", "expected": yuan("10")}
HIS_SALE = {"customer_id": MR_WU, **SALE}
CLOSED = (409, "opportunity-already-closed", "opportunity_id", PHONE)


@pytest.mark.parametrize(
    ("command", "body", "refusal"),
    [
        (
            "open-opportunity",
            {**HIS_SALE, "expected": {"amount": "1", "currency": "XYZ"}},
            (422, "currency-unknown", "expected.currency", "XYZ"),
        ),
        (
            "move-opportunity",
            {"opportunity_id": SCREEN, "stage": "need", "why": "again"},
            (409, "opportunity-already-in-stage", "stage", "need"),
        ),
        ("move-opportunity", {"opportunity_id": PHONE, "stage": "offer", "why": "again"}, CLOSED),
        ("lose-opportunity", {"opportunity_id": PHONE, "reason": "again"}, CLOSED),
    ],
)
def test_what_a_rule_forbids_is_refused_with_the_field_and_its_value(
    world: Desk, command: str, body: dict[str, Any], refusal: tuple[int, str, str, Any]
) -> None:
    assert world.problem_of(command, body) == refusal


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("move-opportunity", {"opportunity_id": SCREEN, "stage": "offer", "why": "asked"}),
        ("lose-opportunity", {"opportunity_id": SCREEN, "reason": "too dear"}),
    ],
)
def test_a_change_of_what_somebody_changed_meanwhile_is_refused(
    world: Desk, command: str, body: dict[str, Any]
) -> None:
    assert world.problem_of(command, body, if_match='"9"') == (412, "stale-version", "If-Match", 9)


def test_an_opportunity_that_does_not_exist_is_a_problem_not_a_failure(world: Desk) -> None:
    answer = world.client.get(f"/opportunities/{NOBODY}")

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["value"]) == (404, "opportunity_id", NOBODY)
