"""Limits of the commands about leads."""

from typing import Any

import pytest

from crm_eventlog.command import Command
from crm_sales.leads.commands import AssignLead, CaptureLead, ConvertLead
from services.sales.tests.limits import CODE, NAME, PROSE, wrong, wrong_texts
from services.sales.tests.world import MR_WU, NOBODY, yuan

LEAD = {"customer_id": MR_WU, "source": "web", "interest": "X2"}
GIVEN = {"lead_id": NOBODY, "salesperson": "li.na", "reason": "ill"}
BECAME = {"lead_id": NOBODY, "title": "X2", "expected": yuan("1")}
LEFT_OUT = {
    CaptureLead: (LEAD, {"lead_id": None, "keyword": None, "campaign_code": None, "city": None}),
    ConvertLead: (BECAME, {"opportunity_id": None, "stage": None}),
}


@pytest.mark.parametrize(
    ("command", "body", "field", "longest"),
    [
        *((CaptureLead, LEAD, field, CODE) for field in ("source", "campaign_code", "city")),
        (CaptureLead, LEAD, "keyword", NAME),
        (CaptureLead, LEAD, "interest", PROSE),
        (AssignLead, GIVEN, "salesperson", CODE),
        (AssignLead, GIVEN, "reason", PROSE),
        (ConvertLead, BECAME, "title", NAME),
        (ConvertLead, BECAME, "stage", CODE),
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
