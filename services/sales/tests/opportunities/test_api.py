"""Opportunities and their funnel over HTTP, from the opening to the result."""

from typing import Any

import pytest

from services.sales.tests.desk import Desk
from services.sales.tests.world import (
    ANNA,
    BECAME_HERS,
    HER_LOOK,
    LOST,
    MR_WU,
    MS_CHEN,
    PHONE,
    SCREEN,
    SIGNED,
    SPRING,
    SUMMER,
    TABLETS,
    shown,
    yen,
    yuan,
)


def move(before: str | None, after: str, why: str | None, at: str, by: str) -> dict[str, Any]:
    """Write a move as it is shown."""
    return {"before": before, "after": after, "why": why, "moved_at": at, "moved_by": by}


@pytest.mark.feature("S06", "S11")
def test_a_campaigns_lead_is_followed_as_an_opportunity_from_its_opening_to_the_order(world: Desk) -> None:
    assert world.read(f"/opportunities/{PHONE}") == {
        "opportunity_id": PHONE,
        "customer_id": MS_CHEN,
        "lead_id": HER_LOOK,
        "salesperson": "zhou.lan",
        "campaign_code": SPRING,
        "title": "X2 phone with case",
        "expected": yuan("5098.00"),
        "stage": "need",
        "state": "won",
        "order_id": SIGNED,
        "reason": None,
        "opened_at": shown(2, 10),
        "moves": [
            move(None, "interest", None, shown(2, 10), "xu.wei"),
            move("interest", "offer", "asked for the price", shown(3, 11), "zhou.lan"),
            move("offer", "need", "wants another model", shown(4, 11), "zhou.lan"),
            move("need", "won", None, shown(10, 12), "li.na"),
        ],
    }


@pytest.mark.feature("S11")
def test_an_opportunity_that_no_lead_announced_is_followed_to_its_loss(world: Desk) -> None:
    assert world.read(f"/opportunities/{LOST}") == {
        "opportunity_id": LOST,
        "customer_id": MS_CHEN,
        "lead_id": None,
        "salesperson": "he.qiang",
        "campaign_code": None,
        "title": "Sale 5",
        "expected": yuan("60.00"),
        "stage": "offer",
        "state": "lost",
        "order_id": None,
        "reason": "bought elsewhere",
        "opened_at": shown(8, 9),
        "moves": [
            move(None, "offer", None, shown(8, 9), "he.qiang"),
            move("offer", "lost", "bought elsewhere", shown(9, 12), "he.qiang"),
        ],
    }


def test_an_open_opportunity_names_its_salesperson_its_campaign_and_its_own_currency(world: Desk) -> None:
    found = [world.read(f"/opportunities/{opportunity_id}") for opportunity_id in (SCREEN, TABLETS)]

    told = ("customer_id", "lead_id", "salesperson", "campaign_code", "expected", "stage", "state", "order_id")
    assert [tuple(each[name] for name in told) for each in found] == [
        (ANNA, BECAME_HERS, "zhou.lan", SUMMER, yen("5000"), "need", "open", None),
        (MR_WU, None, "li.na", SUMMER, yuan("3000.01"), "interest", "open", None),
    ]


def stage(code: str, name: str, open: int, entered: int, advanced: int, conversion: float | None) -> dict[str, Any]:
    """Write a stage as it is shown, but for its amounts."""
    figures = {"open": open, "entered": entered, "advanced": advanced, "conversion": conversion}
    return {"stage": code, "name": name, **figures}


@pytest.mark.feature("S26")
@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Interest", "Need confirmed", "Offer made", "Negotiation", "Agreed in words"]),
        ("zh-CN", ["产生兴趣", "需求确认", "方案报价", "商务谈判", "口头成交"]),
    ],
)
def test_the_funnel_counts_what_stands_in_each_stage_and_predicts_what_goes_on(
    world: Desk, language: str, names: list[str]
) -> None:
    funnel = world.read("/funnel", accept_language=language)

    amounts = [(each.pop("expected"), each.pop("likely_to_advance")) for each in funnel["stages"]]
    assert funnel == {
        "version": "2026-1",
        "stages": [
            stage("interest", names[0], 2, 5, 3, 0.6),
            stage("need", names[1], 1, 2, 1, 0.5),
            stage("offer", names[2], 1, 4, 1, 0.25),
            stage("negotiation", names[3], 1, 1, 0, 0.0),
            stage("agreement", names[4], 1, 2, 1, 0.5),
        ],
        "won": 2,
        "lost": 1,
    }
    assert amounts == [
        ([yuan("3000.01"), yen("10001")], [yuan("1800.00"), yen("6000")]),
        ([yen("5000")], [yen("2500")]),
        ([yuan("20000.00")], [yuan("5000.00")]),
        ([yuan("700.00")], [yuan("0.00")]),
        ([yen("301")], [yen("150")]),
    ]


@pytest.mark.feature("S26")
def test_the_funnel_shows_at_once_what_a_command_changed(sales: Desk) -> None:
    empty = sales.read("/funnel")
    deal = {"customer_id": MR_WU, "title": "Cases"}
    first = sales.execute("open-opportunity", {**deal, "expected": yuan("90")})
    opened = sales.read("/funnel")["stages"]
    sales.execute("open-opportunity", {**deal, "expected": yuan("9.99")})
    sales.execute("move-opportunity", {"opportunity_id": first, "stage": "need", "why": "knows what"})

    moved = sales.read("/funnel")["stages"]

    nothing = {"open": 0, "expected": [], "entered": 0, "advanced": 0, "conversion": None, "likely_to_advance": []}
    before = {**stage("interest", "Interest", 1, 1, 0, 0.0), "expected": [yuan("90.00")]}
    after = {**stage("interest", "Interest", 1, 2, 1, 0.5), "expected": [yuan("9.99")]}
    there = {**stage("need", "Need confirmed", 1, 1, 0, 0.0), "expected": [yuan("90.00")]}
    assert [{**each, **nothing} for each in empty["stages"]] == empty["stages"]
    assert (empty["won"], empty["lost"], len(empty["stages"])) == (0, 0, 5)
    assert opened == [{**before, "likely_to_advance": [yuan("0.00")]}, *empty["stages"][1:]]
    assert moved == [
        {**after, "likely_to_advance": [yuan("4.99")]},
        {**there, "likely_to_advance": [yuan("0.00")]},
        *empty["stages"][2:],
    ]
