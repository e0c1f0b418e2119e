"""Customers: registered, corrected, listed."""

from datetime import date
from typing import Annotated

from pydantic import JsonValue

from crm_events.contacts.vocabulary import CustomerKind, ImportanceListing
from crm_events.event import CustomerEvent, Value
from crm_events.values import Language, Personal


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


class ImportanceListed(CustomerEvent):
    """The customer was put on the red, the general or the black list; `before` is the list they stood on."""

    listing: ImportanceListing
    before: ImportanceListing
    reason: str
