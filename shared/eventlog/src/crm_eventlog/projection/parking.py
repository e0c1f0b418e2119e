"""Records that a reader could not take in are set aside; what comes after them under their key queues behind."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, delete, func, select, update

from crm_eventlog.log import LogRecord
from crm_eventlog.log.headers import pack, unpack
from crm_eventlog.projection.checkpoint import Reader
from crm_eventlog.projection.read_model import insert_or_ignore
from crm_eventlog.tables import checkpoints, dropped, parked

_ERROR_SHOWN = 2_000


class Aside(NamedTuple):
    """A record on its way to the side: why, or None where it only waits behind another of its key."""

    reader: Reader
    record: LogRecord
    pos: int
    error: str | None


class Parked(NamedTuple):
    """A record that was set aside."""

    reader: Reader
    record: LogRecord
    key: str
    error: str | None
    parked_at: datetime


def key_of(record: LogRecord) -> str:
    """The key that decides what queues behind what; printable, whatever bytes it is made of."""
    return (record.key or b"").decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


def waiting_keys(db: Connection, readers: Iterable[Reader]) -> dict[Reader, frozenset[str]]:
    """Each reader and the keys that have something set aside."""
    query = select(parked.c.reader, parked.c.generation, parked.c.key).distinct()
    found = [(Reader(name, generation), key) for name, generation, key in db.execute(query)]
    return {reader: frozenset(key for of_reader, key in found if of_reader == reader) for reader in readers}


def park(db: Connection, asides: Sequence[Aside], now: datetime) -> None:
    """Set the records aside, in the checkpoint's transaction."""
    rows = [
        {
            "reader": aside.reader.name,
            "generation": aside.reader.generation,
            "topic": aside.record.topic,
            "partition": aside.record.partition,
            "offset": aside.record.offset,
            "key": key_of(aside.record),
            "pos": aside.pos,
            "value": aside.record.value,
            "headers": pack(aside.record.headers),
            "appended_at": aside.record.appended_at,
            "error": aside.error and aside.error[:_ERROR_SHOWN],
            "parked_at": now,
        }
        for aside in asides
    ]
    insert_or_ignore(db, parked, rows)


def count_parked(db: Connection) -> dict[str, tuple[int, int]]:
    """Reader -> how many records are set aside, under how many keys."""
    query = select(parked.c.reader, func.count(), func.count(parked.c.key.distinct())).group_by(parked.c.reader)
    return {reader: (records, keys) for reader, records, keys in db.execute(query)}


def list_parked(
    db: Connection, *, reader: str | None = None, key: str | None = None, limit: int = 1_000
) -> list[Parked]:
    """What is set aside, each key in its order."""
    query = select(parked).order_by(parked.c.reader, parked.c.key, *_IN_ORDER).limit(limit)
    if reader is not None:
        query = query.where(parked.c.reader == reader)
    if key is not None:
        query = query.where(parked.c.key == key)
    return [_parked(row) for row in db.execute(query)]


def first_parked(db: Connection, reader: Reader, key: str) -> Parked | None:
    """The record of this key that everything else waits for."""
    of_key = and_(_of(reader), parked.c.key == key)
    row = db.execute(select(parked).where(of_key).order_by(*_IN_ORDER).limit(1)).one_or_none()
    return None if row is None else _parked(row)


def hold(db: Connection, reader: Reader, partition: int) -> None:
    """Let nobody move this reader's checkpoints of the partition until the transaction ends."""
    places = (
        select(checkpoints.c.topic)
        .where(
            checkpoints.c.reader == reader.name,
            checkpoints.c.generation == reader.generation,
            checkpoints.c.partition == partition,
        )
        .order_by(checkpoints.c.topic)
    )
    db.execute(places.with_for_update()).all()


def release(db: Connection, one: Parked) -> None:
    """The record was taken in, or let go: the next of its key is the first now."""
    db.execute(delete(parked).where(_place(one)))


def note_error(db: Connection, one: Parked, error: str) -> None:
    """It still cannot be taken in."""
    db.execute(update(parked).where(_place(one)).values(error=error[:_ERROR_SHOWN]))


def drop(db: Connection, one: Parked, *, by: str, reason: str, now: datetime) -> None:
    """Let a record go for good, and keep who did it and why."""
    row = db.execute(select(parked).where(_place(one))).one()._mapping
    kept = {name: row[name] for name in _KEPT}
    db.execute(dropped.insert().values(**kept, dropped_by=by, reason=reason, dropped_at=now))
    release(db, one)


_KEPT = ("reader", "generation", "topic", "partition", "offset", "key", "value", "headers", "error")
_IN_ORDER = (parked.c.parked_at, parked.c.topic, parked.c.partition, parked.c.offset)


def _of(reader: Reader) -> Any:
    return and_(parked.c.reader == reader.name, parked.c.generation == reader.generation)


def _place(one: Parked) -> Any:
    record = one.record
    return and_(
        _of(one.reader),
        parked.c.topic == record.topic,
        parked.c.partition == record.partition,
        parked.c.offset == record.offset,
    )


def _parked(row: Row[Any]) -> Parked:
    key = row.key.encode()
    record = LogRecord(row.topic, row.partition, row.offset, key, row.value, unpack(row.headers), row.appended_at)
    return Parked(Reader(row.reader, row.generation), record, row.key, row.error, row.parked_at)
