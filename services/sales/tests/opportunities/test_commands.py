"""Limits of the commands about opportunities."""

from typing import Any

import pytest

from crm_eventlog.command import Command
from crm_sales.opportunities.commands import LoseOpportunity, MoveOpportunity, OpenOpportunity
from services.sales.tests.limits import CODE, NAME, PROSE, wrong, wrong_texts
from services.sales.tests.world import MR_WU, NOBODY, yuan

SALE = {"customer_id": MR_WU, "title": "X2", "expected": yuan("1")}
MOVE = {"opportunity_id": NOBODY, "stage": "offer", "why": "asked"}
LEFT_OUT = {
    OpenOpportunity: (SALE, {"opportunity_id": None, "stage": None, "salesperson": None, "campaign_code": None}),
}


@pytest.mark.parametrize(
    ("command", "body", "field", "longest"),
    [
        (OpenOpportunity, SALE, "title", NAME),
        *((OpenOpportunity, SALE, field, CODE) for field in ("stage", "salesperson", "campaign_code")),
        (MoveOpportunity, MOVE, "stage", CODE),
        (MoveOpportunity, MOVE, "why", PROSE),
        (LoseOpportunity, {"opportunity_id": NOBODY}, "reason", PROSE),
    ],
)
def test_a_text_has_at_least_a_letter_and_at_most_so_many(
    command: type[Command], body: dict[str, Any], field: str, longest: int
) -> None:
    assert list(wrong_texts(command, body, field, longest)) == [[], [], [field], [field], [field]]


@pytest.mark.parametrize("command", LEFT_OUT, ids=lambda command: command.__name__)
def test_what_is_left_out_of_a_command_is_left_to_us_and_nothing_unknown_is_taken(command: type[Command]) -> None:
    body, left_out = LEFT_OUT[command]

    assert command(**body).model_dump(include=set(left_out)) == left_out
    assert wrong(command, {**body, "colour": "red"}) == ["colour"]
