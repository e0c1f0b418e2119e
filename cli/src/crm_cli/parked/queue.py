"""The queues of parked records: listed, shown and dropped."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from crm_chassis.clock import now
from crm_cli.errors import CliError, ExitCode
from crm_cli.targets import Subject, database
from crm_eventlog.consumer import Parked, Queue, drop, first_parked, list_parked, queues
from crm_eventlog.log import LogRecord
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import dropped

Row = dict[str, Any]


class KeyNotParked(CliError):
    """A key under which no record is parked."""


class WhichReader(CliError):
    """A key at which several readers wait, where one must be meant."""

    code = ExitCode.UNCLEAR


class NotTheFirst(CliError):
    """A record that is no longer the first of its key."""


def kind_of(error: str | None) -> str | None:
    """Return the kind of an error, without the values that it repeats."""
    return None if error is None else error.partition(":")[0]


def chosen_databases(subject: Subject, service: str | None) -> Mapping[str, str]:
    """Return all databases, or that of one service."""
    databases = subject.databases
    return databases if service is None else {service: databases[service]} if service in databases else {}


def waiting_keys(databases: Mapping[str, str], reader: str | None) -> list[Row]:
    """List every key that waits, with its reader, its records, their age, and the kind of error of the first."""
    found: list[Row] = []
    for service, url in databases.items():
        with database(service, url) as engine, reading(engine) as db:
            found += [_waiting_key(db, service, queue) for queue in queues(db, reader=reader)]
    return found


def _waiting_key(db: Connection, service: str, queue: Queue) -> Row:
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


def dropped_records(databases: Mapping[str, str], reader: str | None) -> list[Row]:
    """List every dropped record, with the person, the reason and the time; the newest first."""
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


def parked_records(service: str, url: str, key: str, reader: str | None, limit: int) -> list[Parked]:
    """Return the first records of a key, for every reader or for one, or raise `KeyNotParked`."""
    with database(service, url) as engine, reading(engine) as db:
        found = list_parked(db, reader=reader, key=key, limit=limit)
    if not found:
        raise KeyNotParked(f"nothing waits in {service} under the key {key}: `crm parked list` shows what does")
    return found


def as_row(one: Parked) -> Row:
    """Return a whole record: place, position, headers, value and error."""
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
    """Return bytes as text, or in Base64 where they are not UTF-8."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}


def drop_first(
    service: str, url: str, key: str, *, reader: str | None, offset: int | None, whole: bool, by: str, reason: str
) -> tuple[list[Parked], int]:
    """Drop the first record of a key, or its `whole` queue; return the dropped records and the number still waiting."""
    with database(service, url) as engine:
        with engine.begin() as db:
            queue = _only(service, key, queues(db, reader=reader, key=key))
            gone = first_parked(db, queue, queue.records if whole else 1)
            if offset is not None and gone[0].record.offset != offset:
                raise NotTheFirst(f"the first record of {key} is at offset {gone[0].record.offset}, not at {offset}")
            at = now()
            for one in gone:
                drop(db, one, by=by, reason=reason, now=at)
        with reading(engine) as db:
            left = sum(each.records for each in queues(db, reader=queue.reader.name, key=key))
    return gone, left


def _only(service: str, key: str, found: Sequence[Queue]) -> Queue:
    if not found:
        raise KeyNotParked(f"nothing waits in {service} under the key {key}: `crm parked list` shows what does")
    if len(found) > 1:
        readers = ", ".join(sorted({queue.reader.name for queue in found}))
        raise WhichReader(f"{key} waits for several readers: name one with --reader ({readers})")
    return found[0]


def position_of(record: LogRecord) -> str:
    """Return the place of a record in the log."""
    return f"{record.topic}[{record.partition}] offset {record.offset}"
