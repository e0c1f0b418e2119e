"""The query of the customer search: exact before prefix before part."""

import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple
from uuid import UUID

import phonenumbers
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Uuid,
    case,
    false,
    func,
    intersect,
    literal,
    select,
    tuple_,
    union_all,
)

from crm_contacts.customers.read_models.customer_search import (
    AREA,
    EMAIL,
    NAME,
    PART,
    PHONE,
    Letters,
    customer_search,
    customer_tokens,
)
from crm_contacts.customers.read_models.customer_search.names import LONGEST, folded, joined, words

FEWEST_DIGITS = 4
MOST_WORDS = 5
# No letter comes after this one.
LAST_LETTER = "\U0010ffff"

of = customer_tokens.c


class Match(IntEnum):
    """The closeness of a customer to what was typed; the smaller, the better."""

    EXACT = 0
    PREFIX = 1
    PART = 2


class Hit(NamedTuple):
    """A customer that was found, with the key of the order of display."""

    match: Match
    in_order: str
    customer_id: UUID


def find(
    db: Connection,
    text: str = "",
    *,
    limit: int,
    area: str = "",
    region: str,
    after: tuple[Match, str, UUID] | None = None,
) -> list[Hit]:
    """Return the customers this text may mean, the best match first, then by name in pinyin order.

    An empty text finds everybody.

    `region` is the country in which a number without a country code is dialled; `area` is a city or a region of an
    address; `after` is the last one already seen.
    """
    best = _best(text, region) if text.strip() else select(customer_search.c.customer_id, literal(0).label("match"))
    fits = best.subquery()
    query = select(fits.c.match, customer_search.c.in_order, customer_search.c.customer_id)
    query = query.join_from(customer_search, fits, customer_search.c.customer_id == fits.c.customer_id)
    if area.strip():
        query = query.where(customer_search.c.customer_id.in_(_token(AREA, folded(area.strip()))))
    shown = (fits.c.match, customer_search.c.in_order, customer_search.c.customer_id)
    if after is not None:
        query = query.where(tuple_(*shown) > tuple_(*_bound(after)))
    rows = db.execute(query.order_by(*shown).limit(limit))
    return [Hit(Match(match), in_order, customer_id) for match, in_order, customer_id in rows]


def _bound(after: tuple[Match, str, UUID]) -> tuple[ColumnElement[Any], ...]:
    match, in_order, customer_id = after
    return literal(int(match)), literal(in_order, Letters), literal(customer_id, Uuid)


def _best(text: str, region: str) -> Select[Any]:
    """Select every customer that fits in any way, with the best match."""
    ways = union_all(*_ways(text, region), _nobody()).subquery()
    return select(ways.c.customer_id, func.min(ways.c.match).label("match")).group_by(ways.c.customer_id)


def _ways(text: str, region: str) -> Iterator[Select[Any]]:
    if typed := joined(text):
        yield _beginning(NAME, typed)
        yield _beginning(PART, typed, Match.PART)
        yield _beginning(EMAIL, folded(text.strip()))
    if len(several := words(text)[:MOST_WORDS]) > 1:
        yield _by_words(several)
    yield from _by_phone(text, region)


def _by_phone(text: str, region: str) -> Iterator[Select[Any]]:
    """Match a number exactly in any written form, or by its last digits."""
    digits = "".join(str(unicodedata.digit(letter)) for letter in text if letter.isdigit())
    if len(digits) < FEWEST_DIGITS or any(letter.isalpha() for letter in text):
        return
    try:
        number = phonenumbers.parse(text, region)
        whole = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
        yield _token(PHONE, whole[::-1], Match.EXACT)
    except phonenumbers.NumberParseException:
        pass
    if last := digits.lstrip("0"):
        yield _beginning(PHONE, last[::-1], Match.PART)


def _by_words(several: list[str]) -> Select[Any]:
    """Select names with all the words, in any order: `Chen Lily` finds Lily Chen."""
    each = [select(of.customer_id).where(of.kind.in_((NAME, PART)), _begins(word[:LONGEST])) for word in several]
    all_of_them = intersect(*each).subquery()
    return select(all_of_them.c.customer_id, literal(int(Match.PART)).label("match"))


def _nobody() -> Select[Any]:
    """Select nobody: a text of punctuation has no other way to match."""
    return select(of.customer_id, literal(int(Match.PART)).label("match")).where(false())


def _token(kind: str, token: str, match: Match | None = None) -> Select[Any]:
    """Select the customers with exactly this token."""
    shown = [of.customer_id] if match is None else [of.customer_id, literal(int(match)).label("match")]
    return select(*shown).where(of.kind == kind, of.token == token)


def _beginning(kind: str, beginning: str, match: Match | None = None) -> Select[Any]:
    """Select the customers with a token that begins so; a whole token is exact, unless `match` says otherwise."""
    exact_or_prefix = case((of.token == beginning, int(Match.EXACT)), else_=int(Match.PREFIX))
    how = exact_or_prefix if match is None else literal(int(match))
    return select(of.customer_id, how.label("match")).where(of.kind == kind, _begins(beginning))


def _begins(beginning: str) -> ColumnElement[bool]:
    """Compare by a range of the index, in which no sign has a special meaning, as % has in LIKE."""
    return (of.token >= beginning) & (of.token < beginning + LAST_LETTER)
