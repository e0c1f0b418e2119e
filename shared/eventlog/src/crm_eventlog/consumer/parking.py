"""Parking of records that a reader cannot process, with all later records of the same key."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from crm_eventlog.consumer.checkpoint import CheckpointConflict, Reader
from crm_eventlog.log import LogRecord
from crm_eventlog.log.headers import pack, unpack
from crm_eventlog.tables import checkpoints, dropped, parked

_ERROR_KEPT = 2_000
_LONGEST_KEY = 200


class ParkedRecord(NamedTuple):
    """A record to be parked. `error` is None if it only waits behind another record of its key."""

    reader: Reader
    record: LogRecord
    pos: int
    error: str | None


class Parked(NamedTuple):
    """A parked record. `key` is its printable key."""

    reader: Reader
    record: LogRecord
    key: str
    error: str | None
    parked_at: datetime


class Queue(NamedTuple):
    """The parked records of one key for one reader, in their order."""

    reader: Reader
    partition: int
    key: str
    records: int = 1


def key_of(record: LogRecord) -> str:
    """Return the key of a record in printable form and of limited length, whatever its bytes."""
    key = printable((record.key or b"").decode("utf-8", "backslashreplace"))
    return key if len(key) <= _LONGEST_KEY else f"{key[:100]}…{sha256(record.key or b'').hexdigest()}"


def printable(text: str) -> str:
    """Return the text with those characters escaped that a database rejects."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def waiting_keys(db: Connection, readers: Iterable[Reader]) -> dict[Reader, frozenset[tuple[int, str]]]:
    """Return the keys with parked records, with their partitions, by reader."""
    waiting: dict[Reader, set[tuple[int, str]]] = {reader: set() for reader in readers}
    query = select(parked.c.reader, parked.c.generation, parked.c.partition, parked.c.key).distinct()
    for name, generation, partition, key in db.execute(query):
        waiting.get(Reader(name, generation), set()).add((partition, key))
    return {reader: frozenset(keys) for reader, keys in waiting.items()}


def park(db: Connection, to_park: Sequence[ParkedRecord], now: datetime) -> None:
    """Park the records in the transaction of the checkpoint.

    A clock may be set back, so a later record never gets an earlier time than those before it.
    """
    query = select(parked.c.reader, parked.c.generation, func.max(parked.c.parked_at))
    latest = {Reader(*row[:2]): row[2] for row in db.execute(query.group_by(parked.c.reader, parked.c.generation))}
    rows = [
        {
            "reader": parked_record.reader.name,
            "generation": parked_record.reader.generation,
            "topic": parked_record.record.topic,
            "partition": parked_record.record.partition,
            "offset": parked_record.record.offset,
            "key": key_of(parked_record.record),
            "raw_key": parked_record.record.key,
            "pos": parked_record.pos,
            "value": parked_record.record.value,
            "headers": pack(parked_record.record.headers),
            "appended_at": parked_record.record.appended_at,
            "error": parked_record.error and printable(parked_record.error)[:_ERROR_KEPT],
            "parked_at": max(now, latest.get(parked_record.reader, now)),
        }
        for parked_record in to_park
    ]
    db.execute(parked.insert(), rows)


def count_parked(db: Connection) -> dict[str, tuple[int, int]]:
    """Return the numbers of parked records and of their keys, by reader."""
    query = select(parked.c.reader, func.count(), func.count(parked.c.key.distinct())).group_by(parked.c.reader)
    return {reader: (records, keys) for reader, records, keys in db.execute(query)}


def count_of(db: Connection, reader: Reader) -> int:
    """Return the number of records parked for this reader."""
    return db.scalar(select(func.count()).select_from(parked).where(_of(reader))) or 0


def list_parked(
    db: Connection, *, reader: str | None = None, key: str | None = None, limit: int = 1_000
) -> list[Parked]:
    """Return parked records, each key in its order."""
    query = select(parked).order_by(parked.c.reader, parked.c.key, *_IN_ORDER).limit(limit)
    return [_parked(row) for row in db.execute(query.where(*_chosen(reader, key)))]


def queues(db: Connection, *, reader: str | None = None, key: str | None = None) -> list[Queue]:
    """Return every key with parked records."""
    columns = parked.c.reader, parked.c.generation, parked.c.partition, parked.c.key
    query = select(*columns, func.count()).group_by(*columns).order_by(*columns).where(*_chosen(reader, key))
    return [Queue(Reader(*row[:2]), *row[2:]) for row in db.execute(query)]


