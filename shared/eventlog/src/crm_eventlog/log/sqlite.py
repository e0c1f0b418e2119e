"""The embedded log: one durable SQLite file shared by all services of one machine, without a broker."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    bindparam,
    func,
    select,
)

from crm_eventlog.columns import Instant
from crm_eventlog.log.headers import pack, unpack
from crm_eventlog.log.log import LogRecord, Outgoing, TopicMissing
from crm_eventlog.store.engine import open_engine, reading

_metadata = MetaData()
_topics = Table(
    "topics", _metadata, Column("topic", Text, primary_key=True), Column("partitions", Integer, nullable=False)
)
_records = Table(
    "records",
    _metadata,
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", Text, nullable=False),
    Column("appended_at", Instant, nullable=False),
    PrimaryKeyConstraint("topic", "partition", "offset"),
    sqlite_with_rowid=False,
)


class SqliteLog:
    """A log for several processes at once. An append is one transaction, so it is never in doubt."""

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        self._engine = open_engine(url)
        self._clock = clock
        _metadata.create_all(self._engine)
        # SQLite reports cheaply whether another connection has changed the file since the last query.
        self._watch = self._engine.raw_connection()
        self._watched = Lock()
        self._known: tuple[int, dict[str, dict[int, int]]] = (-1, {})

    async def append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        """Append to all partitions in one transaction."""
        return await asyncio.to_thread(self._append, topic, batch)

    async def read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        """Read one indexed range."""
        return await asyncio.to_thread(self._read, topic, partition, offset, limit)

    async def end_offsets(self, topic: str) -> dict[int, int]:
        """Return the next offset of every partition. Read it only after a change, since consumers ask all the time."""
        known = self._known_ends()
        if topic not in known:
            known[topic] = await asyncio.to_thread(self._end_offsets, topic)
        return known[topic]

    async def create_topic(self, topic: str, partitions: int) -> None:
        """Store the number of partitions."""
        await asyncio.to_thread(self._create_topic, topic, partitions)

    async def reset(self) -> None:
        """Do nothing, since nothing is ever in doubt."""

    async def close(self) -> None:
        """Close the file."""
        self._watch.close()
        self._engine.dispose()

    def _known_ends(self) -> dict[str, dict[int, int]]:
        """Return the end offsets read since the last change of the file."""
        with self._watched:
            (version,) = self._watch.cursor().execute("PRAGMA data_version").fetchone()
            if version != self._known[0]:
                self._known = (version, {})
            return self._known[1]

    def _append(self, topic: str, batch: Mapping[int, Sequence[Outgoing]]) -> dict[int, int]:
        now = self._clock()
        with self._engine.begin() as db:
            ends = self._ends(db, topic)
            rows = [
                (
                    topic,
                    partition,
                    ends[partition] + ordinal,
                    record.key,
                    record.value,
                    pack(record.headers).decode(),
                    now,
                )
                for partition, records in batch.items()
                for ordinal, record in enumerate(records)
            ]
            if rows:
                names = _records.columns.keys()
                db.execute(_records.insert(), [dict(zip(names, row, strict=True)) for row in rows])
        return {partition: ends[partition] + len(records) for partition, records in batch.items()}

    def _read(self, topic: str, partition: int, offset: int, limit: int) -> list[LogRecord]:
        query = (
            select(_records)
            .where(_records.c.topic == topic, _records.c.partition == partition, _records.c.offset >= offset)
            .order_by(_records.c.offset)
            .limit(limit)
        )
        with reading(self._engine) as db:
            rows = db.execute(query).all()
        return [LogRecord(t, p, o, key, value, unpack(headers), at) for t, p, o, key, value, headers, at in rows]

    def _end_offsets(self, topic: str) -> dict[int, int]:
        with reading(self._engine) as db:
            return self._ends(db, topic)

    @staticmethod
    def _ends(db: Connection, topic: str) -> dict[int, int]:
        partitions = db.scalar(select(_topics.c.partitions).where(_topics.c.topic == topic))
        if partitions is None:
            raise TopicMissing(topic)
        return dict(enumerate(db.execute(_ends_of(partitions), {"of_topic": topic}).one()))

    def _create_topic(self, topic: str, partitions: int) -> None:
        with self._engine.begin() as db:
            db.execute(_topics.insert().prefix_with("OR IGNORE"), {"topic": topic, "partitions": partitions})
            found = db.scalar(select(_topics.c.partitions).where(_topics.c.topic == topic))
        if found != partitions:
            raise TopicMissing(f"{topic} has {found} partitions, but the settings say {partitions}")


@cache
def _ends_of(partitions: int) -> Select[Any]:
    """Return a query for the end of each partition's index, whose cost does not depend on the length of the topic."""
    end = func.coalesce(func.max(_records.c.offset) + 1, 0)
    of_topic = _records.c.topic == bindparam("of_topic")
    ends = [select(end).where(of_topic, _records.c.partition == partition) for partition in range(partitions)]
    return select(*(query.scalar_subquery().label(f"end_{partition}") for partition, query in enumerate(ends)))
