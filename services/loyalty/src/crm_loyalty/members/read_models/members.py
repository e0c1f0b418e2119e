"""Members and their levels, by member and by customer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Integer, MetaData, Row, Table, Text, Uuid, select

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore
from crm_events.loyalty import MemberEnrolled

members = Table(
    "members",
    MetaData(),
    Column("member_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("level", Text, nullable=False),
    Column("programme_version", Integer, nullable=False),
    Column("enrolled_at", Instant, nullable=False),
    Column("enrolled_in", Text, nullable=False),
    Index("members_by_customer", "customer_id"),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show a member from enrolment on; `enrolled_in` is the unit."""
    enrolled = [
        {**event.data.model_dump(), "enrolled_at": event.time, "enrolled_in": event.unit}
        for event in events
        if isinstance(event.data, MemberEnrolled)
    ]
    insert_or_ignore(db, members, enrolled)


def one(db: Connection, member_id: UUID) -> Row[Any] | None:
    """Return the member with this id."""
    return db.execute(select(members).where(members.c.member_id == member_id)).one_or_none()


def of_customer(db: Connection, customer_id: UUID) -> Row[Any] | None:
    """Return the membership of this customer."""
    return db.execute(select(members).where(members.c.customer_id == customer_id)).one_or_none()


READ_MODEL = ReadModel(
    name="members", version=1, tables=(members,), topics=frozenset({"crm.loyalty.v1"}), project=project
)
