"""How far each reader has read, kept in the database of its rows and moved in their transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Integer, SmallInteger, Text, column, select, update, values

from crm_eventlog.columns import Instant
from crm_eventlog.projection.read_model import insert_or_ignore
from crm_eventlog.tables import checkpoints


class Overtaken(Exception):
    """Another process has moved a checkpoint of ours: what was folded here is rolled back."""


class Reader(NamedTuple):
    """Somebody with checkpoints of their own: a generation of a read model, or the reactions."""

    name: str
    generation: int


class Mark(NamedTuple):
    """Where a reader stands in a partition: the offset to read next, and the publisher's last position it took in."""

    next_offset: int
    pos: int


class Step(NamedTuple):
    """A checkpoint's move from the offset it was expected at."""

    reader: Reader
    topic: str
    partition: int
    expected: int
    next_offset: int
    pos: int


def lay_checkpoints(db: Connection, reader: Reader, topics: Iterable[str], partitions: int, now: datetime) -> None:
    """A checkpoint at the start of every partition that has none yet."""
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


def load_checkpoints(db: Connection, readers: Sequence[Reader]) -> dict[tuple[Reader, str, int], Mark]:
    """(reader, topic, partition) -> where it stands."""
    query = select(
        checkpoints.c.reader,
        checkpoints.c.generation,
        checkpoints.c.topic,
        checkpoints.c.partition,
        checkpoints.c.next_offset,
        checkpoints.c.pos,
    ).where(checkpoints.c.reader.in_([reader.name for reader in readers]))
    found = {(Reader(name, gen), topic, part): Mark(*mark) for name, gen, topic, part, *mark in db.execute(query)}
    return {key: mark for key, mark in found.items() if key[0] in readers}


def advance(db: Connection, steps: Sequence[Step], now: datetime) -> None:
    """Move all checkpoints in one statement; `Overtaken` unless every one stood where it was expected."""
    if not steps:
        return
    columns = values(
        column("reader", Text),
        column("generation", Integer),
        column("topic", Text),
        column("partition", SmallInteger),
        column("expected", BigInteger),
        column("next_offset", BigInteger),
        column("pos", BigInteger),
        column("at", Instant),
        name="moved",
    )
    # A common table expression, because SQLite cannot name the columns of a VALUES in a FROM.
    moved = columns.data([(*step.reader, *step[1:], now) for step in steps]).cte("moved")
    # The rows that come back are counted, because Python's sqlite3 knows no row count of a statement that begins WITH.
    advanced = db.execute(
        update(checkpoints)
        .values(next_offset=moved.c.next_offset, pos=moved.c.pos, updated_at=moved.c.at)
        .where(
            checkpoints.c.reader == moved.c.reader,
            checkpoints.c.generation == moved.c.generation,
            checkpoints.c.topic == moved.c.topic,
            checkpoints.c.partition == moved.c.partition,
            checkpoints.c.next_offset == moved.c.expected,
        )
        .returning(checkpoints.c.partition)
    ).all()
    if len(advanced) != len(steps):
        raise Overtaken(f"{len(steps) - len(advanced)} of {len(steps)} checkpoints were moved by somebody else")
