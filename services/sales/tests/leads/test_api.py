"""Leads over HTTP: who follows whom, and what becomes of a lead."""

from typing import Any

import pytest

from crm_chassis.testing import command_context
from services.sales.tests.desk import Desk, id_made_by
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
    MR_WU,
    MS_CHEN,
    PHONE,
    SCREEN,
    SPRING,
    SUMMER,
    shown,
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
    of = {name: world.read(f"/salespeople/{name}/leads")["items"] for name in ("li.na", "gao.ning", "xu.wei")}

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
    sales.execute("capture-lead", look, crm_unit="website", idempotency_key="visit/1")
    sales.execute("capture-lead", look, crm_unit="website", idempotency_key="visit/2")
    again = sales.client.command("capture-lead", look, crm_unit="website", idempotency_key="visit/1")
    names = ("li.na", "lin.mei", "he.qiang")
    leads = [each for name in names for each in sales.read(f"/salespeople/{name}/leads")["items"]]

    one, another = leads
    sales.execute("place-order", {"customer_id": one["customer_id"], "channel": "call_centre", "lines": [CASES]})

    assert again.json()["repeated"] is True
    assert {one["customer_id"], another["customer_id"]} == {
        str(command_context(command_id=key).new_id("customer")) for key in ("visit/1", "visit/2")
    }
    assert [(each["interest"], each["keyword"], each["rule"]) for each in leads] == 2 * [
        ("Only looking", "X2", "by_city/2026-1")
    ]
    assert all(each["assigned_at"] == each["captured_at"] == "2026-03-01T12:00:00Z" for each in leads)
    history = sales.read(f"/customers/{one['customer_id']}/history")["items"]
    assert sorted(event["type"].split(".")[2] for event in history) == ["LeadAssigned", "LeadCaptured", "OrderPlaced"]


@pytest.mark.feature("S03")
@pytest.mark.parametrize(
    ("attributes", "unit", "salesperson", "rule"),
    [
        ({"source": "hotline"}, "hotline", "gao.ning", "by_source/2026-1"),
        ({"source": "web", "keyword": "X2 企业版"}, "GZ-TIANHE", "zhao.lei", "by_keyword/2026-1"),
        ({"source": "web", "city": "guangzhou"}, "GZ-TIANHE", "lin.mei", "by_unit/2026-1"),
        ({"source": "web", "city": "guangzhou"}, "website", "he.qiang", "by_city/2026-1"),
        ({"source": "fair"}, "website", "gao.ning", "in_turn/2026-1"),
    ],
)
def test_a_captured_lead_is_at_once_with_the_corresponding_salesperson(
    sales: Desk, attributes: dict[str, str], unit: str, salesperson: str, rule: str
) -> None:
    look = {
        "lead_id": "00000000-0000-0000-0000-000000000005",
        "customer_id": MR_WU,
        "interest": "Only looking",
        **attributes,
    }

    sales.execute("capture-lead", look, crm_unit=unit)

    [found] = sales.read(f"/salespeople/{salesperson}/leads")["items"]
    assert (found["lead_id"], found["rule"]) == (look["lead_id"], rule)
    assert found["assigned_at"] == found["captured_at"] == "2026-03-01T12:00:00Z"


def test_converting_a_lead_answers_with_the_opportunity_and_looks_at_the_leads_version(sales: Desk) -> None:
    look = {"customer_id": MR_WU, "source": "hotline", "interest": "X2 phone", "campaign_code": SPRING}
    lead_id = sales.execute("capture-lead", look)
    conversion = {"lead_id": lead_id, "title": "X2 phone", "expected": yuan("5099"), "stage": "offer"}

    opportunity_id = sales.execute("convert-lead", conversion, if_match='"2"', idempotency_key="desk/1")

    assert opportunity_id == id_made_by("desk/1", "opportunity")
    found = sales.read(f"/opportunities/{opportunity_id}")
    assert (found["lead_id"], found["campaign_code"], found["stage"]) == (lead_id, SPRING, "offer")
    assert (found["salesperson"], found["moves"][0]["moved_by"]) == ("gao.ning", "lin.mei")
