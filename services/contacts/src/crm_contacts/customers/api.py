"""Customers over HTTP: the card and the search."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from crm_chassis.web import Page, Paged, ReadConnection
from crm_contacts.customers.commands import Address
from crm_contacts.customers.read_models import customer_card
from crm_contacts.customers.read_models.customer_search.query import Hit, Match, find
from crm_contacts.fields import HOME, Region
from crm_contacts.vocabulary import CustomerKind, Direction, ImportanceListing
from crm_eventlog.aggregate import NotFound
from crm_kernel import Channel, ConsentChannel, Language

MOST_IDS = 200

router = APIRouter(tags=["contacts"])


class Shown(BaseModel):
    """A response read from a row or a document of a read model."""

    model_config = ConfigDict(from_attributes=True)


class Consented(Shown):
    """The last entry of the consent ledger on one channel."""

    given: bool
    at: datetime
    by: str
    text_shown: str | None = None
    language: Language | None = None
    reason: str | None = Field(default=None, description="Why it was withdrawn.")


class Touched(Shown):
    """One meeting of the customer and the company."""

    touch_id: UUID
    channel: Channel
    place: str
    direction: Direction
    subject: str
    learned: str | None
    at: datetime
    by: str
    unit: str


class CustomerCard(Shown):
    """All that contacts knows of a customer; `version` is for If-Match when details or the listing are changed."""

    customer_id: UUID
    version: int
    kind: CustomerKind
    name: str
    form_of_address: str
    phones: list[str]
    emails: list[str]
    addresses: list[Address]
    language: Language
    birthday: date | None
    registered_at: datetime
    importance: ImportanceListing
    importance_reason: str | None
    consents: dict[ConsentChannel, Consented] = Field(description="By channel; a channel never asked for is absent.")
    touches: int = Field(description="How often the customer and the company met.")
    first_touch: Touched | None
    last_touch: Touched | None


class CustomerFound(CustomerCard):
    """A card, and how well it fits what was searched for."""

    match: Literal["exact", "prefix", "part"] | None = Field(description="Empty where nothing was searched for.")


@router.get("/customers")
def customers(
    db: ReadConnection,
    paging: Paged,
    q: Annotated[
        str,
        Query(
            max_length=200,
            description="A phone number in any form or its last digits, an e-mail address, a name or any part of it; "
            "a Chinese name also in pinyin, with or without spaces, or by its initials. Empty: everybody.",
            examples=["chen zhili", "czl", "志丽", "138 0013 8000"],
        ),
    ] = "",
    area: Annotated[str, Query(max_length=100, description="Only with an address in this city or region.")] = "",
    region: Annotated[Region, Query(description="Where a number without a country code is dialled.")] = HOME,
) -> Page[CustomerFound]:
    """Search customers: exact before prefix before part, each in pinyin order."""
    after = paging.after(Match, str, UUID)
    found = find(db, q, area=area, region=region, after=after, limit=paging.fetch)
    cards = {card.customer_id: card for card in customer_card.of_customers(db, [hit.customer_id for hit in found])}
    # The card of somebody who was found a moment after registering may not be there yet.
    page = paging.page(found, item=lambda hit: _found(cards.get(hit.customer_id), hit, q), key=tuple)
    return Page(items=[item for item in page.items if item is not None], next=page.next)


@router.get("/customers/by-ids")
def customers_by_ids(
    db: ReadConnection, id: Annotated[list[UUID], Query(min_length=1, max_length=MOST_IDS, description="At most 200.")]
) -> list[CustomerCard]:
    """Read the cards of these customers, in this order; an id that is not registered is left out."""
    return [CustomerCard.model_validate(row) for row in customer_card.of_customers(db, id)]


@router.get("/customers/{customer_id}", responses={200: {"headers": {"ETag": {"schema": {"type": "string"}}}}})
def one_customer(customer_id: UUID, db: ReadConnection, response: Response) -> CustomerCard:
    """Read the card of one customer; its ETag is the version for If-Match."""
    row = customer_card.of_customer(db, customer_id)
    if row is None:
        raise NotFound("customer_id", customer_id)
    response.headers["ETag"] = f'"{row.version}"'
    return CustomerCard.model_validate(row)


def _found(card: Row[Any] | None, hit: Hit, q: str) -> CustomerFound | None:
    if card is None:
        return None
    return CustomerFound.model_validate({**card._mapping, "match": hit.match.name.lower() if q.strip() else None})
