"""Loyalty over HTTP: commands in, read models out."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from crm_chassis.web import Page, Paged, ReadConnection, ReaderLanguage
from crm_eventlog.aggregate import NotFound
from crm_loyalty import handlers
from crm_loyalty.commands import CardNumber
from crm_loyalty.read_models import balance, cards, explanation, members
from crm_loyalty.wording import because, level_name

router = APIRouter(tags=["loyalty"])


class Card(BaseModel):
    """A card and whose it is."""

    model_config = ConfigDict(from_attributes=True)

    card_id: UUID
    number: str
    member_id: UUID
    customer_id: UUID
    state: str
    issued_at: datetime
    issued_in: str


class Entitlement(BaseModel):
    """What the member's level is worth on a purchase."""

    model_config = ConfigDict(from_attributes=True)

    currency: str
    points_per_unit: Decimal
    programme_version: int = Field(description="The version of the programme that is in force.")


class Member(BaseModel):
    """A member, their level and what it entitles to, and their cards."""

    member_id: UUID
    customer_id: UUID
    level: str
    level_name: str = Field(description="In the reader's language.")
    entitles_to: list[Entitlement]
    programme_version: int = Field(description="The version of the programme at enrolment.")
    enrolled_at: datetime
    enrolled_in: str
    cards: list[Card]


class Lot(BaseModel):
    """Points that were earned together, and what is left of them."""

    model_config = ConfigDict(from_attributes=True)

    lot_id: UUID
    points: int
    left: int
    reason: str
    order_id: UUID | None
    case_id: UUID | None
    earned_at: datetime
    expires_on: date = Field(description="The last day to spend them.")


class Balance(Page[Lot]):
    """What a member can spend on a day; `items` are the lots, the soonest to expire first."""

    customer_id: UUID
    member_id: UUID
    level: str
    level_name: str
    on: date
    available: int


class Movement(BaseModel):
    """Points that came or went, why, and the balance after it."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    points: int = Field(description="With its sign.")
    balance: int = Field(description="All points after this movement, in the order in which things happened.")
    happened_at: datetime
    recorded_at: datetime
    reason: str | None
    order_id: UUID | None
    case_id: UUID | None
    return_id: UUID | None
    redemption_id: UUID | None
    rate: str | None = Field(description="Points per unit of currency, where an order earned them.")
    programme_version: int | None = Field(description="The version of the programme whose rules gave them.")
    expires_on: date | None
    shortfall: int | None = Field(description="What a return could not take back because it had been spent.")
    purpose: str | None
    actor: str
    unit: str
    because: str = Field(default="", description="The movement in one sentence, in the reader's language.")


class Explanation(Page[Movement]):
    """Why a member has so many points; `items` are the movements, the newest first.

    `available` is the balance after the newest movement less what `lapsed`: lots whose last day is over, but whose
    end was not recorded yet.
    """

    customer_id: UUID
    on: date
    available: int
    lapsed: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and the first moment after it."""

    on: date
    until: datetime


def _day(
    request: Request,
    on: Annotated[
        date | None, Query(ge=date(1900, 1, 1), le=date(2999, 12, 31), description="As of the end of this day; today.")
    ] = None,
) -> Day:
    now = request.app.state.clock()
    on = on or handlers.day_of(now)
    return Day(on, handlers.end_of(on, now))


AsOf = Annotated[Day, Depends(_day)]


@router.get("/customers/{customer_id}/membership")
def membership_of_customer(customer_id: UUID, request: Request, db: ReadConnection, language: ReaderLanguage) -> Member:
    """The membership of a customer."""
    return _member(db, _member_of(db, customer_id), request.app.state.clock(), language)


@router.get("/members/{member_id}")
def one_member(member_id: UUID, request: Request, db: ReadConnection, language: ReaderLanguage) -> Member:
    """One member."""
    row = members.one(db, member_id)
    if row is None:
        raise NotFound("member_id", member_id)
    return _member(db, row, request.app.state.clock(), language)


@router.get("/cards/{number}")
def one_card(number: Annotated[CardNumber, Path()], db: ReadConnection) -> Card:
    """The card with this number; spaces, hyphens and small letters do not matter."""
    row = cards.by_number(db, number)
    if row is None:
        raise NotFound("number", number)
    return Card.model_validate(row)


@router.get("/customers/{customer_id}/balance")
def balance_of_customer(
    customer_id: UUID, day: AsOf, db: ReadConnection, paging: Paged, language: ReaderLanguage
) -> Balance:
    """What a customer can spend on a day, in every store the same; points that have expired do not show."""
    member = _member_of(db, customer_id)
    after = paging.after(*balance.AFTER)
    rows = balance.lots(db, customer_id, on=day.on, until=day.until, after=after, limit=paging.fetch)
    page = paging.page(rows, item=Lot.model_validate, key=lambda row: (row.expires_on, row.earned_at, row.lot_id))
    return Balance(
        items=page.items,
        next=page.next,
        customer_id=customer_id,
        member_id=member.member_id,
        level=member.level,
        level_name=level_name(member.level, language),
        on=day.on,
        available=balance.totals(db, customer_id, on=day.on, until=day.until).available,
    )


@router.get("/customers/{customer_id}/balance/explanation")
def explanation_of_balance(
    customer_id: UUID, day: AsOf, db: ReadConnection, paging: Paged, language: ReaderLanguage
) -> Explanation:
    """Why a customer has so many points on a day: every movement, its cause and the balance after it."""
    _member_of(db, customer_id)
    after = paging.after(*explanation.AFTER)
    rows = explanation.of_customer(db, customer_id, until=day.until, after=after, limit=paging.fetch)
    page = paging.page(rows, item=lambda row: _movement(row, language), key=lambda row: (row.happened_at, row.sequence))
    points = balance.totals(db, customer_id, on=day.on, until=day.until)
    return Explanation(items=page.items, next=page.next, customer_id=customer_id, on=day.on, **points._asdict())


def _member_of(db: ReadConnection, customer_id: UUID) -> Any:
    member = members.of_customer(db, customer_id)
    if member is None:
        raise NotFound("customer_id", customer_id)
    return member


def _member(db: ReadConnection, row: Any, now: datetime, language: str) -> Member:
    rights = handlers.entitlements(row.level, now)
    return Member(
        **row._mapping,
        level_name=level_name(row.level, language),
        entitles_to=[Entitlement.model_validate(right) for right in rights],
        cards=[Card.model_validate(card) for card in cards.of_member(db, row.member_id)],
    )


def _movement(row: Any, language: str) -> Movement:
    return Movement.model_validate(row).model_copy(update={"because": because(row, language)})
