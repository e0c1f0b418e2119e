"""Records that cannot be processed, and consumers that later can."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from crm_eventlog.consumer import list_parked
from crm_eventlog.envelope import CloudEvent
from crm_eventlog.log import LogRecord
from crm_eventlog.projection import Projector, ReadModel
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, TOPIC, all_notes, parse, project

folded: list[UUID] = []


def cured(events: Sequence[CloudEvent], db: Connection) -> None:
    """Return a corrected projection that processes poison and remembers the order."""
    folded.extend(event.id for event in events)
    mild = [event for event in events if getattr(event.data, "text", "") != "poison"]
    project(mild, db)


mended_notes = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), cured)


def projector_of(engine: Engine, projection: Any = project, **options: Any) -> Projector:
    """Return a projector of the notes with this projection."""
    model = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), projection)
    projector = Projector(engine, (model,), parse, lambda: NOON, partitions=PARTITIONS, **options)
    projector.prepare()
    return projector


def reader_of(engine: Engine, read: Any) -> Projector:
    """Return a projector that decodes its records with `read`."""
    projector = Projector(engine, (mended_notes,), read, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    return projector


def unread(_type: str, _payload: bytes) -> Any:
    """Return what an old consumer makes of an unknown version."""
    raise ValueError("a newer version")


def parked_offsets(engine: Engine) -> list[int]:
    """Return the offsets of all parked records."""
    with engine.connect() as db:
        return [one.record.offset for one in list_parked(db)]


def again(one: LogRecord, offset: int) -> LogRecord:
    """Return the same bytes under a new offset, as a relay sends them after a crash."""
    return one._replace(offset=offset)


def cannot(_events: Any, _db: Connection) -> None:
    """Fail on every event."""
    raise ValueError("nothing at all")
