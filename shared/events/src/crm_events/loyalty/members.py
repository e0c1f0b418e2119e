"""Members of the loyalty programme."""

from uuid import UUID

from crm_events.event import CustomerEvent


class MemberEvent(CustomerEvent):
    """A public event about one membership."""

    member_id: UUID


class MemberEnrolled(MemberEvent):
    """A customer joined the programme at this level, under this version of its rules."""

    level: str
    programme_version: int
