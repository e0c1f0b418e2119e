"""What people are shown of campaigns, their messages and what they brought."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crm_events import marketing as said
from crm_events.sales import LeadCaptured, LeadConverted, OrderPlaced
from crm_events.values import Channel, Money
from crm_marketing.domain.message import message_id
from services.marketing.tests.at_work import PLAN, Marketing, a_customer

MS_CHEN = UUID(int=7)
NOBODY = "00000000-0000-0000-0000-00000000dead"


def left_out(number: int, reason: str = "no_consent") -> dict[str, str]:
    return {"customer_id": str(UUID(int=number)), "reason": reason}


@pytest.mark.feature("M66")
def test_a_customers_answer_is_recorded_and_shown(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7))
    campaign_id = marketing.launched()
    marketing.turn()

    message = str(message_id(UUID(campaign_id), MS_CHEN))
    marketing.ask("record-answer", message_id=message, answer="请问天河店有现货吗？")
    marketing.turn()

    (shown,) = marketing.get(f"/customers/{MS_CHEN}/messages")["items"]
    assert (shown["state"], shown["outcome"], shown["answer"]) == ("answered", "accepted", "请问天河店有现货吗？")
    assert marketing.said(said.MessageAnswered)[0].subject == UUID(message)


@pytest.mark.feature("M54", "M56")
def test_a_campaign_is_seen_from_its_plan_to_what_it_brought(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8), *a_customer(9, consent=False))
    campaign_id = marketing.launched(**PLAN)
    marketing.turn()
    marketing.ask("record-answer", message_id=str(message_id(UUID(campaign_id), MS_CHEN)), answer="yes")
    marketing.hear(*sold("CM-2026-048"))
    marketing.turn()

    results = marketing.get(f"/campaigns/{campaign_id}/results")

    assert results == {
        "campaign_id": campaign_id,
        "code": "CM-2026-048",
        "requested": 2,
        "left_out": {"no_consent": 1},
        "handed_over": 2,
        "accepted": 2,
        "bounced": 0,
        "unknown": 0,
        "answered": 1,
        "leads": 1,
        "orders": 1,
        "budget": {"amount": "30000.00", "currency": "CNY"},
        "revenue": [{"amount": "5098.00", "currency": "CNY"}],
        "answer_rate": 0.5,
        "return_on_budget": 0.1699,
    }


def test_the_results_of_a_campaign_that_did_nothing_are_nothing(marketing: Marketing) -> None:
    campaign_id = marketing.ask("plan-campaign", **{**PLAN, "budget": {"amount": "0", "currency": "CNY"}})["id"]
    marketing.turn()

    results = marketing.get(f"/campaigns/{campaign_id}/results")

    assert (results["requested"], results["left_out"], results["revenue"]) == (0, {}, [])
    assert (results["answer_rate"], results["return_on_budget"]) == (None, None)


@pytest.mark.feature("M68")
def test_a_lead_and_its_order_are_shown_in_one_line_of_the_campaign(marketing: Marketing) -> None:
    campaign_id = marketing.ask("plan-campaign", **PLAN)["id"]
    marketing.turn()
    marketing.hear(*sold("CM-2026-048"))

    (line,) = marketing.get(f"/campaigns/{campaign_id}/sales")["items"]

    assert (line["campaign_code"], UUID(line["lead_id"]).int, UUID(line["order_id"]).int) == ("CM-2026-048", 41, 43)
    assert (line["amount"], line["refunded"], line["currency"]) == ("5098.00", "0", "CNY")


def test_campaigns_are_shown_by_state_with_the_latest_start_first(marketing: Marketing) -> None:
    marketing.launched(code="CM-2026-001", starts_on="2026-02-01")
    marketing.ask("plan-campaign", **{**PLAN, "code": "CM-2026-002"})
    marketing.ask("plan-campaign", **{**PLAN, "code": "CM-2026-003", "starts_on": "2026-03-02"})
    marketing.turn()

    first = marketing.get("/campaigns?limit=2")
    rest = marketing.get(f"/campaigns?limit=2&cursor={first['next']}")
    launched = marketing.get("/campaigns?state=launched")

    assert [item["code"] for item in (*first["items"], *rest["items"])] == ["CM-2026-003", "CM-2026-002", "CM-2026-001"]
    assert [item["code"] for item in launched["items"]] == ["CM-2026-001"]
    assert rest["next"] is None


def test_one_campaign_is_shown_with_its_audience_and_words(marketing: Marketing) -> None:
    audience = {"languages": ["zh"], "importance": ["red"], "cities": ["广州"]}
    campaign_id = marketing.ask("plan-campaign", **{**PLAN, "audience": audience})["id"]
    marketing.turn()

    shown = marketing.get(f"/campaigns/{campaign_id}")

    assert shown["audience"] == {"consent_channel": "email", **audience}
    assert (shown["subject"]["zh"], shown["planned_by"], shown["state"]) == (
        PLAN["subject"]["zh"],
        "lin.mei",
        "planned",
    )


@pytest.mark.parametrize("part", ["", "/results", "/sales"])
def test_a_campaign_that_does_not_exist_is_not_shown(marketing: Marketing, part: str) -> None:
    assert marketing.web.get(f"/campaigns/{NOBODY}{part}").status_code == 404


def test_a_customer_sees_what_campaigns_said_the_newest_first(marketing: Marketing) -> None:
    first = marketing.launched(code="CM-2026-001")
    marketing.ask("leave-out-customers", campaign_id=first, customers=[left_out(7)])
    marketing.now += timedelta(hours=1)
    second = marketing.launched(code="CM-2026-002")
    marketing.ask("leave-out-customers", campaign_id=second, customers=[left_out(7, "black_listed")])
    marketing.turn()

    newest = marketing.get(f"/customers/{MS_CHEN}/messages?limit=1")
    older = marketing.get(f"/customers/{MS_CHEN}/messages?limit=1&cursor={newest['next']}")

    assert [page["items"][0]["campaign_code"] for page in (newest, older)] == ["CM-2026-002", "CM-2026-001"]
    assert [page["items"][0]["reason"] for page in (newest, older)] == ["black_listed", "no_consent"]


def test_who_was_left_out_and_why_stands_in_the_customers_history(marketing: Marketing) -> None:
    campaign_id = marketing.launched()
    complaint = {**left_out(7, "open_complaint"), "case_id": str(UUID(int=2))}
    marketing.ask("leave-out-customers", campaign_id=campaign_id, customers=[complaint])
    marketing.turn()

    (entry,) = marketing.get(f"/customers/{MS_CHEN}/history")["items"]

    assert entry["type"] == said.CustomerLeftOut.TYPE


def sold(code: str) -> list[Any]:
    """A lead that names the campaign, and the order that came of it."""
    total = Money(amount=Decimal("5098.00"), currency="CNY")
    mine = {"customer_id": MS_CHEN}
    opportunity = {"opportunity_id": UUID(int=42)}
    return [
        LeadCaptured(**mine, lead_id=UUID(int=41), source="web", campaign_code=code, interest="X2"),
        LeadConverted(**mine, lead_id=UUID(int=41), **opportunity),
        OrderPlaced(
            **mine, **opportunity, order_id=UUID(int=43), lines=(), total=total, unit="GZ", channel=Channel.STORE
        ),
    ]
