"""Leads, opportunities and the funnel as they are shown: who follows whom, from the first interest to the result."""

from typing import Any

import pytest

from crm_chassis.testing import command_context
from services.sales.tests.desk import Desk
from services.sales.tests.world import (
    A_VISITORS,
    ANNA,
    BECAME_HERS,
    CALLED,
    CASES,
    GIVEN_AWAY,
    GIVEN_TO_HER,
    HER_LOOK,
    HIS_LOOK,
    LATE_LOOK,
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


def lead(lead_id: str, customer_id: str, day: int, **more: Any) -> dict[str, Any]:
    """Write a lead of the web as Zhou Lan sees it, whom the rule gave it at once."""
    return {
        "lead_id": lead_id,
        "customer_id": customer_id,
        "source": "web",
        "keyword": None,
        "campaign_code": None,
        "interest": f"A look of {lead_id[-3:]}",
        "captured_at": shown(day, 9),
        "salesperson": "zhou.lan",
        "rule": "by_source/2026-1",
        "assigned_at": shown(day, 9),
        "opportunity_id": None,
        **more,
    }


@pytest.mark.feature("S03", "S06")
def test_a_salesperson_sees_whom_to_follow_the_newest_first_from_the_moment_of_capture(world: Desk) -> None:
    pages = world.pages("/salespeople/zhou.lan/leads", limit=2)

    visitor = pages[1][0]["customer_id"]
    assert visitor not in (MS_CHEN, MR_WU, ANNA)
    assert pages == [
        [
            lead(BECAME_HERS, ANNA, 6, campaign_code=SUMMER, opportunity_id=SCREEN),
            lead(GIVEN_TO_HER, MR_WU, 4, rule="by_hand", assigned_at=shown(7, 9)),
        ],
        [lead(A_VISITORS, visitor, 3, keyword="guarantee"), lead(HIS_LOOK, MR_WU, 3)],
        [
            lead(LATE_LOOK, ANNA, 2, campaign_code=SUMMER),
            lead(HER_LOOK, MS_CHEN, 1, keyword="X2 手机", campaign_code=SPRING, opportunity_id=PHONE),
        ],
    ]


def test_a_lead_is_seen_by_whoever_has_it_and_by_nobody_else(world: Desk) -> None:
    of = {name: world.shown(f"/salespeople/{name}/leads")["items"] for name in ("li.na", "gao.ning", "xu.wei")}

    given = {"salesperson": "li.na", "rule": "by_hand", "assigned_at": shown(8, 9)}
    called = {"source": "hotline", "salesperson": "gao.ning", "captured_at": shown(5, 10), "assigned_at": shown(5, 10)}
    assert of == {
        "li.na": [lead(GIVEN_AWAY, ANNA, 5, **given)],
        "gao.ning": [lead(CALLED, ANNA, 5, **called)],
        "xu.wei": [],
    }


def test_leads_that_became_an_opportunity_are_left_out_on_demand(world: Desk) -> None:
    pages = world.pages("/salespeople/zhou.lan/leads?unconverted=true", limit=3)

    assert [[each["lead_id"] for each in page] for page in pages] == [
        [GIVEN_TO_HER, A_VISITORS, HIS_LOOK],
        [LATE_LOOK],
    ]


@pytest.mark.feature("S02", "S03")
def test_a_visitor_nobody_knows_is_followed_at_once_and_keeps_the_history_when_they_call(sales: Desk) -> None:
    look = {"source": "web", "interest": "Only looking", "keyword": "X2", "city": "Guangzhou"}
    sales.asked("capture-lead", look, crm_unit="website", idempotency_key="visit/1")
    sales.asked("capture-lead", look, crm_unit="website", idempotency_key="visit/2")
    again = sales.client.command("capture-lead", look, crm_unit="website", idempotency_key="visit/1")
    names = ("li.na", "lin.mei", "he.qiang")
    leads = [each for name in names for each in sales.shown(f"/salespeople/{name}/leads")["items"]]

    one, another = leads
    sales.asked("place-order", {"customer_id": one["customer_id"], "channel": "call_centre", "lines": [CASES]})

    assert again.json()["repeated"] is True
    assert {one["customer_id"], another["customer_id"]} == {
        str(command_context(command_id=key).new_id("customer")) for key in ("visit/1", "visit/2")
    }
    assert [(each["interest"], each["keyword"], each["rule"]) for each in leads] == 2 * [
        ("Only looking", "X2", "by_city/2026-1")
    ]
    assert all(each["assigned_at"] == each["captured_at"] == "2026-03-01T12:00:00Z" for each in leads)
    history = sales.shown(f"/customers/{one['customer_id']}/history")["items"]
    assert sorted(event["type"].split(".")[2] for event in history) == ["LeadAssigned", "LeadCaptured", "OrderPlaced"]


@pytest.mark.feature("S03")
@pytest.mark.parametrize(
    ("signs", "unit", "salesperson", "rule"),
    [
        ({"source": "hotline"}, "hotline", "gao.ning", "by_source/2026-1"),
        ({"source": "web", "keyword": "X2 企业版"}, "GZ-TIANHE", "zhao.lei", "by_keyword/2026-1"),
        ({"source": "web", "city": "guangzhou"}, "GZ-TIANHE", "lin.mei", "by_unit/2026-1"),
        ({"source": "web", "city": "guangzhou"}, "website", "he.qiang", "by_city/2026-1"),
        ({"source": "fair"}, "website", "gao.ning", "in_turn/2026-1"),
    ],
)
def test_a_captured_lead_is_at_once_with_the_corresponding_salesperson(
    sales: Desk, signs: dict[str, str], unit: str, salesperson: str, rule: str
) -> None:
    look = {
        "lead_id": "00000000-0000-0000-0000-000000000005",
        "customer_id": MR_WU,
        "interest": "Only looking",
        **signs,
    }

    sales.asked("capture-lead", look, crm_unit=unit)

    [found] = sales.shown(f"/salespeople/{salesperson}/leads")["items"]
    assert (found["lead_id"], found["rule"]) == (look["lead_id"], rule)
    assert found["assigned_at"] == found["captured_at"] == "2026-03-01T12:00:00Z"


def move(before: str | None, after: str, why: str | None, at: str, by: str) -> dict[str, Any]:
    """Write a move as it is shown."""
    return {"before": before, "after": after, "why": why, "moved_at": at, "moved_by": by}


@pytest.mark.feature("S06", "S11")
def test_a_campaigns_lead_is_followed_as_an_opportunity_from_its_opening_to_the_order(world: Desk) -> None:
    assert world.shown(f"/opportunities/{PHONE}") == {
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
    assert world.shown(f"/opportunities/{LOST}") == {
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
    found = [world.shown(f"/opportunities/{opportunity_id}") for opportunity_id in (SCREEN, TABLETS)]

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
    funnel = world.shown("/funnel", accept_language=language)

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
    empty = sales.shown("/funnel")
    deal = {"customer_id": MR_WU, "title": "Cases"}
    first = sales.asked("open-opportunity", {**deal, "expected": yuan("90")})
    opened = sales.shown("/funnel")["stages"]
    sales.asked("open-opportunity", {**deal, "expected": yuan("9.99")})
    sales.asked("move-opportunity", {"opportunity_id": first, "stage": "need", "why": "knows what"})

    moved = sales.shown("/funnel")["stages"]

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
