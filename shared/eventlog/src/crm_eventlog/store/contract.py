"""What every store does, whichever database is behind it."""

import os
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from zlib import crc32

import msgspec
import sqlalchemy.exc
from eventsourcing.persistence import ApplicationRecorder, IntegrityError, StoredEvent, Subscription
from sqlalchemy import Engine, Row, select

from crm_eventlog.circumstances import COMMAND_NAMESPACE, Circumstances
from crm_eventlog.store.chain import StoredFact, link
from crm_eventlog.tables import commands, counters, events

# A position as one number for the library: the partition in the upper bits.
_PART_SHIFT = 48
_UNSTORED = ("fingerprint", "only_if_version", "command_id", "recorded_at")


class Conflict(IntegrityError):
    """Another command changed the same aggregate first; `current` is the version that stands, where it is known."""

    current: int | None = None


class Answer(NamedTuple):
    """The first answer to a command, as it was given."""

    command_id: str
    fingerprint: str
    aggregate_id: UUID
    version: int
    position: str
    recorded_at: datetime


def partition_of(key: UUID, partitions: int) -> int:
    """The partition of a key, the same in every store and every topic."""
    return crc32(key.bytes) % partitions


def refuse_unsafe_environment() -> None:
    """The library's database functions lose events for tailing readers: refuse to start with them on."""
    if os.environ.get("POSTGRES_ENABLE_DB_FUNCTIONS", "").lower() in {"y", "yes", "t", "true", "on", "1"}:
        raise RuntimeError("POSTGRES_ENABLE_DB_FUNCTIONS loses events; unset it and start again.")


