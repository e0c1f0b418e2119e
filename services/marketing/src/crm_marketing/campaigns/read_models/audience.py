"""The customers marketing may write to: name, address, language, city, importance and consent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    func,
    literal_column,
    select,
)

from crm_eventlog.columns import Instant
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore, insert_or_replace
from crm_events.contacts import (
    ConsentGiven,
    ConsentWithdrawn,
    CustomerRegistered,
    DetailsCorrected,
    ImportanceListed,
)

# `email` and `city` are those of the first e-mail and the first address; `city` in small letters, to be compared.
audience = Table(
    "audience",
    MetaData(),
    Column("customer_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("language", Text, nullable=False),
    Column("city", Text),
    Column("importance", Text, nullable=False),
)
audience_consents = Table(
    "audience_consents",
    MetaData(),
    Column("customer_id", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
    PrimaryKeyConstraint("customer_id", "channel", name="audience_consents_pkey"),
    Index("audience_consents_by_channel", "channel", "given", "customer_id"),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Keep what is known of each customer; the latest change of consent decides, in whatever order it arrives."""
    insert_or_ignore(db, audience, [_registered(e.data) for e in events if isinstance(e.data, CustomerRegistered)])
    for event in events:
        match event.data:
            case DetailsCorrected(customer_id=customer_id):
                _change(db, customer_id, _corrections(event.data.after))
            case ImportanceListed(customer_id=customer_id):
                _change(db, customer_id, {"importance": event.data.listing.value})
    consents = [_consent(event) for event in events if isinstance(event.data, ConsentGiven | ConsentWithdrawn)]
    not_older = literal_column("excluded.changed_at") >= audience_consents.c.changed_at
    insert_or_replace(db, audience_consents, consents, where=not_older)


def matching(
    db: Connection,
    *,
    channel: str,
    languages: Sequence[str] = (),
    importance: Sequence[str] = (),
    cities: Sequence[str] = (),
    after: UUID | None = None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return the customers of a rule in the order of their ids, with or without consent; an empty list is no limit."""
    query = _known(channel).order_by(audience.c.customer_id).limit(limit)
    for column, allowed in (
        (audience.c.language, languages),
        (audience.c.importance, importance),
        (audience.c.city, [city.casefold() for city in cities]),
    ):
        if allowed:
            query = query.where(column.in_(allowed))
    if after:
        query = query.where(audience.c.customer_id > after)
    return db.execute(query).all()


def one(db: Connection, customer_id: UUID, *, channel: str) -> Row[Any] | None:
    """Return what is known of this customer, with their consent on the channel, or None."""
    return db.execute(_known(channel).where(audience.c.customer_id == customer_id)).one_or_none()


def _known(channel: str) -> Select[Any]:
    consents = audience_consents
    theirs = and_(consents.c.customer_id == audience.c.customer_id, consents.c.channel == channel)
    consented = func.coalesce(consents.c.given, False).label("consented")
    return select(audience, consented).select_from(audience.outerjoin(consents, theirs))


def _registered(customer: CustomerRegistered) -> dict[str, Any]:
    return {
        "customer_id": customer.customer_id,
        "name": customer.name,
        "email": next(iter(customer.emails), None),
        "language": customer.language.value,
        "city": next((address.city.casefold() for address in customer.addresses), None),
        "importance": "general",
    }


def _corrections(after: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that a correction changes."""
    changes: dict[str, Any] = {name: after[name] for name in ("name", "language") if name in after}
    if "emails" in after:
        changes["email"] = next(iter(after["emails"]), None)
    if "addresses" in after:
        changes["city"] = next((address["city"].casefold() for address in after["addresses"]), None)
    return changes


def _consent(event: CloudEvent) -> dict[str, Any]:
    return {
        "customer_id": event.data.customer_id,
        "channel": event.data.channel.value,
        "given": isinstance(event.data, ConsentGiven),
        "changed_at": event.time,
    }


def _change(db: Connection, customer_id: UUID, changes: dict[str, Any]) -> None:
    if changes:
        db.execute(audience.update().where(audience.c.customer_id == customer_id).values(changes))


READ_MODEL = ReadModel(
    name="audience",
    version=1,
    tables=(audience, audience_consents),
    topics=frozenset({"crm.contacts.v1"}),
    project=project,
)
