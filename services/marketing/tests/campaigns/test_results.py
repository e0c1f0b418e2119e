"""Results of campaigns as people see them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crm_events import marketing as events
from crm_events.sales import LeadCaptured, LeadConverted, OrderPlaced
from crm_events.values import Channel, Money
from crm_marketing.messages.message import message_id
from services.marketing.tests.running_service import PLAN, Marketing, a_customer

MS_CHEN = UUID(int=7)
NOBODY = "00000000-0000-0000-0000-00000000dead"


def left_out(number: int, reason: str = "no_consent") -> dict[str, str]:
    return {"customer_id": str(UUID(int=number)), "reason": reason}


def test_a_customers_answer_is_recorded_and_shown(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7))
    campaign_id = marketing.launched()
    marketing.turn()

    message = str(message_id(UUID(campaign_id), MS_CHEN))
    marketing.ask("record-answer", message_id=message, answer="请问天河店有现货吗？")
    marketing.turn()

    (shown,) = marketing.get(f"/customers/{MS_CHEN}/messages")["items"]
    assert (shown["state"], shown["outcome"], shown["answer"]) == ("answered", "accepted", "请问天河店有现货吗？")
    assert marketing.published(events.MessageAnswered)[0].subject == UUID(message)


@pytest.mark.feature("M54")
def test_a_plan_goes_from_approval_over_execution_and_result_to_evaluation(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8), *a_customer(9, consent=False))
    campaign_id = str(marketing.ask("plan-campaign", **PLAN)["id"])
    too_early = [launched_early(marketing, campaign_id)]
    marketing.ask("submit-campaign", campaign_id=campaign_id)
    too_early.append(launched_early(marketing, campaign_id))
    submitted = stands(marketing, campaign_id)

    marketing.ask("approve-campaign", campaign_id=campaign_id, remark="within budget")
    approved = stands(marketing, campaign_id)
    marketing.ask("launch-campaign", campaign_id=campaign_id)
    executed = stands(marketing, campaign_id)
    marketing.ask("record-answer", message_id=str(message_id(UUID(campaign_id), MS_CHEN)), answer="yes")
    marketing.hear(*sold("CM-2026-048"))
    marketing.turn()

    assert too_early == [(409, "campaign-not-approved", [("campaign_id", campaign_id)])] * 2
    assert submitted == ("submitted", None, None, None)
    assert approved == ("approved", "wang.lei", "within budget", None)
    assert executed == ("launched", "wang.lei", "within budget", "2026-03-01T12:00:00Z")
    results = marketing.get(f"/campaigns/{campaign_id}/results")
    assert (results["accepted"], results["left_out"], results["answered"]) == (2, {"no_consent": 1}, 1)
    assert (results["answer_rate"], results["return_on_budget"]) == (0.5, 0.1699)


def test_the_results_of_a_campaign_that_did_nothing_are_nothing(marketing: Marketing) -> None:
    campaign_id = marketing.ask("plan-campaign", **{**PLAN, "budget": {"amount": "0", "currency": "CNY"}})["id"]
    marketing.turn()

    results = marketing.get(f"/campaigns/{campaign_id}/results")

    assert (results["requested"], results["left_out"], results["revenue"]) == (0, {}, [])
    assert (results["answer_rate"], results["return_on_budget"]) == (None, None)


@pytest.mark.parametrize("part", ["", "/results", "/sales"])
def test_a_campaign_that_does_not_exist_is_not_shown(marketing: Marketing, part: str) -> None:
    assert marketing.web.get(f"/campaigns/{NOBODY}{part}").status_code == 404


def test_who_was_left_out_and_why_stands_in_the_customers_history(marketing: Marketing) -> None:
    campaign_id = marketing.launched()
    complaint = {**left_out(7, "open_complaint"), "case_id": str(UUID(int=2))}
    marketing.ask("leave-out-customers", campaign_id=campaign_id, customers=[complaint])
    marketing.turn()

    (entry,) = marketing.get(f"/customers/{MS_CHEN}/history")["items"]

    assert entry["type"] == events.CustomerLeftOut.TYPE


def launched_early(marketing: Marketing, campaign_id: str) -> Any:
    """Return the error of a launch: its status, its kind, and the fields it names with their values."""
    answer = marketing.web.command("launch-campaign", {"campaign_id": campaign_id})
    named = [(error["field"], error["value"]) for error in answer.json()["errors"]]
    return answer.status_code, answer.json()["type"].rpartition("/")[2].rpartition(":")[2], named


def stands(marketing: Marketing, campaign_id: str) -> tuple[Any, ...]:
    """Read how far a campaign has come, who decided and what they said, and when it was launched."""
    marketing.turn()
    shown = marketing.get(f"/campaigns/{campaign_id}")
    return shown["state"], shown["decided_by"], shown["remark"], shown["launched_at"]


def sold(code: str) -> list[Any]:
    """Return a lead that names the campaign, and the order that came of it."""
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
