"""Errors of leads over HTTP: the rule, the field and its value. None of them changes the world."""

from typing import Any

import pytest

from services.sales.tests.desk import Desk
from services.sales.tests.world import HER_LOOK, HIS_LOOK, NOBODY, yuan

THERE_IS_NONE = (404, "not-found")
SALE = {"title": "X2 phone", "expected": yuan("10")}


@pytest.mark.parametrize(
    ("command", "body", "refusal"),
    [
        ("convert-lead", {"lead_id": HER_LOOK, **SALE}, (409, "lead-already-converted", "lead_id", HER_LOOK)),
        (
            "assign-lead",
            {"lead_id": HER_LOOK, "salesperson": "li.na", "reason": "Please"},
            (409, "lead-already-converted", "lead_id", HER_LOOK),
        ),
        (
            "assign-lead",
            {"lead_id": HIS_LOOK, "salesperson": "zhou.lan", "reason": "Please"},
            (409, "lead-already-theirs", "salesperson", "zhou.lan"),
        ),
        ("convert-lead", {"lead_id": NOBODY, **SALE}, (*THERE_IS_NONE, "lead_id", NOBODY)),
        (
            "convert-lead",
            {"lead_id": HIS_LOOK, **SALE, "stage": "dreaming"},
            (422, "stage-unknown", "stage", "dreaming"),
        ),
        (
            "convert-lead",
            {"lead_id": HIS_LOOK, **SALE, "expected": yuan("1.001")},
            (422, "amount-finer-than-its-currency", "expected", "1.001 CNY"),
        ),
    ],
)
def test_what_a_rule_forbids_is_refused_with_the_field_and_its_value(
    world: Desk, command: str, body: dict[str, Any], refusal: tuple[int, str, str, Any]
) -> None:
    assert world.problem_of(command, body) == refusal


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("convert-lead", {"lead_id": HIS_LOOK, **SALE}),
        ("assign-lead", {"lead_id": HIS_LOOK, "salesperson": "li.na", "reason": "Please"}),
    ],
)
def test_a_change_of_what_somebody_changed_meanwhile_is_refused(
    world: Desk, command: str, body: dict[str, Any]
) -> None:
    assert world.problem_of(command, body, if_match='"9"') == (412, "stale-version", "If-Match", 9)


def test_a_salesperson_whose_name_is_too_long_is_a_problem_not_a_failure(world: Desk) -> None:
    answer = world.client.get(f"/salespeople/{'x' * 101}/leads")

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (422, "name")
