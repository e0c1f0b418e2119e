"""Routes that show a member whole: level, entitlements and cards."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from crm_chassis.web import ReadConnection, ReaderLanguage
from crm_kernel import Language, NotFound
from crm_loyalty.cards import CardShown, cards
from crm_loyalty.members import level_name, members
from crm_loyalty.programme import entitlements
from crm_loyalty.vocabulary import Level

router = APIRouter(tags=["loyalty"])


class Entitlement(BaseModel):
    """The worth of the member's level on a purchase."""

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
    cards: list[CardShown]


@router.get("/customers/{customer_id}/membership")
def membership_of_customer(customer_id: UUID, request: Request, db: ReadConnection, language: ReaderLanguage) -> Member:
    """Show the membership of a customer."""
    row = members.of_customer(db, customer_id)
    if row is None:
        raise NotFound("customer_id", customer_id)
    return _member(db, row, request.app.state.clock(), language)


@router.get("/members/{member_id}")
def one_member(member_id: UUID, request: Request, db: ReadConnection, language: ReaderLanguage) -> Member:
    """Show one member."""
    row = members.one(db, member_id)
    if row is None:
        raise NotFound("member_id", member_id)
    return _member(db, row, request.app.state.clock(), language)


def _member(db: ReadConnection, row: Row[Any], now: datetime, language: Language) -> Member:
    return Member(
        **row._mapping,
        level_name=level_name(row.level, language),
        entitles_to=[Entitlement.model_validate(right) for right in entitlements(Level(row.level), now)],
        cards=[CardShown.model_validate(card) for card in cards.of_member(db, row.member_id)],
    )
