"""Routes that show cards."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from crm_chassis.web import ReadConnection
from crm_kernel import NotFound
from crm_loyalty.cards.read_models import cards
from crm_loyalty.fields import CardNumber

router = APIRouter(tags=["loyalty"])


class Card(BaseModel):
    """A card and its member."""

    model_config = ConfigDict(from_attributes=True)

    card_id: UUID
    number: str
    member_id: UUID
    customer_id: UUID
    state: str
    issued_at: datetime
    issued_in: str


@router.get("/cards/{number}")
def one_card(number: Annotated[CardNumber, Path()], db: ReadConnection) -> Card:
    """Show the card with this number; spaces, hyphens and small letters do not matter."""
    row = cards.by_number(db, number)
    if row is None:
        raise NotFound("number", number)
    return Card.model_validate(row)
