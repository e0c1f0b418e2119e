"""Routes that show the balance of a member's points and explain it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from crm_chassis.web import Page, Paged, ReadConnection, ReaderLanguage
from crm_kernel import Language, NotFound
from crm_loyalty.members import level_name, members
from crm_loyalty.points.read_models import balance, explanation
from crm_loyalty.points.wording import explanation_of
from crm_loyalty.programme import day_of, end_of

router = APIRouter(tags=["loyalty"])


class Lot(BaseModel):
    """Points that were earned together; `left` can still be spent."""

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
    """The points a member can spend on a day; `items` are the lots, the soonest to expire first."""

    customer_id: UUID
    member_id: UUID
    level: str
    level_name: str
    on: date
    available: int


class Movement(BaseModel):
    """A movement of points, its reason, and the balance after it."""

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
    """The explanation of a balance; `items` are the movements, the newest first.

    `available` is the balance after the newest movement less what `lapsed`: lots whose last day is over, but whose
    end is not recorded yet.
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
    on = on or day_of(now)
    return Day(on, end_of(on, now))


AsOf = Annotated[Day, Depends(_day)]


@router.get("/customers/{customer_id}/balance")
def balance_of_customer(
    customer_id: UUID, day: AsOf, db: ReadConnection, paging: Paged, language: ReaderLanguage
) -> Balance:
    """Show the points a customer can spend on a day, the same in every store; expired points do not show."""
    member = _member_of(db, customer_id)
    after = paging.after(*balance.SOONEST_FIRST.types)
    rows = balance.lots(db, customer_id, on=day.on, until=day.until, after=after, limit=paging.fetch)
    page = paging.page(rows, item=Lot.model_validate, key=balance.SOONEST_FIRST.of)
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
    """Explain a customer's balance on a day: every movement, its cause and the balance after it."""
    _member_of(db, customer_id)
    after = paging.after(*explanation.NEWEST_FIRST.types)
    rows = explanation.of_customer(db, customer_id, until=day.until, after=after, limit=paging.fetch)
    page = paging.page(rows, item=lambda row: _movement(row, language), key=explanation.NEWEST_FIRST.of)
    points = balance.totals(db, customer_id, on=day.on, until=day.until)
    return Explanation(items=page.items, next=page.next, customer_id=customer_id, on=day.on, **points._asdict())


def _member_of(db: ReadConnection, customer_id: UUID) -> Row[Any]:
    member = members.of_customer(db, customer_id)
    if member is None:
        raise NotFound("customer_id", customer_id)
    return member


def _movement(row: Row[Any], language: Language) -> Movement:
    return Movement.model_validate(row).model_copy(update={"because": explanation_of(row, language)})