def first_parked(db: Connection, queue: Queue, limit: int = 1) -> list[Parked]:
    """Return the first parked records of a key, at most `limit`."""
    query = select(parked).where(_in(queue)).order_by(*_IN_ORDER).limit(limit)
    return [_parked(row) for row in db.execute(query)]


def hold(db: Connection, queue: Queue) -> None:
    """Lock this reader's checkpoints of the partition until the transaction ends.

    Raise `CheckpointConflict` if there are none, because another generation is served now.
    """
    places = (
        select(checkpoints.c.topic)
        .where(
            checkpoints.c.reader == queue.reader.name,
            checkpoints.c.generation == queue.reader.generation,
            checkpoints.c.partition == queue.partition,
        )
        .order_by(checkpoints.c.topic)
    )
    if not db.execute(places.with_for_update()).all():
        raise CheckpointConflict(f"generation {queue.reader.generation} of {queue.reader.name} is no longer served")


def still_first(db: Connection, queue: Queue, several: Sequence[Parked]) -> bool:
    """Return True if these are still the first records of the key."""
    query = select(parked.c.topic, parked.c.offset).where(_in(queue)).order_by(*_IN_ORDER).limit(len(several))
    return [tuple(row) for row in db.execute(query)] == [(one.record.topic, one.record.offset) for one in several]


def release(db: Connection, one: Parked, pos: int) -> None:
    """Remove a processed record and its redelivered copies, and raise the reader's position to `pos`."""
    record = one.record
    db.execute(delete(parked).where(or_(_place(one), _sent_again(one))))
    db.execute(
        update(checkpoints)
        .values(pos=pos)
        .where(
            checkpoints.c.reader == one.reader.name,
            checkpoints.c.generation == one.reader.generation,
            checkpoints.c.topic == record.topic,
            checkpoints.c.partition == record.partition,
            checkpoints.c.pos < pos,
        )
    )


def note_error(db: Connection, one: Parked, error: str) -> None:
    """Store the error of another failed attempt."""
    db.execute(update(parked).where(_place(one)).values(error=printable(error)[:_ERROR_KEPT]))


def drop(db: Connection, one: Parked, *, by: str, reason: str, now: datetime) -> int:
    """Remove a record and its redelivered copies for good. Store who did it and why. Return the number of records."""
    hold(db, Queue(one.reader, one.record.partition, one.key))
    gone = or_(_place(one), _sent_again(one))
    rows = [{name: row[name] for name in _KEPT} for row in db.execute(select(parked).where(gone)).mappings()]
    if not rows:
        raise CheckpointConflict("another process dropped or processed it")
    db.execute(dropped.insert(), [{**row, "dropped_by": by, "reason": reason, "dropped_at": now} for row in rows])
    db.execute(delete(parked).where(gone))
    return len(rows)


_KEPT = tuple(column.name for column in dropped.c if column.name in parked.c)
_IN_ORDER = (parked.c.parked_at, parked.c.topic, parked.c.partition, parked.c.offset)


def _chosen(reader: str | None, key: str | None) -> list[Any]:
    chosen = (parked.c.reader, reader), (parked.c.key, key)
    return [column == value for column, value in chosen if value is not None]


def _of(reader: Reader) -> Any:
    return and_(parked.c.reader == reader.name, parked.c.generation == reader.generation)


def _in(queue: Queue) -> Any:
    return and_(_of(queue.reader), parked.c.partition == queue.partition, parked.c.key == queue.key)


def _place(one: Parked) -> Any:
    record = one.record
    return and_(
        _of(one.reader),
        parked.c.topic == record.topic,
        parked.c.partition == record.partition,
        parked.c.offset == record.offset,
    )


def _sent_again(one: Parked) -> Any:
    """Match copies that a relay sent again after a crash: the same bytes under later offsets."""
    record = one.record
    return and_(
        _in(Queue(one.reader, record.partition, one.key)),
        parked.c.topic == record.topic,
        parked.c.value.is_not_distinct_from(record.value),
        parked.c.headers == pack(record.headers),
        parked.c.offset > record.offset,
    )


def _parked(row: Row[Any]) -> Parked:
    headers = unpack(row.headers)
    record = LogRecord(row.topic, row.partition, row.offset, row.raw_key, row.value, headers, row.appended_at)
    return Parked(Reader(row.reader, row.generation), record, row.key, row.error, row.parked_at)
