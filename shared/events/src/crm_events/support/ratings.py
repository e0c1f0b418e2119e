"""Ratings of cases and visits."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from crm_events.event import CustomerEvent
from crm_events.kinds import EntryKind
from crm_events.sentences import the_customer
from crm_events.support.vocabulary import RatedKind
from crm_events.values import Personal

Grade = Annotated[int, Field(ge=1, le=5)]


class ServiceRated(CustomerEvent):
    """A customer rated a case or a visit, 1 to 5; satisfaction is experience less expectation, so -4 to 4."""

    KIND = EntryKind.RATING
    EXAMPLE = {
        "subject_kind": "visit",
        "subject_id": "00000000-0000-4000-8000-000000000033",
        "expectation": 4,
        "experience": 2,
        "satisfaction": -2,
        "remark": "waited too long",
    }
    SENTENCE = the_customer(
        "rated {subject_kind}: expected {expectation} of 5, experienced {experience} of 5, "
        "satisfaction {satisfaction:+d}[: {remark}]",
        "评价了{subject_kind}：期望 {expectation} 分，体验 {experience} 分（满分 5 分），"
        "满意度 {satisfaction:+d}[：{remark}]",
    )

    rating_id: UUID
    subject_kind: RatedKind
    subject_id: UUID
    expectation: Grade
    experience: Grade
    satisfaction: int
    remark: Annotated[str | None, Personal("note")] = None
