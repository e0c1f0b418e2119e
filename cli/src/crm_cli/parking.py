"""What the services' readers have set aside: looked at and let go; at work, or as files at rest."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from crm_cli.leaving import CannotBeDone, Code
from crm_cli.verification import Subject
from crm_eventlog.log import LogRecord
from crm_eventlog.projection import Parked, Queue, drop, first_parked, list_parked, queues
from crm_eventlog.store import open_engine
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import dropped

Row = dict[str, Any]


class NothingWaits(CannotBeDone):
    """No record of this key is set aside."""


class WhichReader(CannotBeDone):
    """Several readers wait at this key, and only one was meant."""

    code = Code.UNCLEAR


class NotTheFirst(CannotBeDone):
    """Another record is the first of its key by now."""


class Unreadable(CannotBeDone):
    """A database does not tell what is set aside."""


def kind_of(error: str | None) -> str | None:
    """What an error is, without the values that it repeats."""
    return None if error is None else error.partition(":")[0]


def chosen(subject: Subject, service: str | None) -> Mapping[str, str]:
    """The databases that are asked: all, or that of one service."""
    databases = subject.databases
    return databases if service is None else {service: databases[service]} if service in databases else {}


@contextmanager
def database(service: str, url: str) -> Iterator[Engine]:
    """A service's database; `Unreadable` where it is none, or is damaged."""
    engine = open_engine(url, pool_size=2)
    try:
        yield engine
    except SQLAlchemyError as damage:
        reason = str(getattr(damage, "orig", damage)).splitlines()[0]
        raise Unreadable(f"the database of {service} cannot be read: {reason}") from damage
    finally:
        engine.dispose()


def waiting(databases: Mapping[str, str], reader: str | None) -> list[Row]:
    """Every key that waits: whose, how many records, since when, and the kind of error of the first."""
    found: list[Row] = []
    for service, url in databases.items():
        with database(service, url) as engine, reading(engine) as db:
            found += [_waiting(db, service, queue) for queue in queues(db, reader=reader)]
    return found


def _waiting(db: Connection, service: str, queue: Queue) -> Row:
    (first,) = first_parked(db, queue)
    return {
        "service": service,
        "reader": queue.reader.name,
        "generation": queue.reader.generation,
        "partition": queue.partition,
        "key": queue.key,
        "records": queue.records,
        "since": first.parked_at.isoformat(),
        "error": kind_of(first.error),
    }


def let_go(databases: Mapping[str, str], reader: str | None) -> list[Row]:
    """Everything that was dropped: what, by whom, why and when; the newest first."""
    columns = (dropped.c.reader, dropped.c.key, dropped.c.topic, dropped.c.partition, dropped.c.offset, dropped.c.error)
    query = select(*columns, dropped.c.dropped_by, dropped.c.reason, dropped.c.dropped_at)
    query = query.order_by(dropped.c.dropped_at.desc(), dropped.c.offset)
    if reader is not None:
        query = query.where(dropped.c.reader == reader)
    found: list[Row] = []
    for service, url in databases.items():
        with database(service, url) as engine, reading(engine) as db:
            found += [{"service": service, **row} for row in db.execute(query).mappings()]
    changed = {"dropped_at": lambda at: at.isoformat(), "error": kind_of}
    return [{name: changed.get(name, lambda same: same)(value) for name, value in row.items()} for row in found]


def records_of(service: str, url: str, key: str, reader: str | None, limit: int) -> list[Parked]:
    """The first records of a key, for every reader or for one; `NothingWaits`."""
    with database(service, url) as engine, reading(engine) as db:
        found = list_parked(db, reader=reader, key=key, limit=limit)
    if not found:
        raise NothingWaits(f"nothing waits in {service} under the key {key}: `crm parked list` shows what does")
    return found


def as_row(one: Parked) -> Row:
    """A record as it is: place, position, headers, value and error, nothing left out."""
    record = one.record
    headers = [[name, _text(value)] for name, value in record.headers]
    return {
        "reader": one.reader.name,
        "generation": one.reader.generation,
        "key": one.key,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "position": _text(dict(record.headers).get("ce_position")),
        "appended_at": record.appended_at.isoformat(),
        "parked_at": one.parked_at.isoformat(),
        "error": one.error,
        "headers": headers,
        "value": _text(record.value),
    }


def _text(value: bytes | None) -> Any:
    """Bytes as text, or in Base64 where they are none."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def drop_first(
    service: str, url: str, key: str, *, reader: str | None, offset: int | None, whole: bool, by: str, reason: str
) -> tuple[list[Parked], int]:
    """Let the first record of a key go, or its `whole` queue; returns what is gone, and how many wait now."""
    with database(service, url) as engine:
        with engine.begin() as db:
            queue = _only(service, key, queues(db, reader=reader, key=key))
            gone = first_parked(db, queue, queue.records if whole else 1)
            if offset is not None and gone[0].record.offset != offset:
                raise NotTheFirst(f"the first record of {key} is at offset {gone[0].record.offset}, not at {offset}")
            at = _now()
            for one in gone:
                drop(db, one, by=by, reason=reason, now=at)
        with reading(engine) as db:
            left = sum(each.records for each in queues(db, reader=queue.reader.name, key=key))
    return gone, left


def _only(service: str, key: str, found: Sequence[Queue]) -> Queue:
    if not found:
        raise NothingWaits(f"nothing waits in {service} under the key {key}: `crm parked list` shows what does")
    if len(found) > 1:
        readers = ", ".join(sorted({queue.reader.name for queue in found}))
        raise WhichReader(f"{key} waits for several readers: name one with --reader ({readers})")
    return found[0]


def place_of(record: LogRecord) -> str:
    """Where a record stands in the log."""
    return f"{record.topic}[{record.partition}] offset {record.offset}"


def _now() -> datetime:
    return datetime.now(UTC)
