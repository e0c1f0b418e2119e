"""A read model for the tests of rebuilds, with functions to follow and inspect it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Engine, Index, MetaData, Table, Text, Uuid, select, update

from crm_eventlog.consumer import PollingConsumer
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord, Outgoing, SqliteLog
from crm_eventlog.projection import Projector, ReadModel, insert_or_ignore
from crm_eventlog.rebuild import (
    LogSource,
    Rebuild,
)
from shared.eventlog.tests.support.notes import PARTITIONS, TOPIC, parse
from shared.eventlog.tests.support.records import ids

written = Table(
    "written",
    MetaData(),
    Column("event_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Index("written_by_customer", "customer_id", "text"),
)


def project(events: Sequence[CloudEvent], db: Connection) -> None:
    rows = [
        {"event_id": event.id, "customer_id": event.data.customer_id, "text": event.data.text}
        for event in events
        if hasattr(event.data, "text")
    ]
    if any(row["text"] == "poison" for row in rows):
        raise ValueError("poison")
    insert_or_ignore(db, written, rows)


def shout(events: Sequence[CloudEvent], db: Connection) -> None:
    project(events, db)
    db.execute(update(written).values(text=written.c.text + "!").where(~written.c.text.endswith("!")))


MODEL = ReadModel("written", 1, (written,), frozenset({TOPIC}), project)
LOUDER = replace(MODEL, version=2, project=shout)


def say(log: SqliteLog, records: Sequence[LogRecord]) -> None:
    for one in records:
        outgoing = Outgoing(one.key or b"", one.value or b"", one.headers)
        asyncio.run(log.append(TOPIC, {one.partition: [outgoing]}))


def follow(projector: Projector, log: SqliteLog) -> None:
    follower = PollingConsumer(projector, log, [TOPIC], batch=3)

    async def to_the_end() -> None:
        while await follower.step():
            pass

    asyncio.run(to_the_end())


def rebuild_of(engine: Engine, log_url: str, model: ReadModel = MODEL, **options: Any) -> Rebuild:
    return Rebuild(engine, model, parse, PARTITIONS, LogSource(log_url), **options)


def served(engine: Engine) -> list[tuple[UUID, str]]:
    with engine.connect() as db:
        return [(row.event_id, row.text) for row in db.execute(select(written).order_by(written.c.event_id))]


def all_ids(count: int = 7) -> set[UUID]:
    return {id for partition in range(PARTITIONS) for id in ids(*range(count), partition=partition)}
