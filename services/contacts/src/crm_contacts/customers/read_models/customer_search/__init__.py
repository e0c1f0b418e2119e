"""The customer search: by any phone number, e-mail address or name as people type them, and by area.

It has its own token table, so that it finds the same on SQLite and on PostgreSQL without a database extension.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, MetaData, String, Table, Text, Uuid, delete
from sqlalchemy.dialects import postgresql

from crm_contacts.customers.read_models.customer_search.names import folded, in_order, spellings
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.projection import ReadModel, insert_or_ignore, insert_or_replace
from crm_events.contacts import CustomerRegistered, DetailsCorrected

Token = tuple[str, str]

# Compared letter by letter in both databases: SQLite does so by itself, PostgreSQL in the collation C.
Letters = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

NAME, PART, PHONE, EMAIL, AREA = "name", "part", "phone", "email", "area"

_tables = MetaData()
customer_search = Table(
    "customer_search",
    _tables,
    Column("customer_id", Uuid, primary_key=True),
    Column("in_order", Letters, nullable=False, comment="by pinyin, then as written"),
    Index("customer_search_in_order", "in_order", "customer_id"),
)
customer_tokens = Table(
    "customer_tokens",
    _tables,
    Column("kind", String(10), primary_key=True),
    Column("token", Letters, primary_key=True),
    Column("customer_id", Uuid, primary_key=True, index=True),
    sqlite_with_rowid=False,
)


def name_tokens(name: str) -> Iterable[Token]:
    """Return the tokens of a name from its beginning, and from within."""
    typed = spellings(name)
    yield from ((NAME, token) for token in typed.whole)
    yield from ((PART, token) for token in typed.parts)


def phone_tokens(phones: Sequence[str]) -> Iterable[Token]:
    """Return each number backwards, so that its last digits begin the token."""
    return ((PHONE, phone.removeprefix("+")[::-1]) for phone in phones)


def email_tokens(emails: Sequence[str]) -> Iterable[Token]:
    """Return each e-mail address in lower case."""
    return ((EMAIL, folded(email)) for email in emails)


def area_tokens(addresses: Sequence[Mapping[str, str]]) -> Iterable[Token]:
    """Return the region and the city of each address."""
    return ((AREA, folded(place)) for at in addresses for place in (at["region"], at["city"]) if place)


# The details by which a customer is found, the tokens made of each, and the kinds of these tokens.
TOKENS: Mapping[str, Callable[[Any], Iterable[Token]]] = {
    "name": name_tokens,
    "phones": phone_tokens,
    "emails": email_tokens,
    "addresses": area_tokens,
}
KINDS: Mapping[str, tuple[str, ...]] = {
    "name": (NAME, PART),
    "phones": (PHONE,),
    "emails": (EMAIL,),
    "addresses": (AREA,),
}


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    """Replace the tokens of the fields in this batch; a field that a correction leaves out keeps its tokens."""
    standing: dict[tuple[UUID, str], Any] = {}
    corrected: dict[str, set[UUID]] = defaultdict(set)
    for event in events:
        match event.data:
            case CustomerRegistered(customer_id=customer_id):
                fields = event.data.model_dump(mode="json", include=set(TOKENS))
                standing.update({(customer_id, field): value for field, value in fields.items()})
            case DetailsCorrected(customer_id=customer_id, after=after):
                for field in TOKENS.keys() & after.keys():
                    standing[customer_id, field] = after[field]
                    corrected[field].add(customer_id)
    _delete_tokens(corrected, db)
    _write_tokens(standing, db)


def _delete_tokens(corrected: Mapping[str, set[UUID]], db: Connection) -> None:
    of = customer_tokens.c
    for field, customer_ids in corrected.items():
        db.execute(delete(customer_tokens).where(of.customer_id.in_(customer_ids), of.kind.in_(KINDS[field])))


def _write_tokens(standing: Mapping[tuple[UUID, str], Any], db: Connection) -> None:
    tokens = [
        {"kind": kind, "token": token, "customer_id": customer_id}
        for (customer_id, field), value in standing.items()
        for kind, token in TOKENS[field](value)
    ]
    names = [
        {"customer_id": customer_id, "in_order": in_order(value)}
        for (customer_id, field), value in standing.items()
        if field == "name"
    ]
    insert_or_ignore(db, customer_tokens, tokens)
    insert_or_replace(db, customer_search, names)


READ_MODEL = ReadModel(
    name="customer_search",
    version=1,
    tables=(customer_search, customer_tokens),
    topics=frozenset({"crm.contacts.v1"}),
    project=project,
)
