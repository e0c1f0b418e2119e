"""The salesperson that the rule chooses for a lead."""

from uuid import UUID

import pytest

from crm_sales.leads.rules import ASSIGNMENT, AssignmentLine, AssignmentRule, LeadAttributes

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
    ("attributes", "chosen"),
    [
        (LeadAttributes(source="web", keyword="X2 手机", city="Guangzhou", unit="tianhe"), ("a", "phones_here/7")),
        (LeadAttributes(source="web", keyword="X2 手机", city="Shenzhen", unit="tianhe"), ("b", "by_keyword/7")),
        (LeadAttributes(source="web", city="Guangzhou", unit="TianHe"), ("c", "by_unit/7")),
        (LeadAttributes(source="WEB"), ("d", "by_source/7")),
        (LeadAttributes(source="fair"), ("x", "in_turn/7")),
    ],
)
def test_the_first_line_whose_attributes_all_fit_chooses(attributes: LeadAttributes, chosen: tuple[str, str]) -> None:
    assert RULE.salesperson_for(UUID(int=3), attributes) == chosen


def test_salespeople_of_one_line_take_turns_and_the_same_lead_always_finds_the_same_one() -> None:
    attributes = LeadAttributes(source="fair")

    turns = [RULE.salesperson_for(UUID(int=number), attributes)[0] for number in (1, 2, 3, 4, 1)]

    assert turns == ["y", "z", "x", "y", "y"]


@pytest.mark.parametrize(
    ("attributes", "salespeople", "chosen_by"),
    [
        (LeadAttributes(source="web", keyword="企业版", unit="GZ-TIANHE"), ["zhao.lei"] * 3, "by_keyword"),
        (LeadAttributes(source="hotline", keyword="Enterprise plan", city="guangzhou"), ["zhao.lei"] * 3, "by_keyword"),
        (LeadAttributes(source="web", unit="GZ-TIANHE", city="guangzhou"), ["li.na", "lin.mei", "li.na"], "by_unit"),
        (LeadAttributes(source="web", unit="website", city="Guangzhou"), ["li.na", "lin.mei", "he.qiang"], "by_city"),
        (LeadAttributes(source="hotline", city="广州"), ["li.na", "lin.mei", "he.qiang"], "by_city"),
        (LeadAttributes(source="web", city="beijing"), ["zhou.lan", "xu.wei", "zhou.lan"], "by_source"),
        (LeadAttributes(source="hotline"), ["gao.ning"] * 3, "by_source"),
        (LeadAttributes(source="fair", keyword="X2", unit="tianhe"), ["zhou.lan", "xu.wei", "gao.ning"], "in_turn"),
    ],
)
def test_the_rule_in_force_gives_a_lead_to_the_corresponding_salesperson(
    attributes: LeadAttributes, salespeople: list[str], chosen_by: str
) -> None:
    turns = [ASSIGNMENT.salesperson_for(UUID(int=number), attributes) for number in (0, 1, 2)]

    assert turns == [(name, f"{chosen_by}/2026-1") for name in salespeople]
