"""The event store, independent of its database."""

import os
from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from zlib import crc32

import msgspec
import sqlalchemy.exc
from eventsourcing.persistence import ApplicationRecorder, IntegrityError, StoredEvent, Subscription
from sqlalchemy import Engine, Row, select

from crm_eventlog.command_context import COMMAND_NAMESPACE, CommandContext
from crm_eventlog.store.chain import Draft, StoredFact
from crm_eventlog.store.engine import reading
from crm_eventlog.tables import commands, counters, events

# A position as one number for the library: the partition in the upper bits.
_PART_SHIFT = 48
# The columns of a stored fact, in the order of its fields.
FACT_COLUMNS = [events.c[name] for name in StoredFact._fields]
# A hook around every append, which may measure it and see its errors.
Watching = Callable[[], AbstractContextManager[object]]
_UNSTORED = ("fingerprint", "expected_version", "command_id", "recorded_at")


class Conflict(IntegrityError):
    """A command that another one overtook on the same aggregate. `current` is the current version, if known."""

    current: int | None = None


class StoredResult(NamedTuple):
    """The first result of a command."""

    command_id: str
    fingerprint: str
    aggregate_id: UUID
    version: int
    position: str
    recorded_at: datetime


class AppendContext(NamedTuple):
    """The context of an append: the command's context, the key of each stream, and the aggregate of the result.

    `result_for` is the aggregate that the command's result is about, and its version after the command.
    """

    command: CommandContext
    partition_keys: Mapping[UUID | str, UUID]
    result_for: tuple[UUID, int]


def partition_of(key: UUID, partitions: int) -> int:
    """Return the partition of a key, the same in every store and every topic."""
    return crc32(key.bytes) % partitions


def refuse_unsafe_environment() -> None:
    """Raise if the library's database functions are on, because they lose events for tailing readers."""
    if os.environ.get("POSTGRES_ENABLE_DB_FUNCTIONS", "").lower() in {"y", "yes", "t", "true", "on", "1"}:
        raise RuntimeError("POSTGRES_ENABLE_DB_FUNCTIONS loses events; unset it and start again.")


