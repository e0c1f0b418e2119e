"""What contacts says: who the customer is, every touch with them, their consent, and the organisation."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import JsonValue

from crm_events.event import CustomerEvent, PublicEvent, Value
from crm_events.values import Channel, ConsentChannel, Language, LocalText, Personal


class CustomerKind(StrEnum):
    """Whether the customer is a human being or an organisation."""

    PERSON = "person"
    COMPANY = "company"


class Direction(StrEnum):
    """Who sought whom: `in` when the customer came to us, `out` when we went to the customer."""

    IN = "in"
    OUT = "out"


class ImportanceListing(StrEnum):
    """The list a customer stands on: red is served first, black is not served, general is everybody else."""

    RED = "red"
    GENERAL = "general"
    BLACK = "black"


class UnitKind(StrEnum):
    """What a unit of the organisation is."""

    HEADQUARTERS = "headquarters"
    REGION = "region"
    BRANCH = "branch"
    OFFICE = "office"
    STORE = "store"
    DISTRIBUTION_CENTRE = "distribution_centre"


class StoreKind(StrEnum):
    """The form of a store."""

    STREET = "street"
    COUNTER = "counter"
    SHOP_IN_SHOP = "shop_in_shop"


class Ownership(StrEnum):
    """Whether the company runs the unit itself or a franchisee does."""

    OWN = "own"
    FRANCHISED = "franchised"


class Address(Value):
    """Where a customer lives, works or wants deliveries; `country` is ISO 3166 with two letters."""

    country: str
    region: str
    city: str
    street: str
    postcode: str


class CustomerRegistered(CustomerEvent):
    """A person or a company became known to us and was given the id it keeps for life."""

    kind: CustomerKind
    name: Annotated[str, Personal()]
    form_of_address: str
    phones: Annotated[tuple[str, ...], Personal()] = ()
    """International form (E.164), as in +8613800138000."""
    emails: Annotated[tuple[str, ...], Personal()] = ()
    addresses: Annotated[tuple[Address, ...], Personal()] = ()
    language: Language
    birthday: Annotated[date | None, Personal()] = None


class DetailsCorrected(CustomerEvent):
    """Details of a customer were put right; `before` and `after` hold the corrected fields only."""

    before: Annotated[dict[str, JsonValue], Personal()]
    after: Annotated[dict[str, JsonValue], Personal()]
    reason: str


class CustomerTouched(CustomerEvent):
    """The customer and the company met: in a store, on the telephone, on the web or anywhere else."""

    touch_id: UUID
    channel: Channel
    place: str
    direction: Direction
    subject: str
    learned: str | None = None


class ConsentGiven(CustomerEvent):
    """The customer allowed us to write or call on this channel, having been shown this text."""

    channel: ConsentChannel
    text_shown: str
    language: Language


class ConsentWithdrawn(CustomerEvent):
    """The customer no longer allows us to write or call on this channel."""

    channel: ConsentChannel
    reason: str


class ImportanceListed(CustomerEvent):
    """The customer was put on the red, the general or the black list; `before` is the list they stood on."""

    listing: ImportanceListing
    before: ImportanceListing
    reason: str


class UnitOpened(PublicEvent):
    """A unit of the organisation, such as a region or a store, began its work under its parent."""

    unit_id: UUID
    code: str
    name: LocalText
    kind: UnitKind
    store_kind: StoreKind | None = None
    ownership: Ownership
    parent_code: str | None = None
    city: str
