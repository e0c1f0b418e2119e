"""One digest of a history: services that have read to the same positions have the same, byte for byte."""

from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, String, Uuid, cast, func, select, type_coerce

from crm_eventlog.columns import Instant
from crm_eventlog.tables import checkpoints, generations
from crm_history.tables import ORDER_KEY, customer_history

_ROWS_AT_A_TIME = 5_000
_ISO_8601 = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'


@dataclass(frozen=True, slots=True)
class Positions:
    """The number of events in the history, and the offset up to which each topic's partitions were read."""

    count: int
    offsets: dict[str, dict[int, int]]


def digest(db: Connection, customer_id: UUID | None = None) -> str:
    """SHA-256 over every column of every row, customer by customer in the order of their histories.

    A column counts as its length in characters, a colon and its text, nothing as `-`; ids are 32 hexadecimal digits,
    times ISO 8601 in UTC with microseconds. A line feed ends a row.
    """
    row = reduce(add, (_measured(_plain(column, db.dialect.name)) for column in customer_history.c))
    query = select(row).order_by(customer_history.c.customer_id, *ORDER_KEY, customer_history.c.event_id)
    if customer_id is not None:
        query = query.where(customer_history.c.customer_id == customer_id)
    whole = sha256()
    for texts in db.scalars(query.execution_options(yield_per=_ROWS_AT_A_TIME)).partitions():
        whole.update("\n".join(texts).encode() + b"\n")
    return whole.hexdigest()


def _plain(column: Column[Any], dialect: str) -> ColumnElement[str]:
    """Return the column's text, the same on both databases: SQLite keeps ids and times as the text they are here."""
    match column.type, dialect:
        case BigInteger(), _:
            return cast(column, String)
        case Uuid(), "postgresql":
            return func.replace(cast(column, String), "-", "", type_=String)
        case Instant(), "postgresql":
            return func.to_char(func.timezone("UTC", column), _ISO_8601, type_=String)
        case _:
            return type_coerce(column, String)


def _measured(text: ColumnElement[str]) -> ColumnElement[str]:
    return func.coalesce(cast(func.length(text), String) + ":" + text, "-", type_=String)


def positions(db: Connection) -> Positions:
    """Return the count and the positions a digest belongs to, when both are read in one transaction."""
    count = db.scalar(select(func.count()).select_from(customer_history)) or 0
    read = (
        select(checkpoints.c.topic, checkpoints.c.partition, checkpoints.c.next_offset)
        .join(
            generations,
            (checkpoints.c.reader == generations.c.reader) & (checkpoints.c.generation == generations.c.generation),
        )
        .where(checkpoints.c.reader == customer_history.name)
        .order_by(checkpoints.c.topic, checkpoints.c.partition)
    )
    offsets: dict[str, dict[int, int]] = {}
    for topic, partition, offset in db.execute(read):
        offsets.setdefault(topic, {})[partition] = offset
    return Positions(count, offsets)
