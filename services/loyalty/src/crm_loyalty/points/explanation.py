"""The explanation of a balance by the movements of points behind it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from crm_chassis.breakdown import Breakdown, Entry
from crm_kernel import Language
from crm_loyalty.cards import cards
from crm_loyalty.members import members
from crm_loyalty.points.read_models import balance, explanation
from crm_loyalty.points.wording import explanation_of
from crm_loyalty.programme import day_of, end_of

_PAGE = 500


def balance_of(db: Connection, whose: str, *, on: date | None, now: datetime, language: str) -> Breakdown | None:
    """Explain a member's points at the end of a day, or today; None where nobody is meant.

    `whose` is the id of a member or a customer, or the number of a card.
    """
    on = on or day_of(now)
    until = end_of(on, now)
    member = _member(db, whose)
    if member is None:
        return None
    points = balance.totals(db, member.customer_id, on=on, until=until)
    entries = [
        Entry(row.event_id, Decimal(row.points), explanation_of(row, Language(language)))
        for row in _movements(db, member.customer_id, until)
    ]
    about = {"customer_id": member.customer_id, "member_id": member.member_id, "on": on, **points._asdict()}
    return Breakdown(about, Decimal(points.available + points.lapsed), entries)


def _member(db: Connection, whose: str) -> Row[Any] | None:
    """Return the member with this id, of the customer with this id, or with a card of this number."""
    try:
        return members.one(db, UUID(whose)) or members.of_customer(db, UUID(whose))
    except ValueError:
        card = cards.by_number(db, "".join(whose.split()).replace("-", "").upper())
        return None if card is None else members.one(db, card.member_id)


def _movements(db: Connection, customer_id: UUID, until: datetime) -> list[Row[Any]]:
    """Return all movements of points, the oldest first."""
    found: list[Row[Any]] = []
    after = None
    while page := explanation.of_customer(db, customer_id, until=until, after=after, limit=_PAGE):
        found.extend(page)
        after = explanation.NEWEST_FIRST.of(page[-1])
    return found[::-1]
