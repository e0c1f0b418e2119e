"""Which salesperson the rule chooses."""

from uuid import UUID

import pytest

from crm_sales.domain.assignment import ASSIGNMENT, AssignmentLine, AssignmentRule, LeadSigns

RULE = AssignmentRule(
    version="7",
    lines=(
        AssignmentLine(name="phones_here", keyword="手机", city="guangzhou", salespeople=("a",)),
        AssignmentLine(name="by_keyword", keyword="手机", salespeople=("b",)),
        AssignmentLine(name="by_unit", unit="tianhe", salespeople=("c",)),
        AssignmentLine(name="by_source", source="web", salespeople=("d",)),
    ),
    otherwise=AssignmentLine(name="in_turn", salespeople=("x", "y", "z")),
)


@pytest.mark.parametrize(
    ("signs", "chosen"),
    [
        (LeadSigns(source="web", keyword="X2 手机", city="Guangzhou", unit="tianhe"), ("a", "phones_here/7")),
        (LeadSigns(source="web", keyword="X2 手机", city="Shenzhen", unit="tianhe"), ("b", "by_keyword/7")),
        (LeadSigns(source="web", city="Guangzhou", unit="TianHe"), ("c", "by_unit/7")),
        (LeadSigns(source="WEB"), ("d", "by_source/7")),
        (LeadSigns(source="fair"), ("x", "in_turn/7")),
    ],
)
def test_the_first_line_whose_signs_all_fit_chooses(signs: LeadSigns, chosen: tuple[str, str]) -> None:
    assert RULE.salesperson_for(UUID(int=3), signs) == chosen


def test_salespeople_of_one_line_take_turns_and_the_same_lead_always_finds_the_same_one() -> None:
    signs = LeadSigns(source="fair")

    turns = [RULE.salesperson_for(UUID(int=number), signs)[0] for number in (1, 2, 3, 4, 1)]

    assert turns == ["y", "z", "x", "y", "y"]


def test_every_line_of_the_rule_in_force_names_somebody() -> None:
    lines = (*ASSIGNMENT.lines, ASSIGNMENT.otherwise)

    assert all(line.salespeople and all(line.salespeople) for line in lines)
