"""Cards and their members, by number and by member."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, MetaData, Row, Table, Text, Uuid, select

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore
from crm_events.loyalty import CardIssued

# The cards shown of one member; nobody carries more.
MOST_CARDS = 100

cards = Table(
    "cards",
    MetaData(),
    Column("card_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("issued_in", Text, nullable=False),
    Index("cards_by_number", "number"),
    Index("cards_of_member", "member_id", "issued_at", "card_id"),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Show a card from the day it was issued, good at once; `issued_in` is the unit."""
    issued = [
        {**event.data.model_dump(), "state": "active", "issued_at": event.time, "issued_in": event.unit}
        for event in events
        if isinstance(event.data, CardIssued)
    ]
    insert_or_ignore(db, cards, issued)


def by_number(db: Connection, number: str) -> Row[Any] | None:
    """Return the card with this number, in capital letters without spaces and hyphens."""
    return db.execute(select(cards).where(cards.c.number == number)).one_or_none()


def of_member(db: Connection, member_id: UUID) -> Sequence[Row[Any]]:
    """Return the member's cards, the latest first."""
    latest_first = (cards.c.issued_at.desc(), cards.c.card_id)
    return db.execute(
        select(cards).where(cards.c.member_id == member_id).order_by(*latest_first).limit(MOST_CARDS)
    ).all()


READ_MODEL = ReadModel(name="cards", version=1, tables=(cards,), topics=frozenset({"crm.loyalty.v1"}), project=project)
