"""Checkpoints of readers, kept in the database of their rows and moved in the same transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, SmallInteger, Text, Update, bindparam, select, update

from crm_eventlog.columns import Instant
from crm_eventlog.tables import checkpoints
from crm_eventlog.upserts import insert_or_ignore

# SQLite joins at most 500 rows by UNION ALL.
_AT_ONCE = 100
_COLUMNS = {
    "reader": Text,
    "generation": Integer,
    "topic": Text,
    "partition": SmallInteger,
    "expected": BigInteger,
    "expected_pos": BigInteger,
    "next_offset": BigInteger,
    "pos": BigInteger,
}


class CheckpointConflict(Exception):
    """A checkpoint that another process moved. The transaction is rolled back."""


class Reader(NamedTuple):
    """An owner of checkpoints: a generation of a read model, or the reactions."""

    name: str
    generation: int


class Checkpoint(NamedTuple):
    """The next offset of a reader in a partition, and the publisher's last position it processed."""

    next_offset: int
    pos: int


class CheckpointMove(NamedTuple):
    """The move of a checkpoint from its expected value to the next."""

    reader: Reader
    topic: str
    partition: int
    expected: Checkpoint
    next_offset: int
    pos: int


def create_missing_checkpoints(
    db: Connection, reader: Reader, topics: Iterable[str], partitions: int, now: datetime
) -> None:
    """Create a checkpoint at the start of every partition that has none yet."""
    rows = [
        {
            "reader": reader.name,
            "generation": reader.generation,
            "topic": topic,
            "partition": partition,
            "next_offset": 0,
            "updated_at": now,
        }
        for topic in topics
        for partition in range(partitions)
    ]
    insert_or_ignore(db, checkpoints, rows)


def load_checkpoints(db: Connection, readers: Sequence[Reader]) -> dict[tuple[Reader, str, int], Checkpoint]:
    """Return the checkpoints by (reader, topic, partition)."""
    query = select(
        checkpoints.c.reader,
        checkpoints.c.generation,
        checkpoints.c.topic,
        checkpoints.c.partition,
        checkpoints.c.next_offset,
        checkpoints.c.pos,
    ).where(checkpoints.c.reader.in_([reader.name for reader in readers]))
    found = {(Reader(name, gen), topic, part): Checkpoint(*mark) for name, gen, topic, part, *mark in db.execute(query)}
    return {key: mark for key, mark in found.items() if key[0] in readers}


def advance(db: Connection, steps: Sequence[CheckpointMove], now: datetime) -> None:
    """Move all checkpoints, many per statement. Raise `CheckpointConflict` if one is not where it was expected."""
    for begin in range(0, len(steps), _AT_ONCE):
        _advance(db, steps[begin : begin + _AT_ONCE], now)


def _advance(db: Connection, steps: Sequence[CheckpointMove], now: datetime) -> None:
    values: dict[str, Any] = {"now": now}
    for number, step in enumerate(steps):
        for column, value in zip(_COLUMNS, (*step.reader, *step[1:3], *step.expected, *step[4:]), strict=True):
            values[f"{column}_{number}"] = value
    # Count the returned rows, because Python's sqlite3 has no row count for a statement that begins with WITH.
    advanced = db.execute(_advancing(len(steps)), values).all()
    if len(advanced) != len(steps):
        raise CheckpointConflict(
            f"{len(steps) - len(advanced)} of {len(steps)} checkpoints were moved by another process"
        )


@cache
def _advancing(count: int) -> Update:
    """Return the statement that moves `count` checkpoints, cached because SQLAlchemy compiles VALUES every time."""
    rows = [
        select(*(bindparam(f"{name}_{number}", type_=kind).label(name) for name, kind in _COLUMNS.items()))
        for number in range(count)
    ]
    moved = rows[0].union_all(*rows[1:]).cte("moved")
    return (
        update(checkpoints)
        .values(next_offset=moved.c.next_offset, pos=moved.c.pos, updated_at=bindparam("now", type_=Instant))
        .where(
            checkpoints.c.reader == moved.c.reader,
            checkpoints.c.generation == moved.c.generation,
            checkpoints.c.topic == moved.c.topic,
            checkpoints.c.partition == moved.c.partition,
            checkpoints.c.next_offset == moved.c.expected,
            checkpoints.c.pos == moved.c.expected_pos,
        )
        .returning(checkpoints.c.partition)
    )