class EventStore(ApplicationRecorder):
    """The store of one service's facts.

    A partition's positions are gapless from 1. A reader that has read up to n and finds nothing after n has missed
    nothing.
    """

    def __init__(self, engine: Engine, *, source: str, partitions: int) -> None:
        self.engine = engine
        self.source = source
        self.partitions = partitions
        self.watching: Watching = nullcontext

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, append_context: AppendContext | None = None, **_: Any
    ) -> list[int]:
        """Append for the library, which passes the context on from `Application.save`."""
        if not stored_events:
            return []
        if append_context is None:
            raise TypeError("facts need the context of a command, which Application.save passes on")
        return self.append(stored_events, append_context)

    def append(self, stored_events: Sequence[StoredEvent], append_context: AppendContext) -> list[int]:
        """Append the facts of one command and its result in one transaction. Raise `Conflict` if another was faster."""
        context, partition_keys, result_for = append_context
        drafts = [self._draft(number, stored, context, partition_keys) for number, stored in enumerate(stored_events)]
        # In the order of their partitions, so that two commands never deadlock.
        drafts.sort(key=attrgetter("part"))
        answered = max((i for i, draft in enumerate(drafts) if draft.originator_id == result_for[0]), default=-1)
        result = StoredResult(context.command_id, context.fingerprint, *result_for, "", context.recorded_at)
        with self.watching():
            positions = self._append(drafts, result, answered % len(drafts))
        placed = {draft.event_id: draft.part << _PART_SHIFT | pos for draft, pos in zip(drafts, positions, strict=True)}
        return [placed[self._event_id(number, context)] for number in range(len(stored_events))]

    def part(self, key: UUID) -> int:
        """Return the partition of a key in this store."""
        return partition_of(key, self.partitions)

    @staticmethod
    def position_of(notification_id: int) -> str:
        """Return `part:pos` of an inserted event, from the number that the library carries."""
        return f"{notification_id >> _PART_SHIFT}:{notification_id & (1 << _PART_SHIFT) - 1}"

    def keep_result(self, context: CommandContext, aggregate_id: UUID, version: int) -> StoredResult:
        """Store the result of a command that changed nothing. Raise `Conflict` if it was just handled."""
        result = StoredResult(context.command_id, context.fingerprint, aggregate_id, version, "", context.recorded_at)
        try:
            with self.engine.begin() as db:
                db.execute(commands.insert().values(result._asdict()))
        except sqlalchemy.exc.IntegrityError as error:
            raise Conflict(str(error.orig)) from error
        return result

    def result_of(self, command_id: str) -> StoredResult | None:
        """Return the first result of this command, or None."""
        with reading(self.engine) as db:
            row = db.execute(select(commands).where(commands.c.command_id == command_id)).one_or_none()
        return None if row is None else StoredResult(*row)

    def existing_streams(self, originator_ids: Collection[UUID]) -> frozenset[UUID]:
        """Return the streams that have facts, by one query for a whole batch."""
        stream = events.c.originator_id
        with reading(self.engine) as db:
            first = select(stream).where(stream.in_(originator_ids), events.c.originator_version == 1)
            return frozenset(db.scalars(first))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return the facts of one stream, in order."""
        version = events.c.originator_version
        query = select(events.c.originator_id, version, events.c.topic, events.c.state)
        query = query.where(events.c.originator_id == originator_id)
        if gt is not None:
            query = query.where(version > gt)
        if lte is not None:
            query = query.where(version <= lte)
        query = query.order_by(version.desc() if desc else version).limit(limit)
        with reading(self.engine) as db:
            return [StoredEvent(*row) for row in db.execute(query)]

    def read(self, part: int, after: int, limit: int) -> list[StoredFact]:
        """Return at most `limit` facts of a partition after a position, in order and without a gap."""
        query = (
            select(*FACT_COLUMNS).where(events.c.part == part, events.c.pos > after).order_by(events.c.pos).limit(limit)
        )
        with reading(self.engine) as db:
            return [_fact(row) for row in db.execute(query)]

    def heads(self) -> dict[int, tuple[int, bytes]]:
        """Return the last position and its hash, by partition."""
        with reading(self.engine) as db:
            return {part: (n, head) for part, n, head in db.execute(select(counters))}

    def select_notifications(self, *_: Any, **__: Any) -> Sequence[Any]:
        """Raise, because a partitioned store has no single sequence."""
        raise NotImplementedError("read(part, after, limit) reads a partition in order")

    def max_notification_id(self) -> int | None:
        """Raise, because a partitioned store has no single sequence."""
        raise NotImplementedError("heads() returns the last position of every partition")

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Raise, because services communicate over the log."""
        raise NotImplementedError("only the relay reads the store; consumers read the log")

    @abstractmethod
    def _append(self, drafts: Sequence[Draft], result: StoredResult, answered: int) -> list[int]:
        """Append in one transaction, and store the result with the position of `drafts[answered]`.

        Return all positions.
        """

    def _event_id(self, number: int, context: CommandContext) -> UUID:
        """Return the id of the n-th fact of a command, the same if the command is repeated."""
        return uuid5(COMMAND_NAMESPACE, f"{self.source}/{context.command_id}#{number}")

    def _draft(
        self, number: int, stored: StoredEvent, context: CommandContext, partition_keys: Mapping[UUID | str, UUID]
    ) -> Draft:
        key = partition_keys[stored.originator_id]
        return Draft(
            originator_id=stored.originator_id,  # type: ignore[arg-type]
            originator_version=stored.originator_version,
            topic=stored.topic,
            state=stored.state,
            part=self.part(key),
            event_id=self._event_id(number, context),
            partition_key=key,
            command_id=context.command_id,
            recorded_at=context.recorded_at,
            metadata=_metadata(context),
        )


def _metadata(context: CommandContext) -> str:
    """Return the context as JSON, without the fields that have a column of their own."""
    content = msgspec.to_builtins(context)
    return msgspec.json.encode({k: v for k, v in content.items() if k not in _UNSTORED and v is not None}).decode()


def _fact(row: Row[Any]) -> StoredFact:
    return StoredFact(*row)
