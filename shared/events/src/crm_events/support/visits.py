"""Visits after a sale."""

from datetime import date
from typing import Annotated
from uuid import UUID

from crm_events.event import CustomerEvent
from crm_events.kinds import EntryKind
from crm_events.sentences import it, the_staff
from crm_events.support.vocabulary import VisitRule
from crm_events.values import Personal


class VisitFellDue(CustomerEvent):
    """The day came to ask a customer how they are doing with what they bought."""

    KIND = EntryKind.VISIT
    EXAMPLE = {"rule": "three_days", "due_on": "2026-11-24"}
    SENTENCE = it("a visit {rule} fell due on {due_on}", "{rule}的回访于{due_on}到期")

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    due_on: date


class VisitDone(CustomerEvent):
    """The customer was visited or called after the sale; `outcome` says what came of it."""

    KIND = EntryKind.VISIT
    EXAMPLE = {"rule": "three_days", "outcome": "Content with the phone."}
    SENTENCE = the_staff("paid the customer the visit {rule}: {outcome}", "完成了{rule}的回访：{outcome}")

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    outcome: Annotated[str, Personal("note")]


class VisitSkipped(CustomerEvent):
    """The visit after a sale will not take place, for the reason named."""

    KIND = EntryKind.VISIT
    EXAMPLE = {"rule": "thirty_days", "reason": "asked not to be called"}
    SENTENCE = the_staff("left out the visit {rule}{reason:because}", "取消了{rule}的回访{reason:because}")

    visit_id: UUID
    order_id: UUID
    rule: VisitRule
    reason: Annotated[str, Personal("note")]
