"""Leads: captured, assigned, converted."""

from typing import Annotated
from uuid import UUID

from crm_events.event import CustomerEvent
from crm_events.kinds import EntryKind
from crm_events.sales.vocabulary import LEAD_SOURCES
from crm_events.sentences import the_customer, the_staff
from crm_events.values import Code, Personal


class LeadCaptured(CustomerEvent):
    """A customer showed interest; `keyword` and `campaign_code` say what brought them, where that is known."""

    KIND = EntryKind.LEAD
    EXAMPLE = {"source": "web", "keyword": "X2 手机", "campaign_code": "CM-2026-048", "interest": "X2 phone"}
    SENTENCE = the_customer(
        "showed interest in {interest} (came from {source}[, keyword {keyword}][, campaign {campaign_code:campaign}])",
        "对{interest}感兴趣（来源：{source}[，关键词：{keyword}][，营销活动：{campaign_code:campaign}]）",
    )

    lead_id: UUID
    source: Annotated[str, Code(LEAD_SOURCES)]
    keyword: Annotated[str | None, Personal("note")] = None
    campaign_code: Annotated[str | None, Code()] = None
    interest: Annotated[str, Personal("note")]


class LeadAssigned(CustomerEvent):
    """A lead was given to a salesperson by the named rule."""

    KIND = EntryKind.LEAD
    EXAMPLE = {"salesperson": "li.na", "rule": "by_city/1"}
    SENTENCE = the_staff(
        "gave the customer's interest to {salesperson:plain} to follow up, chosen {rule:rule}",
        "将客户线索分派给{salesperson:plain}跟进，方式：{rule:rule}",
    )

    lead_id: UUID
    salesperson: Annotated[str, Personal("staff")]
    rule: Annotated[str, Code()]


class LeadConverted(CustomerEvent):
    """A lead became an opportunity."""

    KIND = EntryKind.LEAD
    EXAMPLE = {}
    SENTENCE = the_staff("turned the customer's interest into an opportunity", "将客户线索转为商机")

    lead_id: UUID
    opportunity_id: UUID
