"""Notes of two customers as a reactor receives them, what it does about them, and the rows that it leaves."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
from sqlalchemy import select

from crm_eventlog.command_context import COMMAND_NAMESPACE, CommandContext
from crm_eventlog.envelope import context_of, to_record
from crm_eventlog.log import LogRecord
from crm_eventlog.reactions import CancelDeadline, Reactor, ScheduleDeadline
from crm_eventlog.store import GENESIS, StoredFact
from shared.eventlog.tests.support.notes import (
    NOON,
    PARTITIONS,
    TOPIC,
    CloseNote,
    Notes,
    NoteWritten,
    parse,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEARD_AT, LATER = NOON + 3 * HOUR, NOON + 9 * DAY
FIRST, SECOND, THIRD = UUID(int=101), UUID(int=102), UUID(int=103)
LI, WU = UUID(int=1), UUID(int=2)


def told(
    offset: int, customer: UUID, text: str, *, hour: int = 0, source: str = "notes", stream: int = 900
) -> LogRecord:
    """Return a note written at this hour, in another unit for each hour."""
    event, at = UUID(int=500 + offset), (NOON + hour * HOUR).isoformat()
    why = {"correlation_id": f"story-{offset}", "causation_id": "x", "traceparent": f"00-{offset}"}
    who = {"actor": "li", "role": "clerk", "unit": f"unit-{offset}", "channel": f"channel-{offset}", "occurred_at": at}
    place = (0, event, customer, "c", NOON + HOUR, orjson.dumps(who | why).decode(), offset + 1, GENESIS, GENESIS)
    fact = StoredFact(UUID(int=stream), offset + 1, "", b"", *place)
    written = to_record(source, fact, NoteWritten(note_id=event, customer_id=customer, text=text))
    return LogRecord(TOPIC, 0, offset, *written, NOON)


def close_it(event: NoteWritten, at: datetime) -> CloseNote | None:
    """Whenever a note names another in the morning, close that one."""
    return CloseNote(note_id=UUID(event.text)) if at < NOON + 12 * HOUR else None


def close_it_too(event: NoteWritten, _: datetime) -> CloseNote:
    """Whenever a note names another, close that one."""
    return CloseNote(note_id=UUID(event.text))


def plan_it(
    event: NoteWritten, at: datetime
) -> ScheduleDeadline | CancelDeadline | tuple[ScheduleDeadline | CancelDeadline, ...] | None:
    """Whenever a note names another, close that one a day later and cancel its writer's other plan."""
    if event.text == "nothing":
        return None
    if event.text == "clear":
        return CancelDeadline("close", event.customer_id)
    due = ScheduleDeadline("close", event.customer_id, at + DAY, CloseNote(note_id=UUID(event.text)))
    return due if event.customer_id == WU else (due, CancelDeadline("call", event.customer_id))


def reactor_of(notes: Notes, **reactions_of_it: Any) -> Reactor:
    reactor = Reactor(
        notes, parse, lambda: HEARD_AT, topics=frozenset({TOPIC}), partitions=PARTITIONS, **reactions_of_it
    )
    reactor.prepare()
    return reactor


def rows(notes: Notes, table: Any) -> list[tuple[Any, ...]]:
    with notes.store.engine.connect() as db:
        return [tuple(row) for row in db.execute(select(table).order_by(*list(table.c)[:2]))]


def closings(notes: Notes) -> dict[UUID, CommandContext]:
    facts = [fact for part in range(PARTITIONS) for fact in notes.store.read(part, 0, 100)]
    return {fact.originator_id: context_of(fact) for fact in facts if fact.topic == "Note.Closed"}


def id_of(reaction: str) -> str:
    return str(uuid5(COMMAND_NAMESPACE, reaction))


def plans(offset: int, customer: UUID, note: UUID, due: datetime, fired: datetime | None = None) -> tuple[Any, ...]:
    """Return a deadline's expected row."""
    hour = (due - DAY).isoformat(timespec="microseconds")
    key = f"{hour}|notes|{UUID(int=900).hex}|{offset + 1:012d}"
    where = f"story-{offset}", f"unit-{offset}", f"channel-{offset}"
    arguments = f'{{"note_id":"{note}"}}'
    return ("close", customer, due, "CloseNote", arguments, UUID(int=500 + offset), *where, key, fired)