class EventStore(ApplicationRecorder):
    """Append and read facts of one service.

    A partition's positions are gapless from 1: whoever has read up to n and finds nothing after n has missed nothing.
    """

    def __init__(self, engine: Engine, *, source: str, partitions: int) -> None:
        self.engine = engine
        self.source = source
        self.partitions = partitions

    def insert_events(self, stored_events: Sequence[StoredEvent], **circumstances: Any) -> list[int]:
        """The library's way in; `circumstances` are those of `append`."""
        return self.append(stored_events, **circumstances) if stored_events else []

    def append(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        said: Circumstances,
        partition_keys: Mapping[UUID | str, UUID],
        answer_for: tuple[UUID, int],
        **_: Any,
    ) -> list[int]:
        """Append the facts of one command and its answer in one transaction; `Conflict` when somebody was faster."""
        parts = {event.originator_id: self.part(partition_keys[event.originator_id]) for event in stored_events}
        with self._appending(sorted(set(parts.values()))) as (cursor, heads):
            rows = list(self._chained(stored_events, said, partition_keys, parts, heads))
            answered = next((row for row in reversed(rows) if row.originator_id == answer_for[0]), rows[-1])
            answer = Answer(
                said.command_id, said.fingerprint, *answer_for, f"{answered.part}:{answered.pos}", said.recorded_at
            )
            self._write(cursor, rows, heads, answer)
        return [row.part << _PART_SHIFT | row.pos for row in rows]

    def part(self, key: UUID) -> int:
        """The partition of a key in this store."""
        return partition_of(key, self.partitions)

    @staticmethod
    def position_of(notification_id: int) -> str:
        """`part:pos` of an inserted event, from the number the library carries."""
        return f"{notification_id >> _PART_SHIFT}:{notification_id & (1 << _PART_SHIFT) - 1}"

    def answer(self, said: Circumstances, aggregate_id: UUID, version: int) -> Answer:
        """Keep the answer of a command that made nothing new true; `Conflict` when it was answered a moment ago."""
        answer = Answer(said.command_id, said.fingerprint, aggregate_id, version, "", said.recorded_at)
        try:
            with self.engine.begin() as db:
                db.execute(commands.insert().values(answer._asdict()))
        except sqlalchemy.exc.IntegrityError as error:
            raise Conflict(str(error.orig)) from error
        return answer

    def answer_to(self, command_id: str) -> Answer | None:
        """The first answer to this command, if it was given before."""
        with self.engine.connect() as db:
            row = db.execute(select(commands).where(commands.c.command_id == command_id)).one_or_none()
        return None if row is None else Answer(*row)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The facts of one stream, in order."""
        version = events.c.originator_version
        query = select(events.c.originator_id, version, events.c.topic, events.c.state)
        query = query.where(events.c.originator_id == originator_id)
        if gt is not None:
            query = query.where(version > gt)
        if lte is not None:
            query = query.where(version <= lte)
        query = query.order_by(version.desc() if desc else version).limit(limit)
        with self.engine.connect() as db:
            return [StoredEvent(*row) for row in db.execute(query)]

    def read(self, part: int, after: int, limit: int) -> list[StoredFact]:
        """At most `limit` facts of a partition after a position, in order, without a gap."""
        query = select(events).where(events.c.part == part, events.c.pos > after).order_by(events.c.pos).limit(limit)
        with self.engine.connect() as db:
            return [_fact(row) for row in db.execute(query)]

    def heads(self) -> dict[int, tuple[int, bytes]]:
        """Partition -> last position and the hash there."""
        with self.engine.connect() as db:
            return {part: (n, head) for part, n, head in db.execute(select(counters))}

    def select_notifications(self, *_: Any, **__: Any) -> Sequence[Any]:
        """Has no meaning here: a partitioned store has no single sequence."""
        raise NotImplementedError("read(part, after, limit) reads a partition in order")

    def max_notification_id(self) -> int | None:
        """Has no meaning here: a partitioned store has no single sequence."""
        raise NotImplementedError("heads() tells the last position of every partition")

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Has no meaning here: services hear each other over the log."""
        raise NotImplementedError("the relay reads the store, everybody else reads the log")

    def _chained(
        self,
        stored_events: Sequence[StoredEvent],
        said: Circumstances,
        partition_keys: Mapping[UUID | str, UUID],
        parts: Mapping[UUID | str, int],
        heads: dict[int, tuple[int, bytes]],
    ) -> Iterator[StoredFact]:
        """Give each fact its position and its link, moving the heads along."""
        metadata = _metadata(said)
        for ordinal, stored in enumerate(stored_events):
            part = parts[stored.originator_id]
            n, prev_hash = heads[part]
            columns: dict[str, Any] = {
                "originator_id": stored.originator_id,
                "originator_version": stored.originator_version,
                "topic": stored.topic,
                "state": stored.state,
                "part": part,
                "pos": n + 1,
                "event_id": uuid5(COMMAND_NAMESPACE, f"{self.source}/{said.command_id}#{ordinal}"),
                "partition_key": partition_keys[stored.originator_id],
                "command_id": said.command_id,
                "recorded_at": said.recorded_at,
                "metadata": metadata,
            }
            fact = StoredFact(**columns, prev_hash=prev_hash, hash=link(prev_hash, **columns))
            heads[part] = (n + 1, fact.hash)
            yield fact

    @abstractmethod
    @contextmanager
    def _appending(self, parts: Sequence[int]) -> Iterator[tuple[Any, dict[int, tuple[int, bytes]]]]:
        """A transaction that holds the counters of `parts`, locked in this order; yields a cursor and their heads."""
        raise NotImplementedError
        yield

    @abstractmethod
    def _write(
        self, cursor: Any, rows: Sequence[StoredFact], heads: Mapping[int, tuple[int, bytes]], answer: Answer
    ) -> None:
        """Write the rows, the moved heads and the command's answer."""


def _metadata(said: Circumstances) -> str:
    """The circumstances as JSON, without what has a column of its own."""
    content = msgspec.to_builtins(said)
    return msgspec.json.encode({k: v for k, v in content.items() if k not in _UNSTORED and v is not None}).decode()


def _fact(row: Row[Any]) -> StoredFact:
    return StoredFact(*row)
