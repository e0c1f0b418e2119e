"""Members of the loyalty programme."""

from typing import Annotated
from uuid import UUID

from crm_events.event import CustomerEvent
from crm_events.kinds import EntryKind
from crm_events.loyalty.vocabulary import LEVELS
from crm_events.sentences import the_customer
from crm_events.values import Code


class MemberEvent(CustomerEvent):
    """A public event about one membership."""

    member_id: UUID


class MemberEnrolled(MemberEvent):
    """A customer joined the programme at this level, under this version of its rules."""

    KIND = EntryKind.MEMBER
    EXAMPLE = {"level": "silver", "programme_version": 1}
    SENTENCE = the_customer(
        "joined the loyalty programme at the level “{level}” (rules, version {programme_version})",
        "加入会员计划，级别为“{level}”（规则第 {programme_version} 版）",
    )

    level: Annotated[str, Code(LEVELS)]
    programme_version: int
