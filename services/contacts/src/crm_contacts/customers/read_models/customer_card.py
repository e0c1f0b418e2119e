"""The customer card: details, consent, the importance list, and the first and last touch."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, Connection, Date, MetaData, Row, String, Table, Text, Uuid, select

from crm_eventlog.columns import Instant, instant_text
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_replace
from crm_events.contacts import (
    Address,
    ConsentGiven,
    ConsentWithdrawn,
    CustomerRegistered,
    CustomerTouched,
    DetailsCorrected,
    ImportanceListed,
    ImportanceListing,
)

Card = dict[str, Any]

customer_card = Table(
    "customer_card",
    MetaData(),
    Column("customer_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False, comment="of the customer's own stream, for If-Match"),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("form_of_address", Text, nullable=False),
    Column("phones", JSON, nullable=False),
    Column("emails", JSON, nullable=False),
    Column("addresses", JSON, nullable=False),
    Column("language", String(2), nullable=False),
    Column("birthday", Date),
    Column("registered_at", Instant, nullable=False),
    Column("importance", String(20), nullable=False),
    Column("importance_reason", Text),
    Column("consents", JSON, nullable=False, comment="channel -> the last entry of the ledger"),
    Column("touches", BigInteger, nullable=False),
    Column("first_touch", JSON(none_as_null=True)),
    Column("last_touch", JSON(none_as_null=True)),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Update the cards of the customers in this batch; each card is read once and written once."""
    cards = _cards(db, {event.partition_key for event in events})
    for event in events:
        _apply(event, cards)
    insert_or_replace(db, customer_card, list(cards.values()))


def of_customer(db: Connection, customer_id: UUID) -> Row[Any] | None:
    """Return the card of one customer."""
    return db.execute(select(customer_card).where(customer_card.c.customer_id == customer_id)).one_or_none()


def of_customers(db: Connection, customer_ids: Sequence[UUID]) -> list[Row[Any]]:
    """Return the cards of these customers, in this order; an id without a card is left out."""
    found = {row.customer_id: row for row in _of(db, customer_ids)}
    return [found[customer_id] for customer_id in customer_ids if customer_id in found]


def _cards(db: Connection, customer_ids: Collection[UUID]) -> dict[UUID, Card]:
    return {row.customer_id: dict(row._mapping) for row in _of(db, customer_ids)}


def _of(db: Connection, customer_ids: Collection[UUID]) -> Sequence[Row[Any]]:
    return db.execute(select(customer_card).where(customer_card.c.customer_id.in_(customer_ids))).all()


def _apply(event: CloudEvent, cards: dict[UUID, Card]) -> None:
    match event.data:
        case CustomerRegistered() as registered:
            cards[registered.customer_id] = _new_card(registered, event)
        case DetailsCorrected(customer_id=customer_id, after=after):
            cards[customer_id] |= {**_corrected(after), "version": event.sequence}
        case ImportanceListed(customer_id=customer_id, listing=listing, reason=reason):
            cards[customer_id] |= {"importance": listing, "importance_reason": reason, "version": event.sequence}
        case ConsentGiven(customer_id=customer_id) | ConsentWithdrawn(customer_id=customer_id):
            card = cards[customer_id]
            card["consents"] = {**card["consents"], event.data.channel: _entry(event)}
        case CustomerTouched(customer_id=customer_id):
            _touch(cards[customer_id], event)


def _new_card(registered: CustomerRegistered, event: CloudEvent) -> Card:
    shown = registered.model_dump(mode="json")
    return {
        **shown,
        "customer_id": registered.customer_id,
        "birthday": registered.birthday,
        "version": event.sequence,
        "registered_at": event.time,
        "importance": ImportanceListing.GENERAL,
        "importance_reason": None,
        "consents": {},
        "touches": 0,
        "first_touch": None,
        "last_touch": None,
    }


def _corrected(after: Mapping[str, Any]) -> Card:
    """Return the corrected fields as columns.

    A field from newer code has no column yet and is left out, as is an unknown part of an address.
    """
    card = {name: value for name, value in after.items() if name in customer_card.columns}
    if card.get("birthday"):
        card["birthday"] = date.fromisoformat(card["birthday"])
    if "addresses" in card:
        known = [Address.model_validate_json(json.dumps(each), extra="ignore") for each in card["addresses"]]
        card["addresses"] = [address.model_dump() for address in known]
    return card


def _entry(event: CloudEvent) -> Card:
    """Return one entry of the consent ledger, as the card shows it."""
    entry = {"given": isinstance(event.data, ConsentGiven), "at": instant_text(event.time), "by": event.actor}
    return {**entry, **event.data.model_dump(include={"text_shown", "language", "reason"})}


def _touch(card: Card, event: CloudEvent) -> None:
    """Count a touch; the first and the last are decided by when they happened, because a store may report late."""
    key = [instant_text(event.time), event.subject.hex, event.sequence]
    touch = event.data.model_dump(mode="json", exclude={"customer_id"})
    touch |= {"at": key[0], "by": event.actor, "unit": event.unit, "order_key": key}
    card["touches"] += 1
    card["first_touch"] = _chosen(min, card["first_touch"], touch)
    card["last_touch"] = _chosen(max, card["last_touch"], touch)


def _chosen(choose: Callable[..., Card], standing: Card | None, touch: Card) -> Card:
    return touch if standing is None else choose(standing, touch, key=lambda each: each["order_key"])


READ_MODEL = ReadModel(
    name="customer_card",
    version=1,
    tables=(customer_card,),
    topics=frozenset({"crm.contacts.v1"}),
    project=project,
)
