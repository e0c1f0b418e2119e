"""Comparison of two generations, row by row: missing, added and different rows, and the digests of both."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, LargeBinary, MetaData, Numeric, Table, Text, Uuid, insert

from crm_eventlog.columns import Instant
from crm_eventlog.rebuild.comparing import TableDifference, compare
from crm_eventlog.store import open_engine

LI, WU = UUID(int=1), UUID(int=2)
# The key is neither the first nor the only column.
cards = Table(
    "cards",
    MetaData(),
    Column("amount", Numeric(10, 2)),
    Column("customer_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Instant),
    Column("photo", LargeBinary),
)
empty = Table("empty", MetaData(), Column("n", Integer, primary_key=True))
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def card(customer: UUID, kind: str, amount: str = "1.50") -> dict[str, Any]:
    return {"customer_id": customer, "kind": kind, "amount": Decimal(amount), "at": NOON, "photo": b"\x00\xff"}


def line(customer: UUID, kind: str, amount: str = "1.50") -> bytes:
    """Return a row as the digest takes it, key first."""
    return f'["{customer}","{kind}","{amount}","2026-11-02T12:00:00+00:00","00ff"]\n'.encode()


def digest(*lines: bytes) -> str:
    return sha256(b"".join(lines)).hexdigest()


@pytest.fixture
def sides(database_url: str) -> Iterator[tuple[Engine, Connection, Connection]]:
    """Create an old and a new generation: in two schemas on PostgreSQL, in two files on SQLite."""
    if database_url.startswith("sqlite"):
        engines = [open_engine(database_url), open_engine(f"{database_url}.new")]
    else:
        engines = [open_engine(database_url), open_engine(database_url, schema="new")]
        with engines[0].begin() as db:
            db.exec_driver_sql("CREATE SCHEMA new")
    with engines[0].connect() as old, engines[1].connect() as new:
        for db in (old, new):
            empty.create(db, checkfirst=False)
        yield engines[0], old, new
    for engine in engines:
        engine.dispose()


def filled(db: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    table.create(db, checkfirst=False)
    if rows:
        db.execute(insert(table), rows)


def test_rows_of_both_are_paired_by_their_whole_key_wherever_they_stand(sides: Any) -> None:
    _, old, new = sides
    filled(old, cards, [card(LI, "a"), card(LI, "b"), card(LI, "Z"), card(WU, "a"), card(WU, "c")])
    filled(new, cards, [card(LI, "b", "9.00"), card(LI, "Z"), card(WU, "a"), card(WU, "b"), card(WU, "d")])

    assert compare(old, new, [cards, empty]) == [
        TableDifference(
            table="cards",
            rows_old=5,
            rows_new=5,
            only_old=2,
            only_new=2,
            different=1,
            digest_old=digest(line(LI, "Z"), line(LI, "a"), line(LI, "b"), line(WU, "a"), line(WU, "c")),
            digest_new=digest(line(LI, "Z"), line(LI, "b", "9.00"), line(WU, "a"), line(WU, "b"), line(WU, "d")),
            examples=[f"{LI}, a", f"{LI}, b", f"{WU}, b", f"{WU}, c", f"{WU}, d"],
        ),
        TableDifference(table="empty", digest_old=digest(), digest_new=digest()),
    ]


def test_only_one_customers_rows_are_compared_where_one_is_named(sides: Any) -> None:
    _, old, new = sides
    filled(old, cards, [card(LI, "a"), card(WU, "a")])
    filled(new, cards, [card(LI, "a"), card(WU, "a", "9.00"), card(WU, "b")])

    (of_li,) = compare(old, new, [cards], where=("customer_id", LI))
    (of_wu,) = compare(old, new, [cards], where=("customer_id", WU))

    assert (of_li.same, of_li.rows_old, of_li.rows_new) == (True, 1, 1)
    assert (of_wu.same, of_wu.rows_old, of_wu.rows_new, of_wu.only_new, of_wu.different) == (False, 1, 2, 1, 1)


@pytest.mark.parametrize(("left", "right"), [(9, 0), (0, 9)])
def test_no_more_than_five_rows_are_named(sides: Any, left: int, right: int) -> None:
    _, old, new = sides
    for db, count in ((old, left), (new, right)):
        filled(db, cards, [card(LI, str(number)) for number in range(count)])

    (found,) = compare(old, new, [cards])

    assert found.examples == [f"{LI}, {number}" for number in range(5)]
    assert (found.only_old, found.only_new, found.different, found.same) == (left, right, 0, False)


def test_a_table_of_other_columns_is_counted_and_not_compared(sides: Any) -> None:
    _, old, new = sides
    before = Table("cards", MetaData(), Column("customer_id", Uuid, primary_key=True), Column("kind", Text))
    filled(old, before, [{"customer_id": LI, "kind": "a"}, {"customer_id": WU, "kind": "b"}])
    filled(new, cards, [card(LI, "a")])

    (found,) = compare(old, new, [cards])

    assert (found.comparable, found.same, found.rows_old, found.rows_new) == (False, False, 2, 1)
    assert (found.only_old, found.only_new, found.different, found.examples) == (0, 0, 0, [])
    assert len({found.digest_old, found.digest_new, digest()}) == 3


def test_a_table_that_is_new_has_no_rows_of_before(sides: Any) -> None:
    _, old, new = sides
    filled(new, cards, [card(LI, "a")])

    (found,) = compare(old, new, [cards])

    assert (found.comparable, found.rows_old, found.digest_old, found.rows_new) == (False, 0, "", 1)


def test_the_same_rows_that_cannot_be_compared_are_not_called_the_same() -> None:
    assert TableDifference("t", digest_old="d", digest_new="d").same
    assert not TableDifference("t", digest_old="d", digest_new="d", comparable=False).same
