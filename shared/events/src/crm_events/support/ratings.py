"""Ratings of cases and visits."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from crm_events.event import CustomerEvent
from crm_events.support.vocabulary import RatedKind

Grade = Annotated[int, Field(ge=1, le=5)]


class ServiceRated(CustomerEvent):
    """A customer rated a case or a visit, 1 to 5; satisfaction is experience less expectation, so -4 to 4."""

    rating_id: UUID
    subject_kind: RatedKind
    subject_id: UUID
    expectation: Grade
    experience: Grade
    satisfaction: int
    remark: str | None = None
