"""Records that cannot be taken in, and readers that later can."""

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
    """The projection after its mistake was mended: it bears poison, and remembers the order."""
    folded.extend(event.id for event in events)
    mild = [event for event in events if getattr(event.data, "text", "") != "poison"]
    project(mild, db)


mended_notes = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), cured)


def projector_of(engine: Engine, projection: Any = project, **options: Any) -> Projector:
    """A projector of the notes, with this projection."""
    model = ReadModel("all_notes", 1, (all_notes,), frozenset({TOPIC}), projection)
    projector = Projector(engine, (model,), parse, lambda: NOON, partitions=PARTITIONS, **options)
    projector.prepare()
    return projector


def reader_of(engine: Engine, read: Any) -> Projector:
    """A projector that understands its records as `read` does."""
    projector = Projector(engine, (mended_notes,), read, lambda: NOON, partitions=PARTITIONS)
    projector.prepare()
    return projector


def unread(_type: str, _payload: bytes) -> Any:
    """What an old reader makes of a version that it does not know."""
    raise ValueError("a newer version")


def parked_offsets(engine: Engine) -> list[int]:
    """The offsets of everything that waits."""
    with engine.connect() as db:
        return [one.record.offset for one in list_parked(db)]


def again(one: LogRecord, offset: int) -> LogRecord:
    """As a relay sends it after a crash: the same bytes under a new offset."""
    return one._replace(offset=offset)


def cannot(_events: Any, _db: Connection) -> None:
    """A projection that bears nothing."""
    raise ValueError("nothing at all")
