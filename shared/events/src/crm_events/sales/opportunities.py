"""Opportunities, from the first stage to the last."""

from typing import Annotated
from uuid import UUID

from crm_events.event import CustomerEvent
from crm_events.examples import example_id
from crm_events.kinds import EntryKind
from crm_events.sales.vocabulary import STAGES
from crm_events.sentences import the_staff
from crm_events.values import Code, Money, Personal

Stage = Annotated[str, Code(STAGES)]


class OpportunityOpened(CustomerEvent):
    """A sale worth pursuing was recorded, with what we expect it to bring."""

    KIND = EntryKind.OPPORTUNITY
    EXAMPLE = {
        "lead_id": example_id("lead_id"),
        "title": "X2 phone with case",
        "expected": {"amount": "5098.00", "currency": "CNY"},
        "stage": "interest",
        "salesperson": "lin.mei",
        "campaign_code": "CM-2026-048",
    }
    SENTENCE = the_staff(
        "opened the opportunity {title}, expected to bring {expected}, in the stage “{stage}”",
        "建立商机{title}，预计金额 {expected}，阶段为“{stage}”",
    )

    opportunity_id: UUID
    lead_id: UUID | None = None
    title: Annotated[str, Personal("note")]
    expected: Money
    stage: Stage
    salesperson: Annotated[str | None, Personal("staff")] = None
    """The salesperson who pursues it."""
    campaign_code: Annotated[str | None, Code()] = None


class OpportunityMoved(CustomerEvent):
    """An opportunity went from one stage to another."""

    KIND = EntryKind.OPPORTUNITY
    EXAMPLE = {"before": "interest", "after": "offer", "why": "asked for the price"}
    SENTENCE = the_staff(
        "moved the opportunity from “{before}” to “{after}”{why:because}",
        "将商机由“{before}”推进到“{after}”{why:because}",
    )

    opportunity_id: UUID
    before: Stage
    after: Stage
    why: Annotated[str, Personal("note")]


class OpportunityWon(CustomerEvent):
    """An opportunity ended in this order."""

    KIND = EntryKind.OPPORTUNITY
    EXAMPLE = {}
    SENTENCE = the_staff("won the opportunity: it ended in an order", "赢得商机，已成交为订单")

    opportunity_id: UUID
    order_id: UUID


class OpportunityLost(CustomerEvent):
    """An opportunity ended without a sale, in the stage and for the reason named."""

    KIND = EntryKind.OPPORTUNITY
    EXAMPLE = {"stage": "offer", "reason": "bought elsewhere"}
    SENTENCE = the_staff(
        "lost the opportunity in the stage “{stage}”{reason:because}", "在“{stage}”阶段失去商机{reason:because}"
    )

    opportunity_id: UUID
    stage: Stage
    reason: Annotated[str, Personal("note")]
